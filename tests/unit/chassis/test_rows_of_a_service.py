"""The rows of a service's table: what their functions are given, and what is refused before anything runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from nameko.containers import ServiceContainer
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis.bus.context import Call, new_context
from chassis.process import clock
from chassis.process.clock import LOCAL
from chassis.table import does, every, hears, shows
from contracts.access import Actor, Reach, Scope
from contracts.sales import operations
from contracts.sales.events import OrderSigned, PaymentConfirmed

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
SCOPE = Scope(Reach.GROUP, (), "boss", "leader")
CALL = Call(Actor("boss", ("leader", "admin"), ()), SCOPE, None, NOW, new_context(1))
PLACE: Any = object()
"""Stands where a session or connection goes; these functions only hand it on."""

given: list[tuple[Any, ...]] = []


@pytest.fixture(autouse=True)
def nothing_given() -> None:
    given.clear()


def shown(*what: object) -> Any:
    given.append(what)
    return what


def everything(
    session: Session, asked: operations.SignOrder, *, scope: Scope, now: datetime, roles: tuple[str, ...]
) -> operations.Order:
    order: operations.Order = shown(session, asked, scope, now, roles)
    return order


def nothing(connection: Connection, asked: operations.OrderById) -> operations.Order:
    order: operations.Order = shown(connection, asked)
    return order


def more(connection: Connection, asked: operations.OrderById, *, weather: str) -> operations.Order:
    order: operations.Order = shown(connection, asked, weather)
    return order


def chosen(connection: Connection, asked: operations.OrderById, *, weather: str = "fine") -> operations.Order:
    order: operations.Order = shown(connection, asked, weather)
    return order


def first(session: Session, event: Any) -> None:
    shown("first", session, event)


def second(session: Session, event: Any, *, now: datetime) -> None:
    assert now.tzinfo is not None
    shown("second", session, event)


def test_a_function_gets_what_it_names_and_its_answer_is_the_row_s() -> None:
    answer = does(operations.sign_order, everything)(None, PLACE, "asked", CALL)
    assert given == [(PLACE, "asked", SCOPE, NOW, ("leader", "admin"))]
    assert id(answer) == id(given[0])


def test_a_function_that_names_nothing_gets_what_was_asked_alone() -> None:
    shows(operations.get_order, nothing)(None, PLACE, "asked", CALL)
    assert given == [(PLACE, "asked")]


def test_what_has_a_value_of_its_own_is_left_alone() -> None:
    shows(operations.get_order, chosen)(None, PLACE, "asked", CALL)
    assert given == [(PLACE, "asked", "fine")]


def test_a_function_that_names_what_no_row_can_give_is_refused() -> None:
    with pytest.raises(TypeError, match="weather"):
        shows(operations.get_order, more)


def test_a_command_is_done_and_a_query_shown() -> None:
    with pytest.raises(TypeError, match="is a query, not a command"):
        does(operations.get_order, nothing)  # type: ignore[arg-type]  # the types say so as well
    with pytest.raises(TypeError, match="is a command, not a query"):
        shows(operations.sign_order, everything)  # type: ignore[arg-type]


def the_time(_session: Session) -> datetime:
    return NOW


def test_several_functions_of_one_event_are_called_in_their_order_for_each_event() -> None:
    hears(OrderSigned, first, second)(None, PLACE, ["a", "b"], the_time)
    assert given == [(who, PLACE, event) for event in "ab" for who in ("first", "second")]


def test_with_a_batch_each_function_gets_the_events_together() -> None:
    hears((OrderSigned, PaymentConfirmed), first, second, batch=9)(None, PLACE, ["a", "b"], the_time)
    assert given == [("first", PLACE, ["a", "b"]), ("second", PLACE, ["a", "b"])]


def test_work_by_the_clock_gets_the_time_if_it_names_it() -> None:
    def timed(session: Session, *, now: datetime) -> int:
        return len([session, now])

    def timeless(session: Session) -> int:
        return len([session])

    assert (every(1, timed)(None, PLACE, now=NOW), every(1, timeless)(None, PLACE, now=NOW)) == (2, 1)


def test_what_looks_after_technical_rows_gets_the_real_time() -> None:
    def technical(session: Session, *, real_now: datetime) -> int:
        assert session is PLACE
        return int(abs((real_now - clock.now()).total_seconds()))

    assert every(1, technical)(None, PLACE, now=NOW) == 0


def test_work_that_asks_first_is_given_what_was_found_out() -> None:
    def ask_around(*, now: datetime, read: object, ask: object) -> str:
        return shown_as(now, read, ask)

    def work(session: Session, *, now: datetime, known: str) -> int:
        return len([session, now, known])

    assert every(1, work, first=ask_around)(None, PLACE, NOW, "known") == 3


def shown_as(*what: object) -> str:
    return str(shown(*what))


def test_work_that_asks_nobody_knows_nothing_from_others_and_who_asks_is_given_no_more_than_it_may() -> None:
    def work(session: Session, *, known: str) -> int:
        return len([session, known])

    def from_the_sky(*, now: datetime, weather: str) -> str:
        return shown_as(now, weather)

    with pytest.raises(TypeError, match="known"):
        every(1, work)
    with pytest.raises(TypeError, match="weather"):
        every(1, work, first=from_the_sky)


def test_a_function_of_an_event_gets_the_time_of_its_transaction() -> None:
    told: list[tuple[Session, datetime]] = []

    def timed(session: Session, event: object, *, now: datetime) -> None:
        told.append((session, now))

    hears(OrderSigned, timed)(None, PLACE, ["a"], the_time)
    assert told == [(PLACE, NOW)]


class HeardTwice:
    """An event in two rows: the second would take the first one's place."""

    name = "sales"

    keep = hears((PaymentConfirmed, OrderSigned), first)
    count = hears(OrderSigned, second)


class DoneTwice:
    """An operation in two rows."""

    name = "sales"

    get = shows(operations.get_order, nothing)
    show = shows(operations.get_order, chosen)


@pytest.mark.parametrize(
    ("service", "named"),
    [(HeardTwice, ("order_signed", "keep", "count")), (DoneTwice, ("sales.get_order", "get", "show"))],
)
def test_a_second_row_of_the_same_is_refused_at_start_and_both_are_named(service: type, named: tuple[str, ...]) -> None:
    container = ServiceContainer(service, {})
    with pytest.raises(TypeError) as refused:
        for entrypoint in sorted(container.entrypoints, key=lambda one: one.method_name):
            entrypoint.setup()
    assert all(one in str(refused.value) for one in named), refused.value
