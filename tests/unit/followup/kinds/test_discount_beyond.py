"""DISCOUNT_BEYOND: an advisor settles a price with whoever declined by his link what a discount was given for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.envelope import Received, read
from services.followup.tasks.kinds import kinds_that_hear
from services.followup.tasks.kinds.discount_beyond import DISCOUNT_BEYOND, declined, mended, over
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def sample(name: str, **told: Any) -> Received[Any]:
    event = read((SAMPLES / f"{name}.v1.json").read_bytes())
    return replace(event, payload=replace(event.payload, **told))


def test_it_is_his_advisor_s_within_half_an_hour() -> None:
    event = sample("repair_lines_changed", beyond_fen=1_000, advisor_id="s-2001")
    opening = declined(event)
    assert opening is not None
    assert (opening.role, opening.staff_id, opening.store_id) == ("advisor", "s-2001", event.store_id)
    assert opening.subject_id == event.subject.id == str(event.payload.ro_id)
    assert opening.due_at == event.occurred_at + timedelta(minutes=30)
    assert opening.zh == "客户拒绝了部分项目,优惠超出其余项目¥10.00:请调整优惠并与客户确认价格"
    assert opening.en == "The customer declined work; discounts are 10.00 more than the rest: settle the price"
    assert [*mended(event)] == []


def test_lines_that_change_otherwise_are_nobody_s_task_and_discounts_that_fit_end_it() -> None:
    usual = sample("repair_lines_changed")
    assert (declined(usual), [*mended(usual)]) == (None, [])
    fits = sample("repair_lines_changed", beyond_fen=0)
    assert (declined(fits), [*mended(fits)]) == (None, [fits.subject.id])


def test_a_cancelled_order_s_is_over() -> None:
    event = sample("repair_cancelled")
    assert DISCOUNT_BEYOND in kinds_that_hear(type(event.payload))
    assert [*over(event)] == [event.subject.id]
