"""What a repair order looks like to who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Row

from contracts.picked import picked
from contracts.workshop import clocking, operations
from contracts.workshop.operations import LineKind, LineState
from services.workshop.repair_orders.models import Clocking, JobLine, RepairOrder
from services.workshop.repair_orders.rules import work


def order_shown(order: RepairOrder) -> operations.RepairOrder:
    """A repair order with its job lines."""
    return shown(order, order.lines)


def shown(
    order: RepairOrder | Row[tuple[RepairOrder]], lines: Sequence[JobLine | Row[tuple[JobLine]]]
) -> operations.RepairOrder:
    """A repair order with these job lines, from models or rows."""
    his = [line_shown(line) for line in lines]
    return picked(
        operations.RepairOrder,
        order,
        ro_id=order.id,
        lines=his,
        total_fen=sum(work.totals(work.charged(his)).values()),
        customer_fen=work.customer_fen(his),
    )


def line_shown(line: JobLine | Row[tuple[JobLine]]) -> operations.LineShown:
    """A job line on its order."""
    return picked(operations.LineShown, line)


def clocking_shown(one: Clocking | Row[tuple[Clocking]]) -> clocking.Clocking:
    """Who worked on what."""
    return picked(clocking.Clocking, one, clocking_id=one.id, ro_id=one.order_id)


def hours_apart(
    lines: Sequence[operations.LineShown],
    clocked: Sequence[clocking.Clocking],
    *,
    estimates: Mapping[int, clocking.HoursEstimate],
) -> list[clocking.LineHours]:
    """The hours of an order by line, and those that were clocked on it as a whole (C18)."""
    places = [line.position for line in lines if line.kind is LineKind.WORK and line.state is not LineState.DECLINED]
    standard: dict[int | None, Decimal] = {line.position: line.hours for line in lines} | {None: Decimal(0)}
    return [
        clocking.LineHours(
            position=place,
            standard_hours=standard[place],
            sold_hours=standard[place],
            clocked_hours=sum((one.worked_hours for one in theirs if _certain(one)), Decimal(0)),
            unconfirmed=any(one.ended_at is not None and not _certain(one) for one in theirs),
            estimate=None if place is None else estimates.get(place),
        )
        for place in (*places, None)
        if (theirs := [one for one in clocked if one.position == place]) or place is not None
    ]


def _certain(one: clocking.Clocking) -> bool:
    return one.ended_at is not None and (not one.forgotten or one.confirmed_at is not None)
