"""What a vehicle's odometer showed, after what was corrected; pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from contracts.odometer import Reading, ReadingStatus, judge

CORRECTION = "repair_order_km_corrected"
"""The source of a correction: it is no reading of its own, but replaces those of its document."""


class Judged(NamedTuple):
    """A reading as it stands now; `told_km` is what was told of it first, if it was corrected since."""

    reading: Reading
    status: ReadingStatus
    told_km: int | None


def judged(told: Collection[Reading]) -> list[Judged]:
    """The readings, oldest first, with what was corrected last in place of what was told, each judged by those before.

    A correction may be known before the reading it corrects, and waits for it.
    """
    corrections = {_document(one): one.km for one in sorted(told) if _kind(one) == CORRECTION}
    first = [one for one in told if _kind(one) != CORRECTION]
    standing = {one: one._replace(km=corrections.get(_document(one), one.km)) for one in first}
    verdicts = judge(standing.values())
    return sorted(Judged(now, verdicts[now], one.km if now.km != one.km else None) for one, now in standing.items())


def _kind(reading: Reading) -> str:
    return reading.source_id.partition("/")[0]


def _document(reading: Reading) -> str:
    return reading.source_id.partition("/")[2]
