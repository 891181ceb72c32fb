"""The house's own affairs: who works here, when stores are open, what may be set, who looked, what customers ask."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from simulator.client import Client
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import PASSWORD, System

SitDown = Callable[..., Desk]


def as_admin(desk: Desk) -> Desk:
    """Log in at the console itself: the system's first account is nobody's of a store."""
    desk.store = "all"
    desk.page.goto(f"{desk.system.base_url}/console/login")
    desk.field("工号").fill("admin")
    desk.field("密码").fill(PASSWORD)
    desk.press("Enter")
    desk.page.wait_for_url("**/console/all/**")
    return desk


def test_somebody_is_hired_with_a_password_told_once_and_leaves_at_once(system: System, sit_down: SitDown) -> None:
    code = f"C{secrets.token_hex(3).upper()}"
    desk = as_admin(sit_down()).open("teams")
    desk.page.get_by_role("button", name="新团队").click()
    desk.field("代码").fill(f"T{code}")
    desk.field("名称").fill("一组")
    desk.field("门店").select_option("HN")
    desk.press("Control+Enter")
    desk.page.locator(f"[data-row='T{code}']").focus()
    desk.press("e")
    desk.field("名称").fill(f"飞鹰{code}")
    desk.press("Control+Enter")
    desk.page.locator("tr", has_text=f"飞鹰{code}").wait_for()
    desk.open("staff")
    desk.page.get_by_role("button", name="新员工").click()
    desk.field("工号").fill(code)
    desk.field("姓名").fill("新来的")
    desk.page.get_by_label("服务顾问").check()
    desk.page.get_by_label("华南店").check()
    desk.field("团队(可不填)").select_option(f"T{code}")
    password = desk.field("初始密码").input_value()
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    client = Client.log_in(system.base_url, code, password)
    client.close()
    desk.page.reload()
    assert password not in desk.page.content()
    desk.page.locator("tr", has_text=code).filter(has_text=f"飞鹰{code}").wait_for()
    desk.page.locator(f"[data-row='{code}']").focus()
    desk.page.get_by_role("button", name="离职").click()
    desk.see("他的登录会立即结束")
    desk.press("Control+Enter")
    found = lambda: {each["code"]: each for each in system.boss.get("/staff", size=100)["items"]}  # noqa: E731
    eventually(lambda: found()[code]["active"] is False, what="him to have left")


def test_hours_of_a_store_are_typed_as_they_are_read_and_what_is_none_stands_at_its_day(
    system: System, sit_down: SitDown
) -> None:
    desk = as_admin(sit_down()).open("stores/BA/calendar")
    desk.see("周日")
    desk.press("e")
    desk.field("周日(可不填)").fill("上午")
    desk.press("Control+Enter")
    desk.page.locator("[name=sunday][aria-invalid=true]").wait_for()
    desk.field("周日(可不填)").fill("9:00-12:00, 13:00-17:00")
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    hours: dict[str, Any] = system.boss.get("/stores/BA/calendar")["hours"]
    assert hours["sunday"] == [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "17:00"}]
    assert len(hours["monday"]) == 1


def test_a_manager_says_when_his_store_works_otherwise_than_its_week_and_the_law(
    system: System, sit_down: SitDown
) -> None:
    desk = sit_down("sales_manager", store="BA").open()
    desk.page.get_by_role("link", name="门店", exact=True).click()
    assert desk.page.get_by_role("button", name="新门店").count() == 0
    desk.page.get_by_role("link", name="BA", exact=True).click()
    desk.page.get_by_role("button", name="添加特定日期").wait_for()
    desk.press("d")
    desk.field("日期").fill("2027-05-05")
    desk.field("营业(可不填)").fill("9:00-12:00")
    desk.field("缘由(可不填)").fill("店庆")
    desk.press("Control+Enter")
    desk.page.locator("tr", has_text="2027-05-05").wait_for()
    desk.press("d")
    desk.field("日期").fill("2027-05-06")
    desk.press("Control+Enter")
    desk.page.locator("tr", has_text="2027-05-06").get_by_text("休息").wait_for()
    desk.press("e")
    desk.field("法定节假日(可不填)").fill("休息")
    desk.field("调休上班日(可不填)").fill("9:00-17:00")
    desk.press("Control+Enter")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    desk.page.locator("tr", has_text="2027-05-06").get_by_role("button", name="删除").click()
    desk.page.locator("tr", has_text="2027-05-06").wait_for(state="detached")
    told = system.boss.get("/stores/BA/calendar")
    assert told["own_days"] == [{"day": "2027-05-05", "hours": [{"opens": "09:00", "closes": "12:00"}], "why": "店庆"}]
    assert (told["hours"]["holidays"], told["hours"]["makeup_days"]) == ([], [{"opens": "09:00", "closes": "17:00"}])
    desk.open("stores/HN/calendar")
    desk.see("周日")
    assert desk.page.get_by_role("button", name="添加特定日期").count() == 0, "another store's is not his"


def test_a_value_is_tried_before_it_is_published(system: System, sit_down: SitDown) -> None:
    desk = sit_down("leader")
    desk.store = "all"
    desk.open("policies/DELIVERY_D7")
    desk.field("几天后回访").fill("9")
    value = lambda: system.boss.get("/policies/DELIVERY_D7")["policy"]["value"]  # noqa: E731
    before = value()
    desk.press("Control+Enter")
    desk.see("若发布")
    assert value() == before, "trying it changes nothing"
    desk.field("几天后回访").fill("8")
    desk.page.get_by_role("button", name="试算").wait_for()
    desk.press("Control+Enter")
    desk.see("若发布")
    desk.page.get_by_role("button", name="发布").wait_for()
    desk.press("Control+Enter")
    desk.see("已发布。")
    assert value() == {"days": 8}


def test_amounts_of_a_policy_are_typed_in_yuan_and_lists_in_rows(system: System, sit_down: SitDown) -> None:
    desk = sit_down("leader", store="BA").open("policies")
    gifts = desk.page.get_by_role("row", name="赠品价值上限")
    gifts.wait_for()
    assert "赠品价值上限 ¥" in gifts.inner_text()
    assert "[object" not in desk.page.locator("main").inner_text()
    desk.open("policies/DELIVERY_STEPS")
    desk.page.get_by_label("按常用设置填写").select_option("SHORT")
    desk.page.get_by_role("button", name="增加 交车清单").click()
    desk.field("代码 1").fill("TYRES")
    desk.field("中文名称 1").fill("胎压")
    desk.field("英文名称 1").fill("Tyres")
    desk.field("时限(半个工作日) 3").fill("5")
    desk.field("生效时间(可不填)").fill("2090-01-01T00:00")
    desk.may_be_refused |= {422}
    desk.field("时限(半个工作日) 2").evaluate("field => { field.removeAttribute('max') }")
    desk.field("时限(半个工作日) 2").fill("100000")
    desk.press("Control+Enter")
    desk.see("步骤与时限第2项时限")
    desk.field("时限(半个工作日) 2").fill("2")
    desk.press("Control+Enter")
    desk.see("若发布")
    desk.page.get_by_role("button", name="发布").wait_for()
    desk.press("Control+Enter")
    desk.see("已发布。")
    (coming,) = system.boss.get("/policies/DELIVERY_STEPS", store_id="BA")["policy"]["coming"]
    assert [step["half_days"] for step in coming["value"]["steps"]] == [0, 2, 5]
    assert [item["zh"] for item in coming["value"]["checklist"]] == ["胎压"]


def test_who_may_do_what_is_found_by_role_and_by_word(system: System, sit_down: SitDown) -> None:
    desk = sit_down("service_manager").open("roles")
    desk.page.get_by_label("岗位").select_option("technician")
    desk.page.wait_for_url("**role=technician**")
    told = desk.page.locator("tbody")
    told.get_by_text("施工").first.wait_for()
    told.get_by_text("新增门店").wait_for(state="detached")
    desk.see("敏感信息均已遮盖")
    desk.page.get_by_label("查找操作").focus()
    desk.type("导出")
    desk.press("Enter")
    desk.see("没有符合的操作。")
    desk.page.get_by_label("岗位").select_option("")
    row = told.locator("tr").first
    row.get_by_text("集团领导").wait_for()


def test_an_operator_sees_whether_the_system_works_and_what_mends_it(system: System, sit_down: SitDown) -> None:
    desk = as_admin(sit_down()).open("system")
    desk.see("网关正常")
    desk.see("各服务均有应答")
    desk.see("crm dead list sales")
    manager = sit_down("service_manager").open()
    manager.page.get_by_role("link", name="岗位与权限").first.wait_for()
    assert manager.page.get_by_role("link", name="系统状态").count() == 0


def test_who_looked_at_whom_and_why_is_read_by_whom_it_concerns(system: System, sit_down: SitDown) -> None:
    person = {"name": "夏侯惇", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
    system.as_("advisor").post(f"/customers/{customer_id}/reveal", {"reason": "核对身份"})
    desk = as_admin(sit_down()).open(f"access-log?subject_id={customer_id}")
    row = desk.page.get_by_role("row").filter(has_text="核对身份")
    row.wait_for()
    assert system.staff_id("advisor") in row.inner_text()
    desk.open("access-log?operation=customer.reveal_contact")
    row.get_by_role("button", name=f"客户 …{customer_id[-6:]}").click()
    desk.page.wait_for_url(f"**subject_id={customer_id}**")


def test_an_erasure_is_taken_down_where_he_asks_wants_his_name_and_is_done_then(
    system: System, sit_down: SitDown
) -> None:
    person = {"name": "夏侯渊", "mobile": f"137{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
    reception = sit_down("receptionist").open(f"customers/{customer_id}?tab=consents")
    reception.page.get_by_role("button", name="登记个人信息请求").click()
    reception.field("客户要求").select_option("erasure")
    reception.field("说明").fill("电话要求")
    reception.press("Control+Enter")
    reception.see("已登记,答复期限")
    desk = sit_down("leader")
    desk.store = "all"
    desk.open("privacy-requests?kind=erasure")
    row = desk.page.get_by_role("row").filter(has_text="夏侯渊")
    row.get_by_role("button").focus()
    desk.page.get_by_role("button", name="办结").click()
    desk.see("删除后无法恢复")
    desk.field("输入客户姓名以确认").fill("夏侯惇")
    desk.press("Control+Enter")
    desk.page.locator("[name=name][aria-invalid=true]").wait_for()
    desk.field("输入客户姓名以确认").fill("夏侯渊")
    desk.press("Control+Enter")
    seen = lambda: system.as_("advisor").get(f"/customers/{customer_id}/360")["status"]  # noqa: E731
    eventually(lambda: seen() == "erased", what="the record to be erased")
