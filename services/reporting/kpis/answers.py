"""answers (售后回访答复数): the service visits completed in the month, whose scores make csi (C17)."""

from __future__ import annotations

from contracts.reporting.operations import Unit
from services.reporting.kpis.csi import OF_SERVICE
from services.reporting.kpis.figure import Figure, number_of

ANSWERS = Figure(
    code="answers",
    zh="售后回访答复数",
    en="Answers about service",
    unit=Unit.COUNT,
    counts={"counted": number_of("answer", where=OF_SERVICE)},
)
