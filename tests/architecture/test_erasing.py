"""Every table of the customer service says what becomes of it when a customer is forgotten (PIPL 47)."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy import Column, MetaData, String, Table, Uuid

from chassis.store import tables as chassis_tables
from services.customer.privacy.usecases.erasing import TREATED, UNCONCERNED
from tests.architecture.test_data_map import MAP, customers_tables, read

LEADS_TO_HIM = frozenset({"customer_id", "origin_customer_id", "survivor_id", "other_id", "loser_ids", "a", "b"})
"""How columns are called in which a customer's identifier stands."""


def mistakes(metadata: MetaData, treated: Collection[str], unconcerned: Collection[str]) -> list[str]:
    """Tables of which nothing is said, or twice, or that are gone; and those left alone that lead to a customer."""
    here = {table.name for table in metadata.sorted_tables}
    said = [*treated, *unconcerned]
    found = [f"{name}: nothing is said of it" for name in sorted(here - set(said))]
    found += [f"{name}: said twice" for name in sorted(set(treated) & set(unconcerned))]
    found += [f"{name} is gone" for name in sorted(set(said) - here)]
    return found + [
        f"{table.name}: leads to a customer by {sorted(leads)}"
        for table in metadata.sorted_tables
        if table.name in unconcerned and (leads := LEADS_TO_HIM & set(table.columns.keys()))
    ]


def all_tables() -> MetaData:
    together = MetaData()
    for metadata in (customers_tables(), chassis_tables.metadata):
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def test_no_table_is_forgotten_when_a_customer_is():
    assert mistakes(all_tables(), TREATED, UNCONCERNED) == []


def test_whatever_the_data_map_says_links_to_a_customer_is_treated():
    linking = {
        table
        for table, rows in read(MAP)["tables"].items()
        if any(name in LEADS_TO_HIM for name in rows) or table == "customer"
    }
    assert linking
    assert linking <= set(TREATED)


@pytest.mark.parametrize(
    ("treated", "unconcerned"),
    [((), ()), (("card",), ("card",)), (("card", "gone"), ()), ((), ("card",))],
    ids=["nothing said", "twice", "gone", "left alone"],
)
def test_a_planted_mistake_is_found(treated, unconcerned):
    planted = MetaData()
    Table("card", planted, Column("id", String), Column("customer_id", Uuid))
    assert mistakes(planted, ("card",), ()) == []
    assert mistakes(planted, treated, unconcerned) != []
