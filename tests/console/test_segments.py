"""Groups by rows, and lists taken home: with a reason, by whoever asked, and many only with a second person's word."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]


def test_a_group_is_made_of_rows_and_its_list_is_taken_home_for_a_reason(
    system: System, sit_down: SitDown, tmp_path: Path
) -> None:
    tag = f"车友{secrets.token_hex(3)}"
    person = {"name": "公孙胜", "mobile": f"139{secrets.randbelow(10**8):08d}", "store_id": "HN"}
    customer_id = system.as_("receptionist").post("/customers", person)["customer_id"]
    system.as_("receptionist").send("PATCH", f"/customers/{customer_id}", {"tags": [tag]})
    desk = sit_down("cr_agent").open("segments/new")
    desk.field("名称").fill(f"分组 {tag}")
    desk.field("看什么").select_option("tags")
    desk.field("值").fill(tag)
    desk.press("Control+Enter")
    desk.page.wait_for_url(lambda url: "/segments/" in url and not url.endswith("/new"))
    segment = desk.page.url.rpartition("/")[2]
    members = lambda: system.as_("cr_agent").get(f"/segments/{segment}/members")["total"] == 1  # noqa: E731
    eventually(members, within=30, what="the member to be found")
    desk.page.reload()
    desk.see("公孙胜")
    desk.press("Control+Enter")
    desk.field("用途").fill("车友会邀请")
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/exports")
    row = desk.page.get_by_role("row").filter(has_text=f"分组 {tag}")
    row.get_by_role("button").focus()
    with desk.page.expect_download() as coming:
        desk.page.get_by_role("button", name="下载").click()
    coming.value.save_as(tmp_path / "list.xlsx")
    assert (tmp_path / "list.xlsx").read_bytes().startswith(b"PK")


def test_a_row_that_is_not_understood_is_marked(sit_down: SitDown) -> None:
    desk = sit_down("cr_agent").open("segments/new")
    desk.may_be_refused.add(422)
    desk.field("名称").fill(f"分组 {secrets.token_hex(3)}")
    desk.field("值").fill("1")
    desk.page.get_by_role("button", name="＋ 条件").click()
    rows = desk.page.get_by_role("group", name="条件 2")
    rows.get_by_label("看什么").select_option("last_contact")
    rows.get_by_label("值").fill("999999")
    desk.press("Control+Enter")
    desk.page.locator("fieldset.wrong").wait_for()
    assert desk.page.locator("fieldset.wrong legend").inner_text() == "条件 2"
