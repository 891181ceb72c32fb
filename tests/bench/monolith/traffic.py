"""What the clients ask of the monolith: each function gives a factory for `load.measure`."""

import json
import random
from collections.abc import Callable
from urllib.parse import quote

from tests.bench.load import Request, Requests, RequestsFactory, request
from tests.bench.monolith.seed import ADVISOR_TOKEN
from tests.bench.people import STORES, Person, newcomer, person

HEADERS = {"Authorization": f"Bearer {ADVISOR_TOKEN}"}
SEED = 2002


def lookups_by_mobile(base_url: str, *, customers: int) -> RequestsFactory:
    """Each client looks up random ones of the loaded customers."""
    return at_random(
        [
            request(
                "GET",
                path=f"/customers/lookup?mobile={who.mobile}",
                base_url=base_url,
                headers=HEADERS,
                contains=who.vin.encode(),
            )
            for who in map(person, range(customers))
        ]
    )


def lookups_by_plate(base_url: str, *, customers: int) -> RequestsFactory:
    return at_random([lookup_by_plate(base_url, who=person(n)) for n in range(customers)])


def lookup_by_plate(base_url: str, *, who: Person, label: str = "") -> Request:
    return request(
        "GET",
        path=f"/customers/lookup?plate={quote(who.plate)}",
        base_url=base_url,
        headers=HEADERS,
        contains=who.vin.encode(),
        label=label,
    )


def at_random(choices: list[Request]) -> RequestsFactory:
    def requests(client: int) -> Requests:
        chance = random.Random(SEED + client)
        while True:
            yield chance.choice(choices)

    return requests


def creations(base_url: str) -> RequestsFactory:
    """Each client creates customers with their vehicles, one after another."""

    def requests(_client: int) -> Requests:
        while True:
            yield creation(base_url, who=newcomer())

    return requests


def creation(base_url: str, *, who: Person, label: str = "") -> Request:
    return request(
        "POST",
        path="/customers",
        base_url=base_url,
        headers=HEADERS,
        body={
            "name": who.name,
            "kind": "person",
            "mobile": who.mobile,
            "vehicle": {"plate": who.plate, "vin": who.vin, "model": who.model},
        },
        expect=201,
        contains=b'"vehicle_id"',
        label=label,
    )


def main_job(base_url: str, *, seen_after: Callable[[float], None] = lambda seconds: None) -> RequestsFactory:
    """The whole job over and over: create, look up by plate, open, close, see it in the history.

    For `load.measure_steps`; `seen_after` gets, for each job, the seconds from sending the close
    to holding a history that shows it.
    """

    def requests(_client: int) -> Requests:
        while True:
            who = newcomer()
            created = json.loads((yield creation(base_url, who=who, label="create")).body)
            yield lookup_by_plate(base_url, who=who, label="look up by plate")
            reply = yield request(
                "POST",
                path="/repair-orders",
                base_url=base_url,
                headers=HEADERS,
                body={
                    "store": STORES[0],
                    "customer_id": created["customer_id"],
                    "vehicle_id": created["vehicle_id"],
                    "request": "保养",
                    "odometer_km": 12_000,
                },
                expect=201,
                label="open repair order",
            )
            order_id = json.loads(reply.body)["repair_order_id"]
            closed = yield request(
                "POST",
                path=f"/repair-orders/{order_id}/close",
                base_url=base_url,
                headers=HEADERS,
                body={"amount_fen": 38_000},
                label="close repair order",
            )
            read = yield request(
                "GET",
                path=f"/customers/{created['customer_id']}/history",
                base_url=base_url,
                headers=HEADERS,
                contains=order_id.encode(),
                label="read history",
            )
            seen_after(read.received - closed.sent)

    return requests
