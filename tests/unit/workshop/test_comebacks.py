"""For how long work may come back: thirty days in any case, else the days and kilometres of its guarantee (C9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.workshop.comebacks.rules import Done, Guarantee, Window, may_come_back, newest

RETURNED = datetime(2026, 11, 2, 17, tzinfo=UTC)
MINOR, ASSEMBLY = Guarantee(2_000, 10), Guarantee(20_000, 100)
MOMENT = timedelta(microseconds=1)


def done(*, km: int | None = 50_000, position: int = 1, returned_at: datetime = RETURNED) -> Done:
    return Done(UUID(int=position), position, "BRAKES", returned_at, km)


@pytest.mark.parametrize(
    ("after", "comes_back"),
    [
        (timedelta(0), True), (timedelta(days=10), True), (timedelta(days=30), True),
        (timedelta(days=30) + MOMENT, False), (-MOMENT, False),
    ],
)  # fmt: skip
def test_thirty_days_however_far_it_was_driven(after: timedelta, *, comes_back: bool) -> None:
    window = Window((MINOR,), days=30)
    assert may_come_back(done(), window, opened_at=RETURNED + after, km=99_000) is comes_back


@pytest.mark.parametrize(
    ("days", "km", "comes_back"),
    [
        (100, 70_000, True), (100, 70_001, False), (101, 50_001, False),
        (100, None, True), (101, None, False),
    ],
)  # fmt: skip
def test_after_that_whichever_of_its_guarantee_is_reached_first(days: int, km: int | None, *, comes_back: bool) -> None:
    """A reading in doubt says nothing of kilometres: then the days decide, and a person."""
    window = Window((ASSEMBLY,), days=30)
    opened_at = RETURNED + timedelta(days=days)
    assert may_come_back(done(), window, opened_at=opened_at, km=km) is comes_back
    assert may_come_back(done(km=None), window, opened_at=opened_at, km=99_999) is (days <= 100)


def test_what_was_certified_for_longer_counts_for_longer() -> None:
    opened_at = RETURNED + timedelta(days=60)
    assert not may_come_back(done(), Window((MINOR,), days=30), opened_at=opened_at, km=52_000)
    assert may_come_back(done(), Window((MINOR, Guarantee(5_000, 60)), days=30), opened_at=opened_at, km=52_000)


def test_of_several_causes_it_is_the_last() -> None:
    first, second = done(), done(position=2, returned_at=RETURNED + timedelta(days=3))
    assert newest([second, first]) == newest([first, second]) == second
    assert newest([]) is None
