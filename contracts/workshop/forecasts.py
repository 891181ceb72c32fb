"""How far predictions were from what happened, by kind of work, beside standard hours alone (C8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from contracts.fields import StoreId
from contracts.operation import query
from contracts.shapes import Between
from contracts.workshop.jobs import JobClass


@dataclass(frozen=True, slots=True)
class ForecastsAsked:
    """Of orders that were foreseen in the last so many days, of a store or of all within reach."""

    store_id: StoreId | None = None
    days: Annotated[int, Between(1, 366)] = 90


@dataclass(frozen=True, slots=True)
class ForecastErrors:
    """How far the expected times of `orders` orders were from when they were ready, in minutes of opening hours.

    `bias_minutes` is the mean, above 0 where they were ready later than was foreseen; nine of ten were at most
    `p90_minutes` off, either way. The same for an expected time made of standard hours alone. Without `job_class` it is
    of orders whose main work nobody classed.
    """

    job_class: JobClass | None
    orders: int
    bias_minutes: int
    p90_minutes: int
    standard_bias_minutes: int
    standard_p90_minutes: int


@dataclass(frozen=True, slots=True)
class Forecasts:
    """By kind of the orders' main work, the worst first; `worst` is the first of which there are enough to tell.

    `all` is of all orders together; null where there is none.
    """

    since: datetime
    all: ForecastErrors | None
    worst: JobClass | None
    items: list[ForecastErrors]


forecast_errors = query(
    "workshop.forecast_errors",
    ForecastsAsked,
    Forecasts,
    summary="How far predictions were from what happened, by kind of work, beside standard hours alone",
)
