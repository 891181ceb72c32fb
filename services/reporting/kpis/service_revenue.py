"""service_revenue (售后产值): what the orders settled in the month bring in, without what we pay ourselves (C18)."""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, sum_of


def revenue(*, total_fen: int, internal_fen: int) -> int:
    """The revenue in fen of orders with these totals."""
    return total_fen - internal_fen


SERVICE_REVENUE = Figure(
    code="service_revenue",
    zh="售后产值",
    en="Workshop revenue",
    unit=Unit.FEN,
    counts={
        "total_fen": sum_of("workshop_visit", "total_fen"),
        "internal_fen": sum_of("workshop_visit", "internal_fen"),
    },
    made=revenue,
)
