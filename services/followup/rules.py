"""When a customer may be called (C12); pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

WINDOWS = (
    (time(9, 30), time(11, 30)),
    (time(14, 30), time(17, 30)),
    (time(18, 30), time(20, 0)),
)
"""Local times of day at which customers are called, on every day of the week; the end is excluded."""


def calling_time(wanted: datetime, *, latest: datetime, zone: tzinfo) -> datetime:
    """The first moment from `wanted` on that lies in a calling window, in local time.

    If that is after `latest` (which is not before `wanted`), the call is brought forward
    to the last opening of a window that `latest` allows.
    """
    openings = _openings_around(wanted.astimezone(zone))
    first = next(max(opens, wanted.astimezone(zone)) for opens, closes in openings if wanted < closes)
    if first <= latest:
        return first
    return max(opens for opens, _ in openings if opens <= latest)


def _openings_around(local: datetime) -> list[tuple[datetime, datetime]]:
    """The windows of yesterday, today and tomorrow, in order."""
    days = [local.date() + timedelta(days=offset) for offset in (-1, 0, 1)]
    return [
        (datetime.combine(day, opens, local.tzinfo), datetime.combine(day, closes, local.tzinfo))
        for day in days
        for opens, closes in WINDOWS
    ]
