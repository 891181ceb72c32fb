"""Every operation is sent every field, list member and nested field wrong once, over HTTP and past the gateway.

Wrong is refused and named, odd is taken or refused, everything is answered at once, and the services are as ready
as before. The system is one of its own: what odd requests leave in it is nobody else's business.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from chassis.bus.context import CallContext, new_context
from contracts.operation import OPERATIONS, Kind, Operation
from gateway.routes import TABLE
from gateway.routing import Route
from tests.support.attempting import PATIENCE, Findings, OverHttp, PastTheGateway, Seen, Sending, fits_http, send_all
from tests.support.good_requests import GoodRequests, actor_for, role_for
from tests.support.misplacing import placed, written
from tests.support.polling import eventually, patience
from tests.support.system import System, running
from tests.support.wrong_values import DEEP, LONE_SURROGATE, NUL, Attempt, attempts, in_turns

MEDIAN_WITHIN = 0.25
"""Seconds, of all answers, with several requests at once on a busy machine."""
ONE_IN = int(os.environ.get("CRM_WRONG_ONE_IN", "12"))
"""Of what is not tried in every place (`in_turns`); `make night` tries all of it."""
APART = {"gateway.set_clock", "gateway.log_in", "gateway.change_password", "gateway.create_staff"}
"""Operations whose odd requests would disturb all others: passwords take the processor, the clock is everybody's."""


ASKED_OF_ALL = ("customer.names_of", "sales.list_orders", "workshop.list_repair_orders", "followup.worklist")
CONTEXT = [field.name for field in dataclasses.fields(CallContext)]
WRONG_CONTEXT: tuple[Any, ...] = (
    *(None, 5, -1, 1e300, 2**63, True, [], {}, DEEP),
    *("", "x", NUL, LONE_SURROGATE, "x" * 60_000),
)
PASSED: tuple[Any, ...] = (5, -1, True)
"""Deadlines that nobody waits for any more."""
NO_CONTEXTS = (b"", b"{", b"null", b"[]", b"5", b"{}", b'{"nonsense": 1}', written(DEEP), b"\xff")
READING = next(route for route in TABLE.routes if route.operation.name == "workshop.list_repair_orders")
HEADERS: dict[str, tuple[bytes, ...]] = {
    "Idempotency-Key": (b"a b", b"k" * 256, b"k" * 4000),
    "If-Match": (b'"0"', b'"1"', b'"9999999999"', b'"99999999999"', b"*", b"1", b'W/"1"', b'"1", "2"'),
    "X-Background": (b"0", b"true", b"1,1", b"1" * 4000),
    "X-Store-Id": (b"HN", b"XX", b"hn", b"H" * 13, b"HN,FT", b"-", b"*", b"#"),
    "Accept-Language": (b"en", b"zh;q=0", b"en;q=1.0001", b"*;q=9e9", b",".join([b"en"] * 500), b"x" * 4000),
    "Accept": (b"text/html", b"application/xml;q=1", b"*/*;q=x"),
    "traceparent": (b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-00", b"00-zz", b"ff-1-1-1"),
    "X-Request-Id": (b"r", b"r" * 65, b"r" * 4000, b"{code}{0}"),
    "X-Forwarded-For": (b"1.2.3.4", b"::1", b"a" * 2000),
    "Content-Type": (b"text/plain", b"application/json; charset=utf-16", b"application/x-www-form-urlencoded", b";"),
    "Content-Encoding": (b"gzip", b"br"),
    "Authorization": (b"Bearer", b"Basic YTpi", b"Bearer " + b"a" * 4000, b"Bearer a b"),
}
ODD_HEADERS = (b"", b" ", b"\xff\xfe", "\u3000１".encode(), b"%00", b"null", b'"', b"a\tb")


@dataclass
class Tried:
    """The system that is tried, and the ways into it."""

    system: System
    good: GoodRequests
    http: OverHttp
    broker: PastTheGateway


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    with (
        running(tmp_path_factory.mktemp("wrong")) as system,
        closing(PastTheGateway(system.stack.env_for("all"))) as broker,
        closing(OverHttp(system.base_url)) as http,
        closing(GoodRequests(system)) as good,
    ):
        yield Tried(system, good, http, broker)


def over_http(tried: Tried, route: Route) -> Iterator[Sending]:
    """Every attempt on a route."""
    operation, token = route.operation, tried.good.token(role_for(route.operation))
    example = tried.good.example(operation)

    def sender(attempt: Attempt) -> Callable[[], Seen]:
        return lambda: tried.http.send(route, request_of(tried, operation, attempt), token=token)

    for attempt in in_turns(attempts(operation.request, example), of=route.path, one_in=ONE_IN):
        for fitting in fits_http(route, attempt):
            yield Sending(operation, fitting, sender(fitting), f"{route.method}")


def past_the_gateway(tried: Tried, operation: Operation) -> Iterator[Sending]:
    """Every attempt on an operation of a service."""
    actor = actor_for(operation)

    def sender(attempt: Attempt) -> Callable[[], Seen]:
        return lambda: tried.broker.send(operation, request_of(tried, operation, attempt), actor=actor)

    every = attempts(operation.request, tried.good.example(operation))
    for attempt in in_turns(every, of=operation.name, one_in=ONE_IN):
        yield Sending(operation, attempt, sender(attempt), "call")


def request_of(tried: Tried, operation: Operation, attempt: Attempt) -> Any:
    """A good request but for this one thing; of what a legal one would use up, a new one."""
    example = tried.good.example(operation, tried.good.fresh(operation) if attempt.legal else None)
    return placed(tried.good.request(operation, example), attempt, operation.request, example)


def answers(tried: Tried) -> list[str]:
    """The services that do not answer a good call."""
    found = []
    for name in ASKED_OF_ALL:
        operation = OPERATIONS[name]
        request = tried.good.request(operation, tried.good.example(operation))
        seen = tried.broker.send(operation, request, actor=actor_for(operation))
        found += [] if seen.outcome == "ok" else [f"{name}: {seen}"]
    return found


def test_every_good_request_is_none_that_the_shape_refuses(tried: Tried) -> None:
    """Else the attempts would try nothing."""
    wrong = []
    for route in TABLE.routes:
        operation = route.operation
        if operation.name in {"gateway.log_out", *APART}:
            continue
        example = tried.good.example(operation, tried.good.fresh(operation))
        request = tried.good.request(operation, example)
        seen = tried.http.send(route, request, token=tried.good.token(role_for(operation)))
        if not (seen.done or seen.refused) or seen.code in (
            "INVALID_REQUEST",
            "OPERATION_NOT_ALLOWED",
            "SESSION_REQUIRED",
        ):
            wrong.append(f"{operation.name}: {seen} {seen.answer}")
    assert wrong == []


def test_what_is_wrong_in_a_call_is_refused_and_named_and_no_service_is_the_less_ready(tried: Tried) -> None:
    services = [operation for operation in OPERATIONS.values() if operation.service != "gateway"]
    all_is_well(tried, send_all(each for operation in services for each in past_the_gateway(tried, operation)))


def test_what_is_wrong_in_a_request_is_refused_and_named_and_no_service_is_the_less_ready(tried: Tried) -> None:
    routes = [route for route in TABLE.routes if route.operation.name not in APART]
    all_is_well(tried, send_all(each for route in routes for each in over_http(tried, route)))


@pytest.mark.parametrize("name", sorted(APART))
def test_what_is_wrong_where_it_is_everybodys_is_refused_too(tried: Tried, name: str) -> None:
    """One after the other; a clock that was set is given back at once."""
    (route,) = (route for route in TABLE.routes if route.operation.name == name)
    findings = Findings()
    for sending in over_http(tried, route):
        findings.judge(sending, sending.send())
        if name == "gateway.set_clock" and sending.attempt.legal:
            seen = tried.http.send(READING, {}, token=tried.good.token("leader"))
            if not seen.done:
                findings.faults.append(f"{sending}: afterwards: {seen}")
            tried.http.send(route, {"now": None}, token=tried.good.token("admin"))
    all_is_well(tried, findings)


def test_what_is_wrong_in_a_header_is_refused_or_left_alone(tried: Tried) -> None:
    """By a command and a query of every service."""
    routes: dict[tuple[str, Kind], Route] = {}
    for route in TABLE.routes:
        if route.operation.name not in {"gateway.log_out", *APART}:
            routes.setdefault((route.operation.service, route.operation.kind), route)
    found = send_all(each for route in routes.values() for each in with_headers(tried, route))
    all_is_well(tried, found)


def with_headers(tried: Tried, route: Route) -> Iterator[Sending]:
    operation, token = route.operation, tried.good.token(role_for(route.operation))

    def sender(name: str, value: bytes) -> Callable[[], Seen]:
        def send() -> Seen:
            request = tried.good.request(operation, tried.good.example(operation))
            return tried.http.send(route, request, token=token, headers={name: value})

        return send

    for name, values in HEADERS.items():
        for value in (*values, *ODD_HEADERS):
            attempt = Attempt((name,), f"{value!r:.40}", value, legal=True)
            yield Sending(operation, attempt, sender(name, value), route.method)


def test_a_call_whose_context_is_wrong_is_answered_and_costs_no_other_call_anything(tried: Tried) -> None:
    """Only the gateway writes contexts, so that such a call may fail; the place it takes is given back."""
    silent: list[str] = []
    for name in (*ASKED_OF_ALL, "customer.register_customer", "sales.create_order"):
        operation = OPERATIONS[name]
        request = written(tried.good.request(operation, tried.good.example(operation)))
        contexts = []
        for field, value in itertools.product(CONTEXT, WRONG_CONTEXT):
            if field != "deadline" or value not in PASSED:
                good = new_context(
                    patience(PATIENCE), actor_token=tried.broker.token(actor_for(operation), to=operation.service)
                )
                contexts.append(written({**orjson.loads(good.header()), field: value}))
        for context in (*contexts, *NO_CONTEXTS):
            seen = tried.broker.send_raw(operation, request, context)
            silent += [f"{name} {context!r:.300}: {seen}"] if seen.outcome is None else []

    assert silent == []
    assert answers(tried) == []
    tried.system.ready_again(within=15)


def test_what_was_taken_is_heard_by_everybody_who_hears_of_it(tried: Tried) -> None:
    """The last of this file: what a service takes, however odd, must be nobody's dead letter."""
    eventually(tried.system.caught_up, within=60, what="everything heard")
    assert tried.system.dead_messages() == {}
    tried.system.ready_again(within=15)


def all_is_well(tried: Tried, found: Findings) -> None:
    """Nothing is wrong with the answers, and the system is what it was."""
    tried.system.note(f"wrong once: {len(found.seconds)} answers, median {found.median * 1000:.1f} ms")
    found.repeat_slow()
    assert not found.faults, found.told()
    assert found.median < patience(MEDIAN_WITHIN)
    assert answers(tried) == []
    tried.system.ready_again(within=15)
