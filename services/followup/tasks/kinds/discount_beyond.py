"""DISCOUNT_BEYOND: a customer declined by his link what a discount was for; his advisor settles the price with him."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from contracts.envelope import Received
from contracts.money import yuan
from contracts.workshop.events import RepairCancelled, RepairLinesChanged
from contracts.workshop.operations import authorize_repair
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(minutes=30)
"""The customer was told that he would be called soon."""


def declined(event: Received[RepairLinesChanged]) -> Opening | None:
    """His advisor's, while discounts are more than the work that is left."""
    told = event.payload
    if not told.beyond_fen:
        return None
    return Opening(
        subject_id=str(told.ro_id),
        store_id=event.store_id,
        role="advisor",
        staff_id=told.advisor_id,
        customer_id=told.customer_id,
        document=("repair_order", str(told.ro_id)),
        due_at=event.occurred_at + WITHIN,
        zh=f"客户拒绝了部分项目,优惠超出其余项目¥{yuan(told.beyond_fen)}:请调整优惠并与客户确认价格",
        en=f"The customer declined work; discounts are {yuan(told.beyond_fen)} more than the rest: settle the price",
    )


def mended(event: Received[RepairLinesChanged]) -> Iterable[str]:
    """The order whose discounts fit its work again."""
    return [event.subject.id] if event.payload.beyond_fen == 0 else []


def over(event: Received[RepairCancelled]) -> Iterable[str]:
    """The order: nobody pays anything of it."""
    return [event.subject.id]


DISCOUNT_BEYOND = Kind(
    code="DISCOUNT_BEYOND",
    zh="优惠待调整",
    en="Discount to be mended",
    # clerks of the parts change lines too, but call no customers
    done_by=authorize_repair,
    console="/console/{store_id}/repair-orders/{subject_id}",
    api="/api/v1/repair-orders/{subject_id}",
    opens={RepairLinesChanged: declined},
    closes={RepairLinesChanged: mended, RepairCancelled: over},
)
