"""What must be known of a person to act, derived from his record: facts that name nobody (C12, R26); pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from services.customer.record.rules.address import coarse
from services.customer.record.rules.birthday import PLACEHOLDERS
from services.customer.record.rules.record import ACTIVE

_FROM = (0, 25, 35, 45, 55, 65)
"""From which age on a band is."""
BANDS = (*(f"{low}-{high - 1}" for low, high in pairwise(_FROM)), f"{_FROM[-1]}+")
"""Ages in years, both ends included: ten years, so that with a birthday they make no date of birth."""


class Known(Protocol):
    """What of a record, or of its row, a profile is derived from."""

    @property
    def status(self) -> str: ...
    @property
    def kind(self) -> Any: ...
    @property
    def gender(self) -> str | None: ...
    @property
    def birth_date(self) -> date | None: ...
    @property
    def addresses(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def occupation(self) -> str | None: ...


class Profile(NamedTuple):
    """Derived facts; a record that was merged into another, or erased, is nobody and has none."""

    kind: str | None = None
    gender: str | None = None
    age_band: str | None = None
    district: str | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    occupation: str | None = None


NOBODY = Profile()


def profile_of(record: Known, *, on: date) -> Profile:
    """The facts on this day. A birth date that programs count from is none."""
    if record.status != ACTIVE:
        return NOBODY
    born = _born(record)
    lives = next((one["text"] for one in record.addresses if one["until"] is None), "")
    return Profile(
        kind=str(record.kind),
        gender=record.gender,
        age_band=BANDS[_band(born, on=on)] if born else None,
        district=coarse(lives),
        birth_month=born.month if born else None,
        birth_day=born.day if born else None,
        occupation=record.occupation,
    )


def older_on(record: Known, *, on: date) -> date | None:
    """The day on which the age band becomes another by itself; None where none does."""
    born = _born(record)
    if record.status != ACTIVE or born is None or (next_band := _band(born, on=on) + 1) == len(BANDS):
        return None
    year = born.year + _FROM[next_band]
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)  # of the 29th of February, in a year that has none


def _born(record: Known) -> date | None:
    return None if record.birth_date in PLACEHOLDERS else record.birth_date


def _band(born: date, *, on: date) -> int:
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return bisect(_FROM, max(age, 0)) - 1
