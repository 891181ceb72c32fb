"""What the clients ask of our system: each function gives a factory for `load.measure`.

The counterpart of `monolith/traffic.py`: the same people, the same jobs.
"""

import itertools
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from chassis.process import clock
from tests.bench.load import Reply, Request, Requests, RequestsFactory, request
from tests.bench.monolith.traffic import at_random
from tests.bench.people import Person, newcomer, person
from tests.support.business import STORE

BASE = "/api/v1"
Headers = dict[str, str]


def lookups_by_mobile(base_url: str, *, sessions: Sequence[Headers], customers: int) -> RequestsFactory:
    """Each client, with a session of its own, looks up random ones of the loaded customers."""
    return lookups(base_url, sessions=sessions, people=[(n.mobile, n) for n in map(person, range(customers))])


def lookups_by_plate(base_url: str, *, sessions: Sequence[Headers], customers: int) -> RequestsFactory:
    return lookups(base_url, sessions=sessions, people=[(n.plate, n) for n in map(person, range(customers))])


def lookups(base_url: str, *, sessions: Sequence[Headers], people: Sequence[tuple[str, Person]]) -> RequestsFactory:
    choices = [[lookup(base_url, q, who=who, headers=headers) for q, who in people] for headers in sessions]

    def requests(client: int) -> Requests:
        return at_random(choices[client % len(sessions)])(client)

    return requests


def lookup(base_url: str, q: str, *, who: Person, headers: Headers, label: str = "") -> Request:
    path = f"{BASE}/customers/lookup?q={quote(q)}"
    return request("GET", path=path, base_url=base_url, headers=headers, contains=who.vin.encode(), label=label)


def creations(base_url: str, *, sessions: Sequence[Headers]) -> RequestsFactory:
    """Each client registers customers with their vehicles, one after another."""

    def requests(client: int) -> Requests:
        headers = sessions[client % len(sessions)]
        while True:
            yield creation(base_url, who=newcomer(), headers=headers)

    return requests


_keys = itertools.count()
_run = secrets.token_hex(4)


def post(
    base_url: str, path: str, *, headers: Headers, body: dict[str, Any], expect: int = 200, label: str = ""
) -> Request:
    """A command as a frontend sends it: with an idempotency key."""
    keyed = {**headers, "Idempotency-Key": f"{_run}-{next(_keys)}"}
    return request("POST", path=BASE + path, base_url=base_url, headers=keyed, body=body, expect=expect, label=label)


def creation(base_url: str, *, who: Person, headers: Headers, label: str = "") -> Request:
    body = {
        "name": who.name,
        "mobile": who.mobile,
        "store_id": STORE,
        "vehicle": {"plate": who.plate, "vin": who.vin, "model": who.model},
    }
    return post(base_url, "/customers", headers=headers, body=body, expect=201, label=label)


def main_job(
    base_url: str, *, desks: dict[str, Headers], technician: str, seen_after: Callable[[float], None]
) -> RequestsFactory:
    """The whole job over and over: register, look up, a repair order from opening to return, seen in the view.

    `desks` are the headers of a session per role. `seen_after` gets, for each job, the seconds from sending
    the return to holding a view whose timeline tells of it; the view is asked for again until it does.
    """

    def requests(_client: int) -> Requests:
        advisor = desks["advisor"]
        while True:
            who = newcomer()
            reply = yield creation(base_url, who=who, headers=desks["receptionist"], label="create")
            created = json.loads(reply.body)
            yield lookup(base_url, who.plate, who=who, headers=advisor, label="look up by plate")
            body = {
                "vehicle_id": created["vehicle_id"],
                "customer_id": created["customer_id"],
                "store_id": STORE,
                "km": 12_000,
                "complaint": "保养",
                "lines": [{"description": "保养", "amount_fen": 38_000}],
            }
            path = "/repair-orders"
            reply = yield post(base_url, path, headers=advisor, body=body, expect=201, label="open repair order")
            path = f"{path}/{json.loads(reply.body)['ro_id']}"
            for role, step, body in steps(technician):
                expect = 201 if step == "payments" else 200
                yield post(base_url, f"{path}/{step}", headers=desks[role], body=body, expect=expect, label=step)
            closed = yield post(base_url, f"{path}/return", headers=advisor, body={"km_out": 12_003}, label="return")
            view = f"{BASE}/customers/{created['customer_id']}/360"
            while True:
                read: Reply = yield request("GET", path=view, base_url=base_url, headers=advisor, label="read view")
                if b"vehicle_returned" in read.body:
                    break
            seen_after(read.received - closed.sent)

    return requests


def steps(technician: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(role, step, body) from an opened repair order to one that is paid, and can be returned."""
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    return [
        ("advisor", "authorize", {"promised_at": promised, "consent_by": "本人"}),
        ("advisor", "dispatch", {"technician_id": technician}),
        ("technician", "start", {}),
        ("technician", "finish", {}),
        ("inspector", "inspect", {"verdict": "passed"}),
        ("finance", "settle", {}),
        ("finance", "payments", {"amount_fen": 38_000, "external_ref": secrets.token_hex(8)}),
    ]
