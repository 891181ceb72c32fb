"""deliveries (交车台数): cars handed over in the month (C18)."""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, number_of

DELIVERIES = Figure(
    code="deliveries",
    zh="交车台数",
    en="Cars delivered",
    unit=Unit.COUNT,
    counts={"counted": number_of("delivery")},
)
