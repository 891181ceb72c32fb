"""Whatever goes wrong at whatever step of a delivery's or a call's way: it is settled or released, and answered.

Each message has one step at which it fails once, with an error of each kind in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import amqp
import orjson
import pytest
import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.bus import consumer, dead
from chassis.bus.context import HEADER, new_context
from chassis.bus.rpc import OK, UNAVAILABLE
from chassis.bus.topology import REPLIES, calls_exchange, reply_queue
from chassis.process import clock
from chassis.process.actors import GATEWAY, Signer
from chassis.process.settings import new_signing_keys
from chassis.store import inbox
from chassis.store.database import Database
from contracts import envelope
from contracts.access import Actor
from contracts.envelope import Received
from contracts.operation import Operation
from contracts.refusals import NotFound
from contracts.sales.events import VehicleDelivered
from contracts.sales.operations import list_orders
from contracts.sales.stock import receive_stock
from contracts.vin import with_check_digit
from deploy.local.ports import any_free
from tests.integration.gateway.conftest import answers
from tests.integration.gateway.running import Process
from tests.support.broker import Broker
from tests.support.consuming import SERVICE, hearing
from tests.support.databases import Databases
from tests.support.events import made, received
from tests.support.planting import ENDS, KINDS, OUTAGES, Plan
from tests.support.polling import eventually, patience

WITHIN = 20.0
BESIDE = 10
"""Good events beside the bad ones of each step."""


class NoSuchCar(NotFound):
    code = "NO_SUCH_CAR"
    zh = "没有这辆车"
    en = "no such car"


def of_body(body: Any, *_: Any, **__: Any) -> str:
    return str(orjson.loads(bytes(body))["event_id"])


def of_deliveries(_consumer: object, deliveries: list[Any], *_: Any) -> list[str]:
    return [of_body(delivery.body) for delivery in deliveries]


def of_delivery(_consumer: object, delivery: Any, *_: Any) -> str:
    return of_body(delivery.body)


def plant_everywhere(plan: Plan, patch: pytest.MonkeyPatch) -> None:
    """Let every step of a delivery's way fail where the plan says so."""

    def at(step: str, owner: Any, name: str, message_of: Callable[..., object]) -> None:
        patch.setattr(owner, name, plan.before(step, getattr(owner, name), message_of))

    decoded = SimpleNamespace(
        loads=plan.before("decoding", orjson.loads, of_body), JSONDecodeError=orjson.JSONDecodeError
    )
    patch.setattr(envelope, "orjson", decoded)
    at("envelope", envelope, "open_envelope", lambda opened: opened.event_id)
    at("claim", inbox, "claim", lambda _session, handlers: [str(each) for each in handlers])
    at("note_start", inbox, "note_start", lambda _session, *, message_id: message_id)
    at("clear", inbox, "clear", lambda _session, *, message_id: message_id)
    at("commit", Session, "commit", lambda session: session.info.get("planted"))
    log = consumer.log
    noticing = plan.before("between commit and settle", log.info, lambda *_, **named: named.get("event_id"))
    patch.setattr(consumer, "log", SimpleNamespace(info=noticing, warning=log.warning, error=log.error))
    at("settle", consumer.Consumer, "_settle", of_deliveries)
    at("move", consumer, "publish_confirmed", lambda *_, body, **__: of_body(body))
    at("bury", consumer.Consumer, "_bury", of_delivery)


STEPS = (
    "decoding",
    "envelope",
    "claim",
    "handler",
    "commit",
    "between commit and settle",
    "settle",
    "move",
    "bury",
    "note_start",
    "clear",
)
REDELIVERED = ("note_start", "clear")
"""Steps that only a delivery passes that came back from a consumer that vanished."""
UNREADABLE = ("decoding", "envelope")
"""Steps at which an error may as well be the message's own, for good. The link's own thread does them."""


@pytest.fixture
def db(databases: Databases) -> Database:
    return databases(SERVICE)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    made_ = Plan()
    plant_everywhere(made_, monkeypatch)
    return made_


WAYS = [
    *((step, tuple(kind for kind in KINDS if step not in UNREADABLE or kind not in ENDS)) for step in STEPS),
    *((step, ENDS) for step in UNREADABLE),
]
"""What ends whoever it reaches ends the link's turn where the link reads: it connects anew."""


@pytest.mark.parametrize(("step", "kinds"), WAYS, ids=[f"{step}, {len(kinds)} kinds" for step, kinds in WAYS])
def test_a_delivery_that_fails_at_any_step_in_any_way_ends_and_its_neighbours_are_handled(
    clean_queues: Broker, db: Database, plan: Plan, step: str, kinds: tuple[str, ...]
) -> None:
    events = {kind: received(made(VehicleDelivered)) for kind in kinds}
    beside = [received(made(VehicleDelivered)) for _ in range(BESIDE)]
    names = {str(event.id): kind for kind, event in events.items()}
    for kind, event in events.items():
        plan.owe(event.id, step, kind)
        if step == "move":
            plan.owe(event.id, "handler", "KeyError")

    def handle(session: Session, event: Received[Any]) -> None:
        session.info["planted"] = str(event.id)
        plan.strike(event.id, "handler")
        if step == "bury" and str(event.id) in names:
            raise NoSuchCar

    mixed = [event for pair in zip_longest(beside, events.values()) for event in pair if event is not None]
    if step in REDELIVERED:
        publish(clean_queues, mixed)
        vanish_with(clean_queues, len(mixed))
    with hearing(clean_queues, db, handle) as ear:
        channel = ear.consumer.link._channel
        if step not in REDELIVERED:
            publish(clean_queues, mixed)
        wanted = {str(event.id) for event in mixed}
        eventually(lambda: ended(clean_queues, db, wanted, names), within=WITHIN, what="every delivery to end")
        eventually(
            lambda: not ear.consumer.in_hand and not clean_queues.count(SERVICE),
            what="nothing in hand, and nothing on its way back",
        )
        assert not plan.open(), "steps that were not passed"
        assert (ear.consumer.link._channel is channel) is not (kinds == ENDS), "the link fell"
    held = {name: count for name in queues(clean_queues) if (count := clean_queues.count(name))}
    assert held == {}, "deliveries that were never settled"
    died = {names.get(one.message_id, "a neighbour") for one in dead.look(clean_queues.admin_uri, SERVICE)}
    if step == "bury":
        assert died == set(kinds)
    else:
        assert died <= (set(kinds) if step in UNREADABLE else set())


def publish(broker: Broker, events: list[Received[Any]]) -> None:
    for event in events:
        key = f"vehicle_delivered.v1.{event.store_id}"
        broker.publish("sales.events", key, event.envelope.dump(), message_id=str(event.id), type="vehicle_delivered")


def vanish_with(broker: Broker, number: int) -> None:
    """Take so many messages and vanish: the broker delivers them again, and says that it does."""
    with broker.channel() as channel:
        for _ in range(number):
            eventually(lambda: channel.basic_get(SERVICE), what="a message to vanish with")
    eventually(lambda: broker.count(SERVICE) == number, what="all of them back")


def queues(broker: Broker) -> list[str]:
    own = [queue["name"] for queue in broker.wanted.queues]
    return [name for name in own if name == SERVICE or name.startswith(f"{SERVICE}.retry")]


def ended(broker: Broker, db: Database, wanted: set[str], names: dict[str, str]) -> bool:
    """Each was handled or is dead, and which are not is told."""
    asked = text("SELECT event_id::text FROM inbox WHERE event_id::text = ANY(:ids)")
    with db.reading() as connection:
        handled = set(connection.scalars(asked, {"ids": list(wanted)}))
    died = [one.message_id for one in dead.look(broker.admin_uri, SERVICE)]
    missing = wanted - handled - set(died)
    assert not missing, sorted(names.get(one, "a neighbour") for one in missing)
    return True


CALLED = "sales"
PATIENCE = 15.0
"""Seconds a call would wait; whoever waits that long was forgotten."""
ANSWERED_WITHIN = 10.0
CALL_STEPS = ("parse", "verify", "load", "method", "commit", "dump", "answer")
IN_THE_DATABASE = ("method", "commit")


@dataclass(frozen=True)
class Cell:
    """A call that fails at one step with one kind of error."""

    step: str
    kind: str
    what: str = "command"

    @property
    def operation(self) -> Operation:
        """What is asked: a car is taken into stock (or refused, for its number is none), or orders are listed."""
        return list_orders if self.what == "query" else receive_stock

    def request(self) -> dict[str, str]:
        """Its request."""
        if self.what == "query":
            return {}
        return {"vin": "LSGDC82C02S000001" if self.what == "refused" else a_vin(), "model": "GL8", "store_id": "HN"}


@dataclass
class Called:
    """A running sales service with faults planted in it, and somebody who calls it."""

    broker: Broker
    process: Process
    port: int
    signer: Signer

    def call(self, cells: list[Cell], *, within: float) -> dict[Cell, str]:
        """Call all of them at once; the outcomes that came in time."""
        outcomes: dict[Cell, str] = {}
        with self.broker.channel("gateway") as channel:
            queue = reply_queue("gateway", str(uuids.uuid7()))
            channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
            channel.queue_bind(queue, REPLIES, routing_key=queue)

            def answered(message: Any) -> None:
                outcomes[cells[int(message.properties["correlation_id"])]] = message.properties["type"]

            channel.basic_consume(queue, no_ack=True, callback=answered)
            for number, cell in enumerate(cells):
                self._publish(channel, cell, reply_to=queue, correlation_id=str(number))
            until = time.monotonic() + patience(within)
            while len(outcomes) < len(cells) and (left := until - time.monotonic()) > 0:
                with suppress(TimeoutError):
                    channel.connection.drain_events(timeout=left)
        return outcomes

    def _publish(self, channel: Any, cell: Cell, **properties: str) -> None:
        context = new_context(
            PATIENCE,
            correlation_id=f"plant/{cell.step}/{cell.kind}/{uuids.uuid7()}",
            actor_token=self.signer.sign(Actor("S1", ("sales_manager",), ("HN",)), now=clock.now()),
            store_id="HN",
            idempotency_key=None if cell.what == "query" else str(uuids.uuid7()),
        )
        name = cell.operation.name
        headers = {HEADER: context.header()}
        message = amqp.Message(orjson.dumps(cell.request()), type=name, application_headers=headers, **properties)
        channel.basic_publish(message, exchange=calls_exchange(CALLED), routing_key=f"{name.partition('.')[2]}.HN")


def a_vin() -> str:
    return with_check_digit(f"LSGDC82C02S{next(_vins):06d}")


_vins = iter(range(1, 10**6))


@pytest.fixture
def called(databases: Databases, clean_queues: Broker, run_dir: Path) -> Iterator[Called]:
    databases(CALLED)
    keys = new_signing_keys()
    port = any_free()
    environment = {
        **databases.variables(CALLED),
        **clean_queues.variables(CALLED),
        **keys,
        "CRM_TEST_MODE": "1",
        "CRM_SALES_HEALTH_PORT": str(port),
    }
    log = run_dir / "planted.log"
    process = Process(CALLED, module="tests.support.planted_service", environment=environment, log=log)
    try:
        eventually(lambda: answers(port), within=30, what=f"the service to be ready; see {log}")
        yield Called(clean_queues, process, port, Signer(GATEWAY, keys["CRM_GATEWAY_SIGNING_KEY"]))
    finally:
        process.stop()
        clean_queues.purge(f"{CALLED}.calls")


def test_a_call_that_fails_at_any_step_in_any_way_is_answered_at_once_and_settled(
    called: Called, clean_queues: Broker
) -> None:
    commands = [Cell(step, kind) for step in CALL_STEPS for kind in KINDS]
    refused = [Cell("wire", kind, "refused") for kind in KINDS]
    queries = [Cell(one.step, one.kind, "query") for one in commands if one.step != "commit"]
    cells = [*commands, *refused, *queries]

    outcomes = called.call(cells, within=ANSWERED_WITHIN)

    assert called.process.is_alive(), "the service ended"
    assert sorted(f"{cell.step} {cell.kind} {cell.what}" for cell in cells if cell not in outcomes) == []
    outages = {cell: outcomes[cell] for cell in cells if cell.step in IN_THE_DATABASE and cell.kind in OUTAGES}
    assert {cell: how for cell, how in outages.items() if how not in (OK, UNAVAILABLE)} == {}
    eventually(lambda: answers(called.port), within=5, what="as ready as before")
    after = [Cell("nowhere", "-"), Cell("nowhere", "-", "query")]
    assert called.call(after, within=5) == dict.fromkeys(after, OK)
    called.process.stop()
    assert clean_queues.count(f"{CALLED}.calls") == 0, "calls that were never settled"
