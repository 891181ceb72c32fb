"""What must be known of a person to act: derived facts, and the day on which they are others by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.customer.operations import CustomerKind
from services.customer.record.rules.address import coarse
from services.customer.record.rules.birthday import PLACEHOLDERS
from services.customer.record.rules.profile import BANDS, NOBODY, Profile, older_on, profile_of

TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Somebody:
    status: str = "active"
    kind: CustomerKind = CustomerKind.PERSON
    gender: str | None = None
    birth_date: date | None = None
    addresses: list[dict[str, Any]] = field(default_factory=list)
    occupation: str | None = None


def lives(text: str, *, until: str | None = None) -> dict[str, Any]:
    return {"text": text, "until": until}


def test_everything_that_is_known_and_nothing_that_names_him() -> None:
    who = Somebody(
        gender="female",
        birth_date=date(1988, 2, 29),
        addresses=[lives("东莞市南城区1号", until="2020-01-01"), lives("深圳市福田区深南大道1001号3栋502")],
        occupation="manager",
    )
    assert profile_of(who, on=TODAY) == Profile("person", "female", "35-44", "福田", 2, 29, "manager")


def test_of_whom_nothing_is_known_and_of_a_company_the_kind_remains() -> None:
    assert profile_of(Somebody(), on=TODAY) == Profile("person")
    assert profile_of(Somebody(kind=CustomerKind.COMPANY), on=TODAY) == Profile("company")


@pytest.mark.parametrize("status", ["merged", "erased"])
def test_who_lives_on_in_another_or_was_erased_is_nobody(status: str) -> None:
    who = Somebody(status=status, gender="male", birth_date=date(1988, 5, 1), addresses=[lives("福田区1号")])
    assert (profile_of(who, on=TODAY), older_on(who, on=TODAY)) == (NOBODY, None)


@pytest.mark.parametrize("day", sorted(PLACEHOLDERS))
def test_a_day_that_programs_count_from_is_no_birthday(day: date) -> None:
    who = Somebody(birth_date=day)
    assert (profile_of(who, on=TODAY), older_on(who, on=TODAY)) == (Profile("person"), None)


@pytest.mark.parametrize(
    ("on", "band"),
    [
        (date(1990, 3, 1), "0-24"),
        (date(2015, 2, 28), "0-24"),
        (date(2015, 3, 1), "25-34"),
        (date(2025, 2, 28), "25-34"),
        (date(2025, 3, 1), "35-44"),
        (date(2055, 2, 28), "55-64"),
        (date(2055, 3, 1), "65+"),
        (date(2099, 3, 1), "65+"),
    ],
)
def test_a_band_ends_with_the_day_before_the_birthday(on: date, band: str) -> None:
    assert profile_of(Somebody(birth_date=date(1990, 3, 1)), on=on).age_band == band


@pytest.mark.parametrize("born", [date(1988, 2, 29), date(1990, 3, 1), date(1999, 12, 31), date(2026, 11, 2)])
def test_on_the_day_that_is_said_the_band_is_the_next_one_and_the_day_before_it_is_not(born: date) -> None:
    who, on, met = Somebody(birth_date=born), born, []
    while (day := older_on(who, on=on)) is not None:
        before, after = (profile_of(who, on=one).age_band for one in (day - timedelta(days=1), day))
        met.append(before)
        assert (before, after) == BANDS[len(met) - 1 : len(met) + 1]
        on = day
    assert len(met) == len(BANDS) - 1, "until there is none"


def test_one_who_is_said_to_be_born_later_is_young() -> None:
    assert profile_of(Somebody(birth_date=TODAY + timedelta(days=1)), on=TODAY).age_band == "0-24"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("广东省深圳市福田区深南大道1001号3栋502", "福田"),
        ("南山区科技园", "南山"),
        ("福田深南大道1001", "福田"),
        ("深圳市龍華新区民治街道", "龙华"),
        ("深圳市深南大道1001号", "深圳"),
        ("广东省东莞市南城区鸿福路1号", "东莞"),
        ("湖南省长沙市", "长沙"),
        ("华侨城小区3栋502", None),
        ("深南大道1001号", None),
        ("", None),
    ],
)
def test_where_he_lives_is_a_district_of_ours_or_another_city_and_never_a_street(typed: str, told: str | None) -> None:
    assert coarse(typed) == told
