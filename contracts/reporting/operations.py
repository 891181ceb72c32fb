"""What the reporting service can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from contracts.fields import Fen, StoreId
from contracts.operation import query
from contracts.shapes import Text


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """A month, `2026-11`, and one store or all of the caller's scope."""

    month: Annotated[str, Text(7, 7)]
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class StoreMonth:
    """A store's month. `csi` is 100 × the mean score of service visits, null when nobody was asked (C17, R60)."""

    store_id: StoreId
    deliveries: int
    sales_revenue_fen: Fen
    service_visits: int
    service_vehicles: int
    service_revenue_fen: Fen
    answers: int
    csi: Decimal | None


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The month's figures by store and in sum; `as_of` is the newest fact they hold (R34)."""

    month: str
    as_of: datetime | None
    stores: list[StoreMonth]
    total: StoreMonth


month_figures = query(
    "reporting.month_figures",
    MonthAsked,
    MonthFigures,
    refuses=("MONTH_INVALID",),
    summary="Deliveries, workshop visits, revenue and satisfaction of a month",
)
