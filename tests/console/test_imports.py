"""A department's list comes in: its columns are looked at, a thousand rows run, and each of them has its outcome."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.support.desk import Desk
from tests.support.system import System

SitDown = Callable[..., Desk]
ROWS = 1_000
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚"


@pytest.fixture(scope="module")
def a_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand people with a number each, and three rows whose number is none."""
    start = secrets.randbelow(10**4) * 10**4
    lines = ["客户姓名,手机号码,车型"]
    for row in range(ROWS):
        name = FAMILY[row % 16] + GIVEN[row // 16 % 20] + GIVEN[row % 20]
        mobile = "12345" if row < 3 else f"135{start + row:08d}"
        lines.append(f"{name},{mobile},赛欧")
    path = tmp_path_factory.mktemp("lists") / "售后客户.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def brought_in(desk: Desk, path: Path) -> None:
    """From the file to the report."""
    desk.open("imports")
    desk.field("文件").set_input_files(path)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    desk.see("客户姓名")
    assert desk.field("“手机号码”一列是").input_value() == "mobile"
    desk.see("标题一致")
    desk.press("Control+Enter")
    desk.see("正在导入")
    desk.page.get_by_role("button", name=f"全部 {ROWS}").wait_for(timeout=60_000)
    desk.page.locator("h1 + .tag", has_text="完成").wait_for()


def counts(system: System, desk: Desk) -> dict[str, int]:
    found: dict[str, int] = system.as_("service_manager").get(f"/imports/{desk.page.url.rpartition('/')[2]}")["counts"]
    return found


def test_a_thousand_rows_come_in_each_with_its_outcome_and_again_nobody_new(
    system: System, a_list: Path, sit_down: SitDown
) -> None:
    desk = sit_down("service_manager")
    brought_in(desk, a_list)
    first = counts(system, desk)
    assert first["created"] + first["queued"] > ROWS - 10
    assert sum(first.values()) == ROWS
    desk.page.get_by_role("button", name="已有,无变化").wait_for()
    brought_in(desk, a_list)
    again = counts(system, desk)
    assert again["created"] + again["queued"] <= 3, "whom the first one made are known, whoever has a number"
    assert sum(again.values()) == ROWS


def test_a_column_that_two_claim_stops_the_step(a_list: Path, sit_down: SitDown) -> None:
    desk = sit_down("service_manager").open("imports")
    desk.field("文件").set_input_files(a_list)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    desk.field("“车型”一列是").select_option("name")
    desk.see("同一内容只能来自一列:姓名/名称")
    assert desk.page.get_by_role("button", name="开始导入").is_disabled()


def test_a_file_that_is_no_list_is_refused_in_words(tmp_path: Path, sit_down: SitDown) -> None:
    path = tmp_path / "照片.xlsx"
    path.write_bytes(secrets.token_bytes(2_000))
    desk = sit_down("service_manager").open("imports")
    desk.may_be_refused |= {400, 409, 422}
    desk.field("文件").set_input_files(path)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    told = desk.page.get_by_role("alert")
    told.wait_for()
    assert told.inner_text() != ""
    desk.page.get_by_role("button", name="停止导入").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="停止导入").click()
    desk.see("已停止")


def test_who_may_not_import_has_no_such_page(system: System, sit_down: SitDown) -> None:
    desk = sit_down("advisor").open()
    desk.see("查找客户、车辆或命令")
    assert desk.page.get_by_role("link", name="资料导入").count() == 0


def test_a_wrong_list_is_taken_back_and_says_what_stays(system: System, tmp_path: Path, sit_down: SitDown) -> None:
    path = tmp_path / "错的.csv"
    start = secrets.randbelow(10**4) * 10**4
    rows = [f"{FAMILY[row]}{GIVEN[row]}{GIVEN[-row - 1]},134{start + row:08d}" for row in range(9)]
    path.write_text("\n".join(["客户姓名,手机号码", *rows]), encoding="utf-8-sig")
    desk = sit_down("service_manager").open("imports")
    desk.field("文件").set_input_files(path)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    desk.see("客户姓名")
    desk.press("Control+Enter")
    desk.page.get_by_role("button", name="撤销导入").wait_for(timeout=30_000)
    made = counts(system, desk)
    assert made["created"] + made["queued"] == 9
    desk.press("z")
    desk.see("其余保留并说明原因")
    desk.press("Control+Enter")
    desk.page.locator("h1 + .tag", has_text="已撤销").wait_for(timeout=30_000)
    told = system.as_("service_manager").get(f"/imports/{desk.page.url.rpartition('/')[2]}")["undo"]["counts"]
    desk.see(f"已收回 {told['taken_back']}")
    assert told["taken_back"] == 9


def test_the_sheet_that_holds_the_list_is_chosen_and_warnings_stand_by_their_kind(
    system: System, tmp_path: Path, sit_down: SitDown
) -> None:
    path = tmp_path / "两个表.xlsx"
    start = secrets.randbelow(10**4) * 10**4
    book = xlsxwriter.Workbook(path)
    for name, at, places in (("今年", 0, [""]), ("去年", 100, ["看名片", "看名片", "7.55832E+11"])):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["客户姓名", "手机号码", "固定电话"])
        for row, phone in enumerate(places, start=1):
            mobile = f"133{start + at + row:08d}"
            sheet.write_row(row, 0, [f"{FAMILY[row]}{GIVEN[row]}{GIVEN[-row]}", mobile, phone])
    book.close()
    desk = sit_down("service_manager").open("imports")
    desk.field("文件").set_input_files(path)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    assert desk.field("工作表").input_value() == "今年", "the first of those alike"
    desk.field("工作表").select_option("去年")
    desk.page.get_by_role("cell", name="看名片").nth(1).wait_for()
    desk.press("Control+Enter")
    desk.page.locator("h1 + .tag", has_text="完成").wait_for(timeout=30_000)
    assert sum(counts(system, desk).values()) == 3, "the rows of the chosen sheet and no other's"
    for kind, many in (("号码不合法", 2), ("号码末尾数字已丢失", 1)):
        desk.page.locator("p > .tag.warn", has_text=f"{kind} {many}").wait_for()
