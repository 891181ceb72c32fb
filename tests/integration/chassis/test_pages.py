"""Pages of a list: each row once, in the order that was asked for, while others come and go."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from orjson import dumps
from sqlalchemy import Column, Date, DateTime, MetaData, Table, Text, Uuid, delete, insert, select

from chassis.process.clock import LOCAL
from chassis.store import pages
from chassis.store.database import Database
from chassis.store.pages import Sorting
from contracts.refusals import InvalidRequest
from tests.integration.chassis.conftest import SERVICE
from tests.support.databases import Databases

NOON = datetime(2026, 11, 2, 12, 0, 0, 123456, tzinfo=LOCAL)
THINGS = Table(
    "listed_thing",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("day", Date, nullable=True),
    Column("name", Text, nullable=False),
    schema="planted",
)
FEW = "it is a test's"
UPWARDS = Sorting(THINGS.c.at, THINGS.c.id, few=FEW)
DOWNWARDS = Sorting(THINGS.c.at, THINGS.c.id, descending=True, few=FEW)
BY_DAY = Sorting(THINGS.c.day, THINGS.c.id, few=FEW)
SORTS = pytest.mark.parametrize("by", [UPWARDS, DOWNWARDS, BY_DAY], ids=lambda one: one.name)


@dataclass(frozen=True)
class Asked:
    page: int = 1
    size: int = 4
    after: str | None = None


@pytest.fixture
def things(db: Database, databases: Databases) -> Iterator[Database]:
    """Eighteen things: three of each moment, every third without a day."""
    columns = "id uuid PRIMARY KEY, at timestamptz NOT NULL, day date, name text NOT NULL"
    with databases.admin(SERVICE) as admin:
        admin.execute(f"CREATE TABLE planted.listed_thing ({columns})")
        admin.execute("GRANT ALL ON planted.listed_thing TO sales_app")
        put(db, *range(18))
        yield db
        admin.execute("DROP TABLE planted.listed_thing")


def put(db: Database, *numbers: int) -> None:
    rows = [
        {
            "id": uuids.uuid4(),
            "at": NOON + timedelta(microseconds=number // 3),
            "name": f"{number:03}",
            "day": None if number % 3 == 0 else (NOON + timedelta(days=number % 5)).date(),
        }
        for number in numbers
    ]
    with db.transaction() as session:
        session.execute(insert(THINGS).values(rows))


def take_away(db: Database, ids: list[UUID]) -> None:
    with db.transaction() as session:
        session.execute(delete(THINGS).where(THINGS.c.id.in_(ids)))


def page(db: Database, by: Sorting, **asked: Any) -> pages.Page:
    return db.read(lambda connection: pages.page(connection, select(THINGS), Asked(**asked), by=by))


def everything(db: Database, by: Sorting) -> list[UUID]:
    return [row.id for row in page(db, by, size=100).rows]


def walked(db: Database, by: Sorting, *, size: int, then: Any = lambda ids: None) -> list[UUID]:
    found: list[UUID] = []
    after: str | None = None
    while True:
        here = page(db, by, size=size, after=after)
        ids = [row.id for row in here.rows]
        found += ids
        if here.next is None:
            return found
        after = here.next
        then(ids)


@SORTS
@pytest.mark.parametrize("size", [1, 4, 6, 18, 19])
def test_cursors_walk_the_list_in_its_order_each_row_once(things: Database, by: Sorting, size: int) -> None:
    expected = everything(things, by)
    assert walked(things, by, size=size) == expected
    numbered = [page(things, by, size=size, page=number) for number in range(1, 20)]
    assert [row.id for one in numbered for row in one.rows] == expected
    assert {one.total for one in numbered} == {18}


def test_the_orders_are_what_they_say(things: Database) -> None:
    rows = page(things, UPWARDS, size=100).rows
    assert [(row.at, row.id) for row in rows] == sorted((row.at, row.id) for row in rows)
    assert everything(things, DOWNWARDS) == everything(things, UPWARDS)[::-1]
    days = [row.day for row in page(things, BY_DAY, size=100).rows]
    known = [day for day in days if day is not None]
    assert days == [*sorted(known), *[None] * 6], "what has none comes last"


@SORTS
def test_who_takes_away_what_he_has_seen_misses_nothing(things: Database, by: Sorting) -> None:
    expected = everything(things, by)
    assert walked(things, by, size=4, then=lambda ids: take_away(things, ids)) == expected


def test_by_number_he_misses_as_many_as_he_took(things: Database) -> None:
    expected = everything(things, UPWARDS)
    take_away(things, expected[:4])
    assert [row.id for row in page(things, UPWARDS, page=2).rows] == expected[8:12], "which is why there are cursors"


@SORTS
def test_what_comes_in_before_the_cursor_is_not_shown_and_nothing_is_twice(things: Database, by: Sorting) -> None:
    expected = everything(things, by)
    before = {id(UPWARDS): -30, id(DOWNWARDS): 90}.get(id(by))
    came: list[int] = []

    def more(_: list[UUID]) -> None:
        if before is not None and not came:
            came.append(before)
            put(things, before, before + 1)

    assert walked(things, by, size=5, then=more) == expected


SOMEBODY = "018e55b2-0f6b-7000-8000-000000000001"
NO_CURSORS = [
    "x", "=", "%%%", "AAAA", "\u3000", "a" * 200,
    *(urlsafe_b64encode(dumps(one)).decode() for one in cast("tuple[Any, ...]", (
        None, [], {}, 5, ["at"], ["at", 5, 5], ["at", None, SOMEBODY],
        ["-at", NOON.isoformat(), SOMEBODY], ["at", "soon", SOMEBODY],
        ["at", NOON.isoformat(), "mine"], ["at", NOON.isoformat(), None],
    ))),
]  # fmt: skip


@pytest.mark.parametrize("odd", NO_CURSORS, ids=ascii)
def test_what_is_no_cursor_of_this_order_is_refused(things: Database, odd: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        page(things, UPWARDS, after=odd)
    assert list(refused.value.details["errors"]) == ["after"]  # type: ignore[call-overload]


def test_a_list_known_by_a_text_is_walked_too_and_no_odd_text_is_asked_for(things: Database) -> None:
    by = Sorting(THINGS.c.at, THINGS.c.name, few=FEW)
    assert [row.name for row in page(things, by, size=100).rows] == sorted(f"{number:03}" for number in range(18))
    assert walked(things, by, size=4) == everything(things, by)
    odd = urlsafe_b64encode(dumps(["at", NOON.isoformat(), "a\x00"])).decode()
    with pytest.raises(InvalidRequest):
        page(things, by, after=odd)


def test_a_cursor_goes_without_a_number(things: Database) -> None:
    with pytest.raises(InvalidRequest) as refused:
        page(things, UPWARDS, page=2, after=page(things, UPWARDS).next)
    assert list(refused.value.details["errors"]) == ["page"]  # type: ignore[call-overload]


def test_an_order_has_its_index_or_says_why_not() -> None:
    for wrong in ({}, {"index": "some", "few": FEW}):
        with pytest.raises(TypeError):
            Sorting(THINGS.c.at, THINGS.c.id, **wrong)  # type: ignore[arg-type]
