"""Numbers of documents: one series per store, kind and period, without gaps by rolled-back work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.process.clock import LOCAL

_NEXT = text(
    """
    INSERT INTO number_series AS series (store_id, period, last) VALUES (:store_id, :period, 1)
    ON CONFLICT (store_id, period) DO UPDATE SET last = series.last + 1 RETURNING last
    """
)


class Per(StrEnum):
    """For how long a series runs, by what of it stands in the number."""

    MONTH = "%Y%m"
    DAY = "%Y%m%d"


ALONE = ("SO", "RO")
"""Kinds of documents that were their service's only one when its series began: they are known by their period alone."""


class NumberSeries:
    """Mixed into a table `number_series`: the last number that was given in a store and period.

    Documents of other kinds than the first have a series each, with their kind before the period.
    """

    __tablename__ = "number_series"

    store_id: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(session: Session, kind: str, *, store_id: str, per: Per, now: datetime) -> str:
    """The next number of a store's series: `HN-SO-202611-0001`. Whoever asks at the same time waits for the other.

    The period is that of the stores' own day, in whatever zone the moment is told.
    """
    period = now.astimezone(LOCAL).strftime(per)
    series = period if kind in ALONE else f"{kind}-{period}"
    last = session.execute(_NEXT, {"store_id": store_id, "period": series}).scalar_one()
    return f"{store_id}-{kind}-{period}-{last:04d}"
