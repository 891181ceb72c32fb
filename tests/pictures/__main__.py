"""Makes the pictures of the documents: `python -m tests.pictures`.

Starts a system of its own, lets a dealer group work in it for half a year, and takes ten screens into `docs/pictures/`.
"""

from __future__ import annotations

import csv
import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, sync_playwright

from deploy.local import chromium, console
from deploy.local.errors import LocalStackError
from simulator.demo import CUSTOMERS
from tests.pictures.group import MORNING, Group, found
from tests.support.desk import Desk
from tests.support.source import ROOT
from tests.support.system import System, running

FOLDER = ROOT / "docs" / "pictures"
MOMENT_MS = 700
QUALITY = 82
"""Of WebP: letters stay sharp, and a screen is some 40 kB."""


def looked_up(desk: Desk, group: Group) -> None:
    """Another store asks by the last four digits of his phone who this is."""
    desk.open()
    desk.see("查找客户、车辆或命令")
    desk.press("Control+k")
    desk.type(group.customer["mobile"][-4:])
    desk.page.locator(f"#lookup-hit-{group.customer['customer_id']}").wait_for()


def customer(desk: Desk, group: Group) -> None:
    desk.open(f"customers/{group.customer['customer_id']}")
    desk.see(group.customer["name"])
    desk.page.get_by_role("tab", name="时间线").wait_for()


def reception(desk: Desk, group: Group) -> None:
    """A car we sold stands at the door."""
    desk.open("reception")
    desk.field("车牌").fill(group.arriving["plate"])
    desk.press("Enter")
    desk.see(group.arriving["name"])
    desk.field("里程").fill("19860")
    desk.field("客户描述").fill("高速行驶方向盘抖动,请检查")


def board(desk: Desk, group: Group) -> None:
    desk.open("board")
    desk.page.locator(f"[data-row='{group.repair_order}']").focus()
    desk.page.get_by_role("button", name="改派").wait_for()


def repair_order(desk: Desk, group: Group) -> None:
    desk.open(f"repair-orders/{group.repair_order}")
    desk.see(group.customer["name"])
    desk.see("这台车此前的维修")


def tasks(desk: Desk, _: Group) -> None:
    desk.open("tasks")
    desk.page.locator("[data-row]").nth(2).wait_for(timeout=30_000)


def call(desk: Desk, _: Group) -> None:
    """The first call of the list; he gives a nine."""
    desk.open("visits")
    desk.page.locator("[data-row]").first.wait_for()
    desk.press("j", "Enter")
    desk.see("最近往来")
    desk.press("9")


def duplicates(desk: Desk, group: Group) -> None:
    desk.open(f"duplicates?customer_id={group.pair[0]}")
    desk.page.locator("[data-row]").first.wait_for()
    desk.press("j", "Enter")
    desk.see("工作单位")
    desk.page.get_by_role("radio", name="保留").first.check()


def imported(desk: Desk, _: Group) -> None:
    """The spare parts department's list has come in: some we knew, some are new, three rows are wrong."""
    with CUSTOMERS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("客户姓名", "手机号码", "车牌号", "车架号", "车型"))
    for number, row in enumerate(rows):
        mobile = row["mobile"][:-2] if number % 90 == 7 else row["mobile"]
        writer.writerow((row["name"], mobile, row["plate"], row["vin"], row["model"]))
    desk.open("imports")
    file: FilePayload = {
        "name": "配件部客户名单.csv",
        "mimeType": "text/csv",
        "buffer": text.getvalue().encode("utf-8-sig"),
    }
    desk.field("文件").set_input_files(file)
    desk.press("Control+Enter")
    desk.page.wait_for_url("**/imports/*")
    desk.see("标题一致")
    desk.press("Control+Enter")
    desk.page.locator("h1 + .tag", has_text="完成").wait_for(timeout=60_000)


def figures(desk: Desk, _: Group) -> None:
    """The month so far, of all stores."""
    desk.store = "all"
    desk.open("figures")
    desk.page.locator("tbody tr").nth(5).wait_for()


SCREENS: tuple[tuple[str, str, str, Callable[[Desk, Group], None]], ...] = (
    ("who-is-this", "advisor", "FT", looked_up),
    ("customer", "advisor", "HN", customer),
    ("reception", "advisor", "HN", reception),
    ("board", "advisor", "HN", board),
    ("repair-order", "advisor", "HN", repair_order),
    ("tasks", "consultant", "HN", tasks),
    ("call", "cr_agent", "HN", call),
    ("duplicates", "cr_agent", "HN", duplicates),
    ("import", "service_manager", "HN", imported),
    ("figures", "leader", "HN", figures),
)
"""Name of the picture, who sits there, in which store, and what he does until it is taken."""


def still(desk: Desk) -> bytes:
    """What is on the screen once nothing more is being loaded: it is the same for a moment."""
    before, now = b"", b"-"
    while before != now:
        desk.page.wait_for_timeout(MOMENT_MS)
        before, now = now, desk.page.screenshot(type="webp", quality=QUALITY, animations="disabled", caret="hide")
    return now


def take(browser: Browser, system: System, group: Group, *, into: Path) -> None:
    """Every screen in its order, in a window of one size, at one moment."""
    for name, role, store, looks in SCREENS:
        desk = Desk(browser, system, role=role, store=store, pictures=into)
        desk.page.clock.set_fixed_time(MORNING)
        looks(desk, group)
        desk.see("实时")
        path = into / f"{name}.webp"
        path.write_bytes(still(desk))
        assert not desk.errors, desk.errors
        desk.leave()
        print(f"  {path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, sync_playwright() as playwright:
        work = Path(folder)
        try:
            console.build(work / "build.log")
            program = chromium.find()
        except LocalStackError as problem:
            print(f"error: {problem}", file=sys.stderr)
            return 1
        with running(work / "run") as system:
            group = found(system)
            browser = playwright.chromium.launch(
                executable_path=str(program.program), env=dict(program.env), args=["--lang=zh-CN"]
            )
            taken = work / "taken"
            taken.mkdir()
            take(browser, system, group, into=taken)
            browser.close()
        shutil.copytree(taken, FOLDER, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
