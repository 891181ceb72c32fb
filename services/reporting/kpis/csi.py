"""csi (售后满意度): 100 × the mean score of the service visits completed in the month, to one decimal (C17, C18).

Until surveys ask by factor, the one score of a visit stands for all of them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from contracts.reporting.operations import Unit
from services.reporting.kpis.figure import Figure, number_of, sum_of

OF_SERVICE = "purpose = 'SERVICE_D3'"
"""The visits whose answers count."""


def index(*, score_sum: int, answers: int) -> Decimal | None:
    """The index from 100.0 to 1000.0; None when nobody answered."""
    if answers == 0:
        return None
    return (Decimal(100 * score_sum) / answers).quantize(Decimal("0.1"), ROUND_HALF_UP)


CSI = Figure(
    code="csi",
    zh="售后满意度",
    en="Satisfaction with service",
    unit=Unit.POINTS,
    counts={
        "score_sum": sum_of("answer", "score", where=OF_SERVICE),
        "answers": number_of("answer", where=OF_SERVICE),
    },
    made=index,
)
