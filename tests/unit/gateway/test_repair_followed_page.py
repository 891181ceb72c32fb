"""A repair's page for its customer: how far it is, and the question with its price, without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway import link_page, repair_followed_page
from gateway.repair_followed_page import render


def followed(**differs: Any) -> dict[str, Any]:
    """An answer of `workshop.repair_followed`."""
    at = "2026-11-23T09:30:00+08:00"
    done = {"taken_in": at, "agreed": at, "in_work": "2026-11-23T10:00:00+08:00", "ready": None, "returned": None}
    return {
        "number": "HN-RO-20261123-0001", "store_id": "HN", "store_name": "华南店", "stage": "in_progress",
        "steps": [{"step": step, "done_at": moment} for step, moment in done.items()],
        "promised_at": "2026-11-23T15:30:00+08:00", "expected_at": "2026-11-23T14:15:00+08:00",
        "asks": [], "pays_fen": None, "answered": None, "version": 6, "link_ends_on": "2026-12-23",
        "price_open": False, **differs,
    }  # fmt: skip


ASKED = {"asks": [{"position": 3, "description": "左前大灯<b>", "amount_fen": 20_000}], "pays_fen": 50_000}


def page(**differs: Any) -> str:
    return render(followed(**differs)).decode()


def test_it_says_how_far_the_repair_is_what_was_promised_and_what_is_expected() -> None:
    html = page()
    for said in (
        "维修进度",
        "华南店",
        "接车",
        "2026-11-23 10:00",
        "承诺交车时间 2026-11-23 15:30",
        "预计完工时间 2026-11-23 14:15",
    ):
        assert said in html, said
    assert "<form" not in html


def test_it_asks_with_each_price_the_whole_and_the_version_and_what_was_typed_is_text() -> None:
    html = page(**ASKED)
    for said in (
        "左前大灯&lt;b&gt;",
        "¥200.00",
        "同意后您应付合计",
        "¥500.00",
        'name="version" value="6"',
        'value="declined"',
    ):
        assert said in html, said
    assert html.count("<form") == 1 and '<form method="post"' in html
    assert re.search(r"(?i)<script|\bon\w+=|javascript:", html) is None


@pytest.mark.parametrize(("said", "told"), [("agreed", "您已同意"), ("declined", "您已拒绝")])
def test_who_answered_is_told_so_until_he_is_asked_again(said: str, told: str) -> None:
    assert told in page(answered=said)
    assert told not in page(answered=said, **ASKED)


def test_what_is_ready_is_neither_promised_nor_expected_and_what_is_cancelled_is_said() -> None:
    steps = [{"step": step, "done_at": "2026-11-23T14:00:00+08:00"} for step in repair_followed_page.STEPS]
    html = page(steps=steps, stage="ready", expected_at=None)
    assert "承诺" not in html and "预计" not in html
    assert "本工单已取消" in page(stage="cancelled")
    assert "正在等待配件" in page(stage="waiting_parts")


def test_its_answer_goes_where_it_came_from_and_nothing_runs() -> None:
    assert repair_followed_page.PAGE.policy == link_page.ASKING_POLICY
    assert "form-action 'self'" in link_page.ASKING_POLICY and "default-src 'none'" in link_page.ASKING_POLICY
    assert "form-action 'none'" in link_page.POLICY


def test_who_answers_too_late_may_look_again() -> None:
    assert b'<form method="get">' in link_page.sorry("维修内容刚有变化", look_again=True)
    assert b"<form" not in link_page.sorry("链接无效")


def test_whose_discount_was_for_what_he_declined_is_told_that_he_will_be_called() -> None:
    assert "服务顾问会尽快与您联系确认价格" in page(answered="declined", price_open=True)
    assert "确认价格" not in page(answered="declined")
