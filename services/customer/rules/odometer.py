"""Whether an odometer reading fits those before it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts.customer.vehicles import ReadingStatus

MOST_KM_A_DAY = 1000
"""Kilometres nobody drives in a day; a part of a day counts as one."""

_DAY = timedelta(days=1)


class Reading(NamedTuple):
    """How far the vehicle had been driven at a moment; `source_id` tells readings of one moment apart."""

    at: datetime
    source_id: str
    km: int


def judge(readings: Sequence[Reading]) -> dict[Reading, ReadingStatus]:
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
    if last is None:
        return ReadingStatus.OK
    if one.km < last.km:
        return ReadingStatus.LOWER
    days = max((one.at - last.at) / _DAY, 1.0)
    return ReadingStatus.IMPLAUSIBLE if one.km - last.km > MOST_KM_A_DAY * days else ReadingStatus.OK
