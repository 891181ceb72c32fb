"""Every row that services keep of customers, compared whole: what a merge moves and its undoing brings back (E8)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from tests.support.polling import eventually
from tests.support.system import Car, System

SETTLED_WITHIN = 60.0

ROWS = {
    ("customer", "customer"): "id::text = ANY(%s)",
    ("customer", "search_key"): "customer_id::text = ANY(%s)",
    ("customer", "vehicle_party"): "first_customer_id::text = ANY(%s)",
    ("customer", "timeline_entry"): "customer_id::text = ANY(%s)",
    ("customer", "glance"): "customer_id::text = ANY(%s)",
    ("sales", "sales_order"): "coalesce(origin_customer_id, customer_id)::text = ANY(%s)",
    ("workshop", "repair_order"): "coalesce(origin_customer_id, customer_id)::text = ANY(%s)",
    ("followup", "visit"): "coalesce(origin_customer_id, customer_id)::text = ANY(%s)",
}
"""Where something of a customer stands, and whose it is by origin."""

COUNTS_ON = {"customer": ("version",), "visit": ("version",)}
"""A version of a record is an ETag, of a visit it counts what was told of it: neither ever comes back."""

TOLD_OF_ITSELF = ("customer_merged", "customer_unmerged", "customer_updated", "visit_merged", "visit_parted")
"""Lines that tell of a merge or its undoing themselves: what happened, happened."""


def kept(system: System, customers: Sequence[str]) -> dict[str, list[Any]]:
    """All rows of these customers, by service and table."""
    found: dict[str, list[Any]] = {}
    for (service, table), whose in ROWS.items():
        drop = "".join(f" - '{column}'" for column in COUNTS_ON.get(table, ()))
        query = f"SELECT (to_jsonb(t){drop})::text AS row FROM {table} t WHERE {whose}"
        if table == "timeline_entry":
            query += " AND event_type <> ALL(%s) ORDER BY 1"
            rows = system.rows(service, query, list(customers), list(TOLD_OF_ITSELF))
        else:
            rows = system.rows(service, query + " ORDER BY 1", list(customers))
        found[f"{service}.{table}"] = rows
    return found


def five_with_a_past(system: System) -> list[Car]:
    """Five records, each with a delivered car, a closed repair order and visits."""
    cars = [system.deliver_a_car(name=f"陈{sign}{secrets.choice('明亮光华')}") for sign in "一二三四五"]
    for car in cars:
        system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    for car in cars:
        eventually(lambda car=car: system.visit(car.customer_id, "SERVICE_D3"), within=SETTLED_WITHIN)  # type: ignore[misc]  # bound here
    settled(system)
    return cars


def settled(system: System) -> None:
    """Everything recorded has had its effect."""
    eventually(system.caught_up, within=SETTLED_WITHIN, what="everything heard")


def reaches(system: System, merge_id: str, status: str) -> dict[str, Any]:
    """The merge, once it stands there."""

    def ask() -> dict[str, Any] | None:
        shown: dict[str, Any] = system.as_("cr_agent").get(f"/merges/{merge_id}")
        return shown if shown["status"] == status else None

    found: dict[str, Any] = eventually(ask, within=SETTLED_WITHIN, what=f"merge {status}")
    return found
