"""The data map names every column of every service: purpose, basis, retention, mask (PIPL art. 6 and 19)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table

from chassis.customers import rekeying
from chassis.process.settings import SERVICES
from chassis.store.migrations import models_of
from gateway.masking import MASKS
from services.customer.record.sealing import NUMBER, SEALED
from services.followup.tasks.models import TASKS
from services.followup.visits.models import VISITS
from services.sales.orders.models import ORDERS
from services.sales.parties.models import PARTIES
from services.sales.quotes.models import QUOTES
from services.workshop.appointments.models import APPOINTMENTS
from services.workshop.parties.models import REPAIR_PARTIES
from services.workshop.repair_orders.models import REPAIR_ORDERS
from tests.support.source import ROOT

MAP = ROOT / "docs" / "data-map.toml"
SAYS = {"purpose": "purposes", "basis": "bases", "retention": "retentions", "mask": "masks"}
MAY_SAY = {"sealed": "seals", "erased": "erasures"}
NOT_PERSONAL = "not_personal"


def customers_tables() -> MetaData:
    """Every table of the customer service, whatever idea declares it."""
    return models_of("customer")


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def mistakes(tables: MetaData, told: Mapping[str, Any]) -> list[str]:
    """Columns the map misses, names twice, or names though they are gone; and rows that say too little."""
    found = []
    columns = {(table.name, column.name) for table in tables.sorted_tables for column in table.columns}
    named: list[tuple[str, str]] = []
    for table, rows in told["tables"].items():
        named += [(table, column) for column in rows.get(NOT_PERSONAL, ())]
        for column, row in rows.items():
            if column != NOT_PERSONAL:
                named.append((table, column))
                found += [f"{table}.{column}: {one}" for one in _incomplete(row, told)]
    found += [f"{table}.{column} is not in the map" for table, column in sorted(columns - set(named))]
    found += [f"{table}.{column} is gone" for table, column in sorted(set(named) - columns)]
    found += [
        f"{table}.{column} is there twice" for table, column in sorted({one for one in named if named.count(one) > 1})
    ]
    return found


def _incomplete(row: Mapping[str, str], told: Mapping[str, Any]) -> list[str]:
    if row.keys() - MAY_SAY.keys() != SAYS.keys():
        return [f"says {sorted(row)}"]
    said = {key: section for key, section in {**SAYS, **MAY_SAY}.items() if key in row}
    return [f"no such {key}: {row[key]}" for key, section in said.items() if row[key] not in told[section]]


def of(service: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The map with the tables of one service; the customer service's stand at its top."""
    return {**told, "tables": told["tables"] if service == "customer" else told[service]["tables"]}


@pytest.mark.parametrize("service", SERVICES)
def test_every_column_is_in_the_map(service: str) -> None:
    assert mistakes(models_of(service), of(service, read(MAP))) == []


HOLDINGS = {
    "sales": (QUOTES, ORDERS, PARTIES),
    "workshop": (REPAIR_ORDERS, REPAIR_PARTIES, APPOINTMENTS),
    "followup": (VISITS, TASKS),
}


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"customer"}))
def test_the_map_says_emptied_of_the_words_that_go_when_a_customer_is_erased(service: str) -> None:
    tables = of(service, read(MAP))["tables"]
    said = {
        (table, name)
        for table, rows in tables.items()
        for name, row in rows.items()
        if name != NOT_PERSONAL and "erased" in row
    }
    assert said == emptied(HOLDINGS.get(service, ()))


def emptied(holdings: Iterable[rekeying.Holding]) -> set[tuple[str, str]]:
    """Where the words are that go, of the documents and of what hangs on them."""
    return {(holding.table, name) for holding in holdings for name in holding.words} | {
        (one.table, name) for holding in holdings for one in holding.hanging for name in one.words
    }


@pytest.mark.parametrize("service", sorted(rekeying.acknowledging()))
def test_every_service_that_keeps_something_of_customers_says_which_words_go(service: str) -> None:
    assert emptied(HOLDINGS[service])


@pytest.mark.parametrize("service", SERVICES)
def test_a_planted_column_is_missed(service: str) -> None:
    planted = MetaData()
    for table in models_of(service).sorted_tables:
        table.to_metadata(planted)
    table = planted.sorted_tables[-1]
    table.append_column(Column("blood_group", String))
    assert mistakes(planted, of(service, read(MAP))) == [f"{table.name}.blood_group is not in the map"]


def test_every_mask_the_gateway_knows_is_explained() -> None:
    assert set(MASKS) <= set(read(MAP)["masks"])


def test_what_nobody_uses_is_not_explained() -> None:
    told = read(MAP)
    rows = [
        row
        for service in SERVICES
        for table in of(service, told)["tables"].values()
        for name, row in table.items()
        if name != NOT_PERSONAL
    ]
    for key, section in {**SAYS, **MAY_SAY}.items():
        used = {row[key] for row in rows if key in row}
        assert set(told[section]) - (set(MASKS) if key == "mask" else set()) <= used


def sealed_columns(told: Mapping[str, Any], kind: str) -> set[tuple[str, str]]:
    rows = ((table, name, row) for table, rows in told["tables"].items() for name, row in rows.items())
    return {(table, name) for table, name, row in rows if name != NOT_PERSONAL and row.get("sealed") == kind}


def test_the_map_says_sealed_of_what_is_sealed() -> None:
    assert sealed_columns(read(MAP), "whole") == {*(("customer", name) for name in SEALED), ("document", NUMBER)}


ROW = {"purpose": "p", "basis": "b", "retention": "r", "mask": "m"}
SECTIONS = {
    "purposes": {"p": ""},
    "bases": {"b": ""},
    "retentions": {"r": ""},
    "masks": {"m": ""},
    "seals": {"s": ""},
    "erasures": {"e": ""},
}


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"name": ROW, "phone": ROW},
        {"name": ROW, NOT_PERSONAL: ["name"]},
        {"name": {**ROW, "mask": "unheard of"}},
        {"name": {**ROW, "sealed": "unheard of"}},
        {"name": {"purpose": "p", "basis": "b", "mask": "m"}},
    ],
    ids=["missing", "gone", "twice", "unknown mask", "unknown seal", "no retention"],
)
def test_a_planted_mistake_is_found(rows: dict[str, Any]) -> None:
    planted = MetaData()
    Table("customer", planted, Column("name", String))
    for row in (ROW, {**ROW, "sealed": "s"}):
        assert mistakes(planted, {**SECTIONS, "tables": {"customer": {"name": row}}}) == []
    (only,) = mistakes(planted, {**SECTIONS, "tables": {"customer": rows}})
    assert only.startswith("customer.")
