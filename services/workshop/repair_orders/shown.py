"""What a repair order looks like to who asks."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Row

from contracts.picked import picked
from contracts.workshop import operations
from services.workshop.repair_orders.models import JobLine, RepairOrder
from services.workshop.repair_orders.rules import totals


def order_shown(order: RepairOrder) -> operations.RepairOrder:
    """A repair order with its job lines."""
    return shown(order, order.lines)


def shown(
    order: RepairOrder | Row[tuple[RepairOrder]], lines: Iterable[JobLine | Row[tuple[JobLine]]]
) -> operations.RepairOrder:
    """A repair order with these job lines, from models or rows."""
    work = [line_shown(line) for line in lines]
    total_fen = sum(totals(work).values())
    return picked(operations.RepairOrder, order, ro_id=order.id, lines=work, total_fen=total_fen)


def line_shown(line: JobLine | Row[tuple[JobLine]]) -> operations.JobLine:
    """A job line."""
    return picked(operations.JobLine, line)
