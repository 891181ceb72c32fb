"""What a repair order looks like to who asks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row

from contracts.picked import picked
from contracts.workshop import operations
from services.workshop.repair_orders.models import JobLine, RepairOrder
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
