"""The page a customer sees by his link: what was done, planned, is late and why; nothing runs, nothing leads away."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from contracts.sales.progress import Standing
from contracts.sales.steps import DelayCause, PlateStage, PromiseReason, StepCode
from gateway import link_page
from gateway.order_progress_page import CAUSES, PAGE, REASONS, STAGES, STEPS, render
from services.sales.steps.rules.graph import STEPS as GRAPH

PASSED = ("CONTRACT", "DEPOSIT", "ALLOCATE", "HANDOVER")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-24", "2026-11-30")
ITEM: dict[str, Any] = {
    "number": "HN-SO-202611-0001", "store_id": "HN", "store_name": "华南店", "model": "GL8 尊贵型",
    "promised_date": "2026-11-30", "version": 4, "link_ends_on": "2026-12-23",
    "cancelled_on": None, "expected_on": None, "cause": None, "moved": [],
}  # fmt: skip


def step(code: str, standing: Standing = Standing.TO_COME, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(("done_on", "planned_on", "cause"))
    return {"step": code, "standing": standing.value, "stages": [], **told, **more}


def page(done: int = 2, **more: Any) -> str:
    """The page of an order that takes four steps, with so many done."""
    steps = [
        step(code, Standing.DONE, done_on=day) if number < done else step(code)
        for number, (code, day) in enumerate(zip(PASSED, DAYS, strict=True))
    ]
    return render({**ITEM, "steps": steps, **more}).decode()


def told(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html.partition("</head>")[2])


def test_everything_that_is_told_has_its_word() -> None:
    assert list(STEPS) == [code.value for code in StepCode if GRAPH[code].told]
    assert list(STAGES) == [stage.value for stage in PlateStage]
    assert list(CAUSES) == [cause.value for cause in DelayCause]
    assert list(REASONS) == [reason.value for reason in PromiseReason]


@pytest.mark.parametrize("done", range(5))
def test_what_was_done_has_its_day_and_what_is_to_come_has_none(done: int) -> None:
    html = page(done)
    assert html.count("<li class=done>") == done
    assert [day in re.findall(r"<span>(.*?)</span>", html) for day in DAYS] == [n < done for n in range(4)]
    assert ("预计交车日期 2026-11-30" in html) is (done < 4)
    for word in (
        *(STEPS[code] for code in PASSED),
        "华南店",
        "GL8 尊贵型",
        "HN-SO-202611-0001",
        "第 4 版",
        "2026-12-23",
    ):
        assert word in told(html)


def test_what_is_planned_has_its_day_and_what_is_late_says_why() -> None:
    noted = [{"stage": "documents", "on": "2026-11-25"}]
    late = step("PLATE", Standing.LATE, planned_on="2026-11-27", cause="office", stages=noted)
    html = page(steps=[step("INSURANCE", Standing.UNDER_WAY, planned_on="2026-11-26"), late, step("APPOINT")])
    assert "预计 2026-11-26" in told(html)
    assert "原定 2026-11-27,等待税务、车管部门办理 · 资料齐全 2026-11-25" in told(html)
    assert html.count("<li class=late>") == 1


def test_a_promise_that_was_moved_says_why_and_one_that_will_not_be_kept_says_until_when() -> None:
    moved = [{"on": "2026-11-25", "from_day": "2026-11-28", "to_day": "2026-11-30", "reason": "CUSTOMER"}]
    html = told(page(moved=moved, expected_on="2026-12-04", cause="certificate"))
    assert "交车日期由 2026-11-28 改为 2026-11-30:应您的要求" in html
    assert "按目前进度,2026-12-04 可以交车:等待车辆合格证" in html


def test_after_the_keys_nothing_is_promised_any_more() -> None:
    moved = [{"on": "2026-11-25", "from_day": "2026-11-28", "to_day": "2026-11-30", "reason": "BANK"}]
    html = told(page(4, moved=moved))
    assert "改为" not in html
    assert "预计" not in html


def test_an_order_that_is_not_signed_promises_no_day() -> None:
    assert "预计交车日期" not in page(0, promised_date=None)


def test_a_cancelled_order_says_so_and_promises_nothing() -> None:
    html = page(2, cancelled_on="2026-11-26")
    assert "订单已于 2026-11-26 取消" in told(html)
    assert "预计交车日期" not in html


def test_what_was_typed_stays_text() -> None:
    html = page(model='<script>alert(1)</script>"&')
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;" in html


def test_nothing_runs_or_is_loaded_and_nothing_leads_away() -> None:
    for html in (page(), link_page.sorry("链接无效").decode()):
        assert not re.search(r"<(script|a|img|form|link|iframe|base)\b|\b(href|src|on[a-z]+)\s*=|@import|url\(", html)
        assert '<meta name="robots" content="noindex">' in html
        style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in PAGE.policy
    assert PAGE.policy.startswith("default-src 'none';")
    assert "script" not in PAGE.policy
