"""A house without certificates: over plain HTTP, under a name of its own, a browser withholds some of its means."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from tests.console.conftest import HOUSE
from tests.support.desk import Desk
from tests.support.system import System

SitDown = Callable[..., Desk]


def test_whoever_works_over_plain_http_misses_nothing(system: System, sit_down: SitDown, tmp_path: Path) -> None:
    start = secrets.randbelow(10**4) * 10**4
    a_list = tmp_path / "客户.csv"
    a_list.write_text(f"客户姓名,手机号码\n房玄龄,139{start:08d}\n", encoding="utf-8-sig")
    desk = sit_down(host=HOUSE)
    account, password = system.account("service_manager")
    desk.page.goto(f"{desk.base_url}/console/login")
    for means in ("isSecureContext", "navigator.locks", "crypto.randomUUID", "crypto.subtle", "navigator.clipboard"):
        assert not desk.page.evaluate(means), f"{means} is there: nothing is tried here"
    desk.see("连接未加密")
    desk.field("工号").fill(account)
    desk.field("密码").fill(password)
    desk.press("Enter")
    desk.page.wait_for_url("**/console/HN/board")
    desk.see("实时")

    desk.open("imports")
    desk.field("文件").set_input_files(a_list)
    desk.press("Control+Enter")
    desk.see("标题一致")
    desk.press("Control+Enter")
    desk.page.get_by_role("link", name="打开").first.click()
    desk.page.wait_for_url("**/customers/*")
    desk.see("房玄龄")
    customer_id = desk.page.url.rpartition("/")[2]

    streams = lambda: [url for url in desk.asked if url.endswith("/api/v1/stream")]  # noqa: E731
    before = len(streams())
    other = desk.another_tab()
    other.goto(desk.page.url)
    other.get_by_text("房玄龄").filter(visible=True).first.wait_for()
    other.get_by_text("实时", exact=True).wait_for()
    assert len(streams()) == before, "one stream is enough for a browser"
    system.as_("receptionist").send("PATCH", f"/customers/{customer_id}", {"name": "房乔"})
    desk.see("房乔")
    other.get_by_text("房乔").filter(visible=True).first.wait_for()
    other.locator("summary").click()
    other.get_by_role("button", name="退出登录").click()
    desk.page.wait_for_url("**/console/login")
