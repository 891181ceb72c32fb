"""sales_revenue (销售额): the totals of the orders whose cars were handed over in the month (C18)."""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, sum_of

SALES_REVENUE = Figure(
    code="sales_revenue",
    zh="销售额",
    en="Revenue of cars delivered",
    unit=Unit.FEN,
    counts={"counted": sum_of("delivery", "total_fen")},
)
