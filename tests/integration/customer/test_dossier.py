"""The copy a customer may ask for holds what the data map says is kept of him, or the map says why not (PIPL 45)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Uuid, insert
from sqlalchemy.orm import Session

from contracts import shapes
from contracts.customer.dossier import Dossier, DossierAsked, DossierFormat
from services.customer.declared import Base
from services.customer.folder.queries import dossier as queries
from services.customer.record.usecases.subject_keys import key_of
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.source import ROOT

MAP = tomllib.loads((ROOT / "docs" / "data-map.toml").read_text("utf-8"))
PLACES: dict[str, tuple[str, ...]] = {
    "customer": ("customer", "earlier_records"),
    "consent": ("consent_history",),
    "document": ("documents",),
    "relation": ("relations",),
    "vehicle": ("customer.vehicles",),
    "vehicle_plate": ("plates",),
    "vehicle_party": ("customer.vehicles",),
    "odometer": ("odometer",),
    "timeline_entry": ("customer.timeline",),
    "glance": ("customer.glance",),
    "change": ("changes",),
    "merge": ("merges",),
    "segment_member": ("segments",),
    "privacy_request": ("privacy_requests",),
    "search_key": (),
}
"""Where in a dossier the rows of a table stand."""

RENAMED = {
    "id": ("customer_id", "consent_id", "document_id", "relation_id", "vehicle_id", "merge_id", "request_id"),
    "number": ("number", "id_number"),
}
HIS = {"customer_id", "origin_customer_id", "first_customer_id"}
"""Columns that say whose a row is: he, or a record of his that lives on in this one."""

DAY = timedelta(days=1)


def at(days: int) -> datetime:
    return NOW - days * DAY


class Filler:
    """Rows with something in every column; what has a meaning is given, anything else is made up."""

    def __init__(self, session: Session) -> None:
        self._session, self._numbers = session, count(1)
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def add(self, table_name: str, **given: Any) -> dict[str, Any]:
        table = Base.metadata.tables[table_name]
        values = {
            column.name: given[column.name] if column.name in given else self._made_up(column)
            for column in table.columns
            if column.computed is None and column.identity is None
        }
        columns = MAP["tables"][table_name]
        sealed = [name for name in values if columns.get(name, {}).get("sealed") == "whole"]
        kept = values | {name: self._sealed(values, name) for name in sealed}
        added = self._session.execute(insert(table).values(kept).returning(*table.columns)).one()
        row = dict(added._mapping) | {name: values[name] for name in sealed}
        self.rows.append((table_name, row))
        return row

    def _sealed(self, values: dict[str, Any], name: str) -> str:
        """As it is kept: under the key of the customer that the row was written for."""
        whose = values.get("origin_customer_id") or values.get("customer_id") or values["id"]
        return key_of(self._session, whose).seal(name, values[name])

    def _made_up(self, column: Any) -> Any:
        number = next(self._numbers)
        if isinstance(column.type, Uuid):
            return uuids.uuid7()
        if isinstance(column.type, DateTime):
            return NOW - timedelta(minutes=number)
        if isinstance(column.type, Date):
            return date(1980, 1, 1) + number * DAY
        if isinstance(column.type, BigInteger):
            return 1_000 + number
        return True if isinstance(column.type, Boolean) else f"x{randoms.number() % 10**9}"


def record(filler: Filler, **given: Any) -> UUID:
    number, since = randoms.mobile(), at(90)
    told = {"since": since, "until": None, "department": "sales"}
    phone = {"number": number, "kind": "mobile", "shared": False, "extension": "8001", **told}
    house = {"text": f"深圳市{number}号", "kind": "home", **told}
    row = filler.add(
        "customer", kind="person", gender="female", occupation="retired", mobile=number,
        tags=[f"tag {number}"], forced_reason=None, source="desk",
        phones=shapes.plain([phone]), addresses=shapes.plain([house]),
        preferences={"channel": "sms", "do_not_call": True}, **given,
    )  # fmt: skip
    identifier: UUID = row["id"]
    return identifier


@pytest.fixture
def everything(desk: Desk) -> tuple[UUID, list[tuple[str, dict[str, Any]]]]:
    """A customer of whom there is something in every table, and the rows."""
    stranger = desk.register().customer_id
    with desk.transaction() as session:
        filler = Filler(session)
        him = record(filler, status="active", merged_into=None)
        earlier = record(filler, status="merged", merged_into=him)
        whose = {"customer_id": him, "origin_customer_id": earlier}
        filler.add("search_key", customer_id=him)
        filler.add("change", customer_id=him, field="email", old="a@example.test", new="b@example.test")
        filler.add("change", customer_id=earlier, field="name", old=None, new="王五")
        filler.add("consent", purpose="survey", channel="sms", basis="consent", **whose)
        filler.add("document", type="contract", **whose)
        filler.add("document", type="id_copy", **whose)
        filler.add("relation", kind="driver_of", customer_id=him, other_id=stranger)
        car = filler.add("vehicle")["id"]
        filler.add("vehicle_party", vehicle_id=car, role="user", since=at(80), until=at(10), **whose)
        filler.add("vehicle_plate", vehicle_id=car, since=at(70), until=at(20))
        filler.add("odometer", vehicle_id=car, at=at(30))
        filler.add("timeline_entry", customer_id=him, summary={"km": 77})
        filler.add("timeline_entry", customer_id=earlier, summary={"km": 78})
        open_order = {"ro_id": str(uuids.uuid7()), "number": "HN-RO-1", "store_id": "HN", "since": at(1).isoformat()}
        filler.add("glance", customer_id=him, open_repair_orders=[open_order])
        filler.add(
            "merge", kind="merge", survivor_id=him, loser_ids=[str(earlier)], field_choices={"name": str(earlier)},
            snapshot={},
        )  # fmt: skip
        filler.add("privacy_request", kind="copy", status="carried_out", **whose)
        segment = filler.add("segment", predicate={"fact": "service_visits", "at_least": 10**6}, sweep_at=None)["id"]
        filler.add("segment_member", customer_id=him, segment_id=segment)
    return him, filler.rows


def read(desk: Desk, customer_id: UUID, **asked: Any) -> dict[str, Any]:
    answer = desk.read(lambda connection: queries.dossier(connection, DossierAsked(customer_id, **asked), now=NOW))
    found: dict[str, Any] = shapes.plain(answer)
    assert shapes.load(Dossier, found) == answer
    return found


def missing(told: Mapping[str, Any], rows: list[tuple[str, dict[str, Any]]], dossier: dict[str, Any]) -> list[str]:
    """What is kept of a customer and stands neither in his dossier nor among what is withheld."""
    withheld, found = told["withheld"], []
    for table, columns in told["tables"].items():
        for column, says in columns.items():
            name = f"{table}.{column}"
            if column == "not_personal" or says["mask"] == "internal" or {table, name} & withheld.keys():
                continue
            kept = [row[column] for of, row in rows if of == table and row[column] is not None]
            if not kept:
                found.append(f"{name} is not tried")
            shown = list(values(dossier, table, column))
            found += [f"{name}: {one}" for one in kept if comparable(one) not in shown]
    return found


def values(dossier: dict[str, Any], table: str, column: str) -> Iterator[Any]:
    """What a dossier shows of a column."""
    if column in HIS:
        yield from (comparable(one["customer_id"]) for one in (dossier["customer"], *dossier["earlier_records"]))
        return
    for item in items(dossier, table):
        for field in (column, *RENAMED.get(column, ())):
            said = item.get(field)
            if table == "change" and isinstance(said, dict):
                yield from map(comparable, said.values())
            elif column == "field_choices":
                yield {one["field"]: one["customer_id"] for one in said or ()}
            else:
                yield comparable(said)


def items(dossier: dict[str, Any], table: str) -> Iterator[dict[str, Any]]:
    for place in PLACES.get(table, ()):
        part: Any = dossier
        for word in place.split("."):
            part = part[word]
        if isinstance(part, list):
            yield from part
        else:
            yield part


def comparable(value: Any) -> Any:
    """The same for a value of a row and as JSON: moments at any offset, what is empty in an object left out."""
    plain = shapes.plain(value)
    if isinstance(plain, dict):
        return {field: one for field, one in plain.items() if one is not None}
    try:
        return datetime.fromisoformat(plain) if isinstance(plain, str) and len(plain) > len("2026-11-02") else plain
    except ValueError:
        return plain


def test_whatever_is_kept_of_him_is_in_his_dossier_or_withheld_for_a_reason(desk, everything):
    customer_id, rows = everything
    assert missing(MAP, rows, read(desk, customer_id, format=DossierFormat.JSON)) == []


@pytest.mark.parametrize("part", ["consent_history", "plates", "merges", "earlier_records", "segments", "changes"])
def test_a_part_that_is_left_out_is_noticed(desk, everything, part):
    customer_id, rows = everything
    dossier = read(desk, customer_id, format=DossierFormat.JSON)
    assert missing(MAP, rows, dossier | {part: []}) != []


def test_what_is_withheld_is_kept_and_would_be_missed():
    for name, reason in MAP["withheld"].items():
        table, _, column = name.partition(".")
        rows = MAP["tables"][table]
        says = [rows[column]] if column else [row for key, row in rows.items() if key != "not_personal"]
        assert any(one["mask"] != "internal" for one in says), name
        assert len(reason) > 30, name


def test_what_a_car_had_before_and_after_his_time_is_not_his(desk, everything):
    customer_id, rows = everything
    (car,) = [row["id"] for table, row in rows if table == "vehicle"]
    plates = (("粤B00001", at(200), at(80)), ("粤B00002", at(10), None), ("粤B00003", at(81), at(79)))
    with desk.transaction() as session:
        run = session.connection().exec_driver_sql
        for plate, since, until in plates:
            run("INSERT INTO vehicle_plate VALUES (%s, %s, 'usual', %s, %s)", (car, plate, since, until))
        for moment, km in ((at(81), 1), (at(80), 2), (at(10), 3)):
            run("INSERT INTO odometer VALUES (%s, %s, %s, %s)", (car, moment, f"ro/{km}", km))
    dossier = read(desk, customer_id)
    assert {"粤B00001", "粤B00002", "粤B00003"} & {one["plate"] for one in dossier["plates"]} == {"粤B00003"}
    assert {1, 2, 3} & {one["km"] for one in dossier["odometer"]} == {2}
    assert [one["plate"] for one in dossier["customer"]["vehicles"]] == [None]


def test_a_page_has_the_newest_lines_and_a_copy_has_them_all(desk, everything, monkeypatch):
    customer_id, _ = everything
    monkeypatch.setattr(queries, "PRINTED_LINES", 1)
    page, copy = (read(desk, customer_id, format=form) for form in (DossierFormat.PAGE, DossierFormat.XLSX))
    assert (len(page["customer"]["timeline"]), page["customer"]["older"] is None) == (1, False)
    assert (len(copy["customer"]["timeline"]), copy["customer"]["older"]) == (2, None)


def test_asked_for_by_an_earlier_record_it_is_the_same(desk, everything):
    customer_id, rows = everything
    (earlier,) = [row["id"] for table, row in rows if table == "customer" and row["merged_into"]]
    other = read(desk, earlier)
    assert other["customer"].pop("redirected_from") == str(earlier)
    mine = read(desk, customer_id)
    mine["customer"].pop("redirected_from")
    assert mine == other
