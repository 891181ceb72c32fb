"""The page a customer sees by his link: what was done and when, nothing that runs, nothing that leads away."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from contracts.sales.progress import OrderStep
from gateway import link_page
from gateway.order_progress_page import PAGE, STEPS, render

DAYS = ("2026-11-20", "2026-11-21", "2026-11-24", "2026-11-30")
ITEM: dict[str, Any] = {
    "number": "HN-SO-202611-0001", "store_id": "HN", "store_name": "华南店", "model": "GL8 尊贵型",
    "promised_date": "2026-11-30", "version": 4, "link_ends_on": "2026-12-23",
    "cancelled_on": None,
}  # fmt: skip


def page(done: int = 2, **more: Any) -> str:
    """The page of an order with so many steps done."""
    steps = [
        {"step": step.value, "done_on": day if number < done else None}
        for number, (step, day) in enumerate(zip(OrderStep, DAYS, strict=True))
    ]
    return render({**ITEM, "steps": steps, **more}).decode()


def told(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html.partition("</head>")[2])


def test_every_step_has_its_word() -> None:
    assert list(STEPS) == [step.value for step in OrderStep]


@pytest.mark.parametrize("done", range(5))
def test_what_was_done_has_its_day_and_what_is_to_come_has_none(done: int) -> None:
    html = page(done)
    assert html.count("<li class=done>") == done
    assert [day in re.findall(r"<span>(.*?)</span>", html) for day in DAYS] == [n < done for n in range(4)]
    assert ("预计交车日期 2026-11-30" in html) is (done < 4)
    for word in (*STEPS.values(), "华南店", "GL8 尊贵型", "HN-SO-202611-0001", "第 4 版", "2026-12-23"):
        assert word in told(html)


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
