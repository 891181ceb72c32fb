"""Whether an odometer reading fits those before it; pure.

The customer service judges all readings of a vehicle; the workshop tells its desk at once what it can see of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

MOST_KM_A_DAY = 1000
"""Kilometres nobody drives in a day; a part of a day counts as one."""

MOST_KM = 1_000_000
"""Kilometres no car of ours has behind it, whatever was read before."""

_DAY = timedelta(days=1)


class ReadingStatus(StrEnum):
    """Whether an odometer reading fits those before it."""

    OK = "OK"
    LOWER = "LOWER"
    IMPLAUSIBLE = "IMPLAUSIBLE"


class WhichReading(StrEnum):
    """When a vehicle's odometer was read in the workshop: as it was taken in, or with the work done."""

    IN = "in"
    OUT = "out"


class Reading(NamedTuple):
    """How far the vehicle had been driven at a moment; `source_id` tells readings of one moment apart."""

    at: datetime
    source_id: str
    km: int


def judge(readings: Iterable[Reading]) -> dict[Reading, ReadingStatus]:
    """Each reading judged by the last fitting one before it, whatever order they became known in.

    A reading that does not fit is no measure for the next, so that one slip of the pen spoils no others.
    """
    judged: dict[Reading, ReadingStatus] = {}
    last: Reading | None = None
    for one in sorted(readings):
        judged[one] = _fits(one, last)
        if judged[one] is ReadingStatus.OK:
            last = one
    return judged


def _fits(one: Reading, last: Reading | None) -> ReadingStatus:
    if one.km > MOST_KM:
        return ReadingStatus.IMPLAUSIBLE
    if last is None:
        return ReadingStatus.OK
    if one.km < last.km:
        return ReadingStatus.LOWER
    days = max((one.at - last.at) / _DAY, 1.0)
    return ReadingStatus.IMPLAUSIBLE if one.km - last.km > MOST_KM_A_DAY * days else ReadingStatus.OK
