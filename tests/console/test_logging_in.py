"""Who sits here: the first password, a session that ends in the middle of a word, and leaving for good."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from simulator.client import ApiProblem, Client
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


@pytest.mark.day
def test_an_initial_password_opens_nothing_but_the_way_to_one_of_one_s_own(system: System, sit_down: SitDown) -> None:
    code, initial, chosen = f"NEW{secrets.randbelow(10**6):06d}", secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    person = {"code": code, "name": "新来的", "roles": ["advisor"], "stores": ["HN"], "initial_password": initial}
    system.boss.post("/staff", person)
    desk = sit_down().open("reception")
    desk.field("工号").wait_for()
    assert desk.focused() == "account"
    desk.type(code)
    desk.press("Tab")
    desk.type(initial)
    desk.press("Enter")
    desk.see("8 至 128 个字符")
    desk.field("新密码").fill(chosen)
    desk.field("再输一次新密码").fill(chosen + "x")
    desk.see("两次输入不一致")
    desk.field("再输一次新密码").fill(chosen)
    desk.press("Enter")
    # and on to where he had wanted to go
    desk.page.wait_for_url("**/console/HN/reception")
    desk.see("接待")


def test_a_wrong_password_says_so_in_the_server_s_words_with_a_number_to_name(
    system: System, sit_down: SitDown
) -> None:
    desk = sit_down().open()
    desk.may_be_refused.add(401)
    desk.field("工号").fill(system.account("advisor")[0])
    desk.field("密码").fill("not-his-password")
    desk.press("Enter")
    told = desk.page.get_by_role("alert")
    told.wait_for()
    assert "请求编号" in told.inner_text()
    assert desk.page.url.endswith("next=/HN/")


def is_asked_to_log_in_again(desk: Desk) -> bool:
    """Once the page has asked the server something new."""
    desk.press("Control+k")
    desk.type(secrets.token_hex(4).translate(str.maketrans("0123456789", "ghijklmnop")))
    return desk.page.get_by_role("dialog").count() > 0


def test_a_session_that_ends_while_somebody_types_is_taken_up_over_the_page_and_nothing_is_lost(
    system: System, sit_down: SitDown
) -> None:
    # of a store where nobody else's session is ended with it
    account, password = system.account("service_manager", store="FT")
    desk = sit_down("service_manager", store="FT").open("reception")
    desk.may_be_refused.add(401)
    desk.field("车牌").fill("无名氏甲乙")
    desk.see("没有找到")
    desk.press("Enter")
    desk.field("姓名").wait_for()
    desk.field("客户描述").fill("右前异响")
    hidden = desk.page.evaluate("JSON.parse(sessionStorage.getItem('session')).token")
    # ended by somebody else, as a leader may do
    system.rows("gateway", "DELETE FROM staff_session WHERE staff_code = %s RETURNING 1", account)
    eventually(lambda: is_asked_to_log_in_again(desk), what="the log-in over the page")
    desk.field("密码").fill(password)
    desk.press("Enter")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    assert desk.field("客户描述").input_value() == "右前异响"
    assert desk.field("姓名").input_value() == "无名氏甲乙"
    assert desk.page.evaluate("JSON.parse(sessionStorage.getItem('session')).token") != hidden
    # a reload keeps it too, but never a phone number
    desk.field("电话").fill("13800001111")
    desk.page.reload()
    assert desk.field("客户描述").input_value() == "右前异响"
    assert desk.field("电话").input_value() == ""
    assert "13800001111" not in desk.page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_a_new_tab_is_logged_in_and_logging_out_is_for_all_tabs(system: System, sit_down: SitDown) -> None:
    # by the form: whoever is sat down has his session in every tab
    desk, (account, password) = sit_down().open(), system.account("finance")
    desk.field("工号").fill(account)
    desk.field("密码").fill(password)
    desk.press("Enter")
    desk.see("finance-HN")
    second = desk.another_tab()
    second.goto(desk.page.url)
    second.get_by_text("finance-HN").first.wait_for()
    desk.page.get_by_text("finance-HN ▾").click()
    desk.page.get_by_role("button", name="退出登录").click()
    for page in (desk.page, second):
        page.wait_for_url("**/console/login")
        assert page.evaluate("sessionStorage.getItem('session')") is None


def test_a_machine_that_was_left_is_logged_out_from_here_and_the_password_is_another(
    system: System, sit_down: SitDown
) -> None:
    code, initial = f"ME{secrets.randbelow(10**6):06d}", secrets.token_urlsafe(12)
    before, chosen = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    person = {"code": code, "name": "自己", "roles": ["advisor"], "stores": ["HN"], "initial_password": initial}
    system.boss.post("/staff", person)
    first = Client.log_in(system.base_url, code, initial)
    first.post("/me/password", {"old_password": initial, "new_password": before})
    desk = sit_down().open("me")
    desk.field("工号").fill(code)
    desk.field("密码").fill(before)
    desk.press("Enter")
    rows = desk.page.locator("[data-row]")
    rows.nth(1).wait_for()
    rows.nth(1).focus()
    desk.page.get_by_role("button", name="下线").click()
    desk.press("Control+Enter")
    rows.nth(1).wait_for(state="detached")
    with pytest.raises(ApiProblem):
        first.get("/me")
    first.close()

    desk.may_be_refused |= {401, 403, 422}
    desk.field("现在的密码").fill("not-his-password")
    desk.field("新密码").fill(chosen)
    desk.field("再输一次新密码").fill(chosen)
    desk.press("Enter")
    desk.page.get_by_role("alert").first.wait_for()
    desk.field("现在的密码").fill(before)
    desk.press("Enter")
    desk.see("密码已修改")
    Client.log_in(system.base_url, code, chosen).close()
