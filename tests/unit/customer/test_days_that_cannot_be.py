"""Days that have not come, and days that stand for none: at the desk, in files, between records."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.customer.imports import Department
from services.customer.importing.spreadsheets.cells import CellRefused, past_of
from services.customer.importing.spreadsheets.rows import Column, RowRead, read_row
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.record.rules import given as giving
from services.customer.record.rules.birthday import PLACEHOLDERS
from services.customer.record.rules.blocking import blocking_keys
from services.customer.record.rules.given import Typed, Unreadable
from services.customer.record.rules.matching import Decision, compare
from tests.unit.customer.test_matching import AT, person

TODAY = date(2026, 11, 23)
DAYS = {Field.BIRTH_DATE, Field.DELIVERED_AT, Field.REGISTERED_AT, Field.LAST_SERVICE_AT}


def row(**cells: str) -> RowRead:
    columns = [Column(place, Field(name)) for place, name in enumerate(cells)]
    return read_row(list(cells.values()), columns, department=Department.SALES, today=TODAY)


@pytest.mark.parametrize("ahead", [1, 3000])
def test_nobody_is_born_on_a_day_that_has_not_come(ahead: int) -> None:
    with pytest.raises(Unreadable) as refused:
        giving.read(Typed(name="张伟", birth_date=TODAY + timedelta(days=ahead)), today=TODAY)
    assert (refused.value.field, refused.value.code) == ("birth_date", "BIRTH_DATE_INVALID")


def test_a_child_may_be_born_today() -> None:
    assert giving.read(Typed(name="张伟", birth_date=TODAY), today=TODAY).birth_date == TODAY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2062-05-03", "DATE_AHEAD"),
        ("2026-11-24", "DATE_AHEAD"),
        ("1900-01-01", "DATE_PLACEHOLDER"),
        ("1970/1/1 0:00:00", "DATE_PLACEHOLDER"),
        ("25569", "DATE_PLACEHOLDER"),
        ("1899-12-31", "DATE_INVALID"),
    ],
)
def test_a_day_of_a_file_that_cannot_be_is_nothing_with_a_warning_in_whatever_column(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        past_of(text, today=TODAY)
    assert refused.value.code == code
    for field in DAYS:
        read = row(name="张伟", **{field.value: text})
        assert (read.typed.birth_date, read.typed.since, read.km_on, read.warnings) == (None, None, None, (code,))


def test_a_day_of_a_file_that_has_come_is_taken() -> None:
    assert past_of("2026-11-23", today=TODAY) == TODAY


def test_the_first_day_that_can_be_is_from_when_the_car_is_his() -> None:
    read = row(name="张伟", delivered_at="2062-05-03", registered_at="2015-05-03")
    assert read.typed.since == date(2015, 5, 3)


@pytest.mark.parametrize("day", sorted(PLACEHOLDERS))
def test_a_day_that_stands_for_none_neither_joins_records_nor_keeps_them_apart(day: date) -> None:
    one, same = person("张伟", birth_date=day), person("张伟", birth_date=day)
    assert compare(one, same, at=AT) == compare(person("张伟"), person("张伟"), at=AT)
    assert compare(one, same, at=AT).decision is Decision.NEW
    card = "440301197510200018"
    told = compare(person("张伟", id18=card), one, at=AT)
    assert told == compare(person("张伟", id18=card), person("张伟"), at=AT)
    assert {kind for kind, _ in blocking_keys(one)} == {kind for kind, _ in blocking_keys(person("张伟"))}
