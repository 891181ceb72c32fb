"""GUARANTEE_LIMIT: a car's repairs come near what its guarantee allows, or a courtesy car is due (三包, C9, R50)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from contracts.envelope import Received
from contracts.workshop.events import (
    CourtesyCarDue,
    GuaranteeAnswered,
    GuaranteeLimitNeared,
    LemonThresholdReached,
)
from contracts.workshop.guarantees import Counter, answer_guarantee
from contracts.workshop.jobs import FaultGroup
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(hours=4)
"""Half a day: a courtesy car is due from the next morning on, and nobody should hear of a limit from his customer."""


def told(event: Received[GuaranteeLimitNeared | LemonThresholdReached | CourtesyCarDue]) -> Opening:
    """Any service manager's of the store; a second, higher level asks once more."""
    fact = event.payload
    near = isinstance(fact, GuaranteeLimitNeared)
    zh, en = _SAYS[fact.counter]
    part = FaultGroup[fact.fault_group] if fact.fault_group else None
    said = {"count": fact.count, "limit": fact.limit}
    return Opening(
        subject_id=str(fact.watch_id),
        store_id=event.store_id,
        role="service_manager",
        customer_id=fact.customer_id,
        document=("repair_order", str(fact.ro_id)),
        due_at=event.occurred_at + WITHIN,
        zh=("三包预警:" if near else "三包达到:") + zh.format(part=part.zh if part else "", **said),
        en=("Near: " if near else "Reached: ") + en.format(part=part.en if part else "", **said),
    )


_SAYS: dict[str, tuple[str, str]] = {
    Counter.DAYS: ("累计修理{count}日(限{limit}日)", "{count} days of repairs, {limit} are allowed"),
    Counter.REPAIRS: ("{part}累计修理{count}次(限{limit}次)", "{count} repairs of {part}, {limit} are allowed"),
    Counter.COURTESY: (
        "本次修理第{count}日,超过5日须提供备用车或补偿",
        "day {count} of this repair; a courtesy car is due after 5",
    ),
}


def answered(event: Received[GuaranteeAnswered]) -> Iterable[str]:
    """The counter, whatever was arranged."""
    return [str(event.payload.watch_id)]


GUARANTEE_LIMIT = Kind(
    code="GUARANTEE_LIMIT",
    zh="三包提醒",
    en="Guarantee of a car",
    done_by=answer_guarantee,
    console="/console/{store_id}/guarantees",
    api="/api/v1/guarantees?store_id={store_id}",
    opens=dict.fromkeys((GuaranteeLimitNeared, LemonThresholdReached, CourtesyCarDue), told),
    closes={GuaranteeAnswered: answered},
)
