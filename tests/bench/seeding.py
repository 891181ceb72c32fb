"""Loads the customer service's database with the people of `people.py`, as the service itself would keep them.

Names, numbers, plates and VINs go through the service's own rules, identifiers are made as it makes them.
Everybody bought a car here and brought it once: two lines of the timeline, and the glance that folds from them.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
import uuid_utils.compat as uuids

from chassis.clock import LOCAL
from contracts import vin as vins
from contracts.vehicle_identity import vehicle_id
from services.customer.rules import names, phone, plate
from tests.bench.monolith.seed import STAFF_COUNT, copy
from tests.bench.people import STORES, Person, person

BEGAN = datetime(2002, 1, 1, tzinfo=LOCAL)
KM_SOLD, KM_SERVED = 12, 5_000

CUSTOMER = ("id", "kind", "name", "pinyin", "initials", "mobile", "source", "store_id", "registered_at", "version")
VEHICLE = ("id", "vin", "model", "plate", "registered_at")
PARTY = ("vehicle_id", "customer_id", "role", "since")
TIMELINE = (
    *("event_id", "customer_id", "event_type", "source", "source_type", "source_id", "source_version"),
    *("store_id", "occurred_at", "summary"),
)
GLANCE = (
    *("customer_id", "sold_at", "sold_store_id", "consultant_id", "last_service_at", "last_km"),
    *("service_visits", "open_visits"),
)
STAFF = ("code", "name", "roles", "stores", "active", "version", "created_at")


class Seeded(NamedTuple):
    """A person with the identifiers the service knows him by."""

    who: Person
    customer_id: uuid.UUID
    vehicle_id: uuid.UUID


def seed(admin_url: str, *, customers: int) -> list[Seeded]:
    """Load so many customers with a vehicle each; returns them with their identifiers."""
    people = [Seeded(who, uuids.uuid7(), vehicle_id(vins.normalise(who.vin))) for who in map(person, range(customers))]
    server = admin_url.rpartition("/")[0]
    with psycopg.connect(f"{server}/crm_gateway") as connection:
        copy(connection, "staff", STAFF, consultants())
    with psycopg.connect(f"{server}/crm_customer") as connection:
        copy(connection, "customer", CUSTOMER, map(customer_row, people))
        copy(connection, "vehicle", VEHICLE, map(vehicle_row, people))
        copy(connection, "vehicle_party", PARTY, map(party_row, people))
        copy(connection, "timeline_entry", TIMELINE, (row for one in people for row in timeline_rows(one)))
        copy(connection, "glance", GLANCE, map(glance_row, people))
    with psycopg.connect(f"{server}/crm_customer", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return people


def consultants() -> Iterator[tuple[object, ...]]:
    for number in range(STAFF_COUNT):
        yield f"s{number}", f"员工{number}", ["consultant"], list(STORES), True, 1, BEGAN


def consultant_of(who: Person) -> str:
    return f"s{who.number % STAFF_COUNT}"


def customer_row(seeded: Seeded) -> tuple[object, ...]:
    who = seeded.who
    name = names.normalise(who.name)
    mobile = phone.normalise(who.mobile)
    return (seeded.customer_id, "person", name, *names.pinyin(name), mobile, "desk", who.store, BEGAN, 1)


def vehicle_row(seeded: Seeded) -> tuple[object, ...]:
    who = seeded.who
    return seeded.vehicle_id, vins.normalise(who.vin), who.model, plate.normalise(who.plate), BEGAN


def party_row(seeded: Seeded) -> tuple[object, ...]:
    return seeded.vehicle_id, seeded.customer_id, "owner", BEGAN


def timeline_rows(seeded: Seeded) -> Iterator[tuple[object, ...]]:
    who = seeded.who
    told = {"vin": who.vin, "model": who.model, "consultant_id": consultant_of(who), "km": KM_SOLD}
    yield line(seeded, "vehicle_delivered", producer="sales", subject="order", at=BEGAN, told=told)
    told = {"number": f"RO-{who.number}", "vehicle_id": str(seeded.vehicle_id), "km": KM_SERVED}
    yield line(seeded, "vehicle_returned", producer="workshop", subject="repair_order", at=served_at(who), told=told)


def line(
    seeded: Seeded, event: str, *, producer: str, subject: str, at: datetime, told: dict[str, object]
) -> tuple[object, ...]:
    told_json = json.dumps(told)
    source = str(uuids.uuid7())
    return uuids.uuid7(), seeded.customer_id, event, producer, subject, source, 5, seeded.who.store, at, told_json


def glance_row(seeded: Seeded) -> tuple[object, ...]:
    who = seeded.who
    return seeded.customer_id, BEGAN, who.store, consultant_of(who), served_at(who), KM_SERVED, 1, 0


def served_at(who: Person) -> datetime:
    return BEGAN + timedelta(days=90, minutes=who.number)
