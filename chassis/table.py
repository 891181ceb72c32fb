"""The rows of a service's table: `does`, `shows`, `hears`, `every`, `keeps`.

A service's class is a table and nothing else; what a row means when it is asked, heard or due stands in
`chassis/entrypoints.py` once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Concatenate, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis.bus.context import Call
from chassis.entrypoints import EventEntrypoint, OperationEntrypoint, ScheduledEntrypoint
from chassis.handing import asked_for, given
from chassis.process.clock import now as clock_now
from chassis.store import policies
from contracts.envelope import Event
from contracts.gateway.policies import get_policy, list_policies, publish_policy
from contracts.operation import Kind, Operation
from contracts.policies import ListPolicies, PolicyByCode, PublishPolicy

A = TypeVar("A")
R = TypeVar("R")


def does(
    operation: Operation[A, R],
    work: Callable[Concatenate[Session, A, ...], R],
    *,
    first: Callable[Concatenate[A, ...], None] | None = None,
) -> Callable[..., R]:
    """A command: `work(session, asked, *, scope, now)` gives the response; it asks by name for what it needs of these.

    One transaction: key claimed, request checked, work, response stored, commit; then the answer.
    What must be asked of another service is asked before it, by `first(asked, *, read, ask, scope, now)`, which names
    of these what it needs, and refuses or not:
    `read(reader)` reads in the own database, `ask(operation, request)` asks for the caller.
    """
    return _row(operation, Kind.COMMAND, work, first)


def shows(operation: Operation[A, R], work: Callable[Concatenate[Connection, A, ...], R]) -> Callable[..., R]:
    """A query: `work(connection, asked, *, scope, now)` gives the response: read-only, in autocommit."""
    return _row(operation, Kind.QUERY, work)


def _row(
    operation: Operation[A, R], kind: Kind, work: Callable[..., R], first: Callable[..., None] | None = None
) -> Callable[..., R]:
    if operation.kind is not kind:
        raise TypeError(f"{operation.name} is a {operation.kind}, not a {kind}")
    more = given(work)

    def row(_service: object, place: Session | Connection, asked: A, call: Call) -> R:
        return work(place, asked, **more(call))

    OperationEntrypoint.decorator(operation, first=first)(row)
    return row


def hears(
    heard: type[Event] | Iterable[type[Event]],
    *handlers: Callable[..., object],
    batch: int = 1,
    pace: float | Mapping[type[Event], float] = 0.0,
) -> Callable[..., None]:
    """Events, each heard once: `handler(session, event)`, with a `batch` above one `handler(session, events)`.

    Several handlers of one event stand in its one row, in their order and one transaction; each may ask for `now`.
    Events may come late, twice and in any order; a handler compares versions or folds.
    A batch holds any of the row's events. An event that nobody waits for may have a `pace`:
    the seconds it may wait for others, in a busy hour, to share their transaction (`chassis.bus.lanes`).
    """
    takes_now = [(handler, bool(asked_for(handler, ("now",)))) for handler in handlers]

    def row(_service: object, session: Session, events: list[Any], now_of: Callable[[Session], datetime]) -> None:
        for what in [events] if batch > 1 else events:
            for handler, timed in takes_now:
                if timed:
                    handler(session, what, now=now_of(session))
                else:
                    handler(session, what)

    for event in (heard,) if isinstance(heard, type) else heard:
        EventEntrypoint.decorator(event, batch, pace.get(event, 0.0) if isinstance(pace, Mapping) else pace)(row)
    return row


def every(seconds: float, work: Callable[..., int], *, first: Callable[..., Any] | None = None) -> Callable[..., int]:
    """Work by the clock, in one replica: `work(session, *, now)` returns how much it did.

    `now` is the time of business; what looks after technical rows names `real_now` instead, or neither.
    It is called again at once while it did something, so a batch limit inside keeps transactions short.
    What must be asked of another service is asked before its transaction, by `first(*, now, read, ask)`, as the service
    itself, for nobody asked it; what that returns the work is given as `known`.
    """
    wanted = asked_for(work, ("now", "real_now", *(("known",) if first else ())))
    if first is not None:
        asked_for(first, ("now", "read", "ask"))

    def row(_service: object, session: Session, now: datetime, known: object = None) -> int:
        ready = {"now": now, "real_now": clock_now(), "known": known}
        return work(session, **{name: ready[name] for name in wanted})

    ScheduledEntrypoint.decorator(seconds, first=first)(row)
    return row


def keeps(service: str, follows: policies.Follows | None = None) -> Callable[..., object]:
    """The policies of this service (`contracts/<service>/policies.py`): published, and shown as they stand.

    `follows` says by policy what follows a new value: `follow(session, made, *, now)`, within the transaction, and for
    a dry run too, which is taken back.
    """

    def row(_service: object, place: Any, asked: PublishPolicy | ListPolicies | PolicyByCode, call: Call) -> object:
        if isinstance(asked, PublishPolicy):
            return policies.publish(
                place, asked, service=service, actor=call.actor, now=call.now, follows=follows or {}
            )
        if isinstance(asked, ListPolicies):
            return policies.standings(place, asked, service=service, scope=call.scope, now=call.now)
        return policies.record(place, asked, service=service, scope=call.scope, now=call.now)

    OperationEntrypoint.decorator(policies.publishing(service), as_if=publish_policy)(row)
    OperationEntrypoint.decorator(policies.standing(service), as_if=list_policies)(row)
    OperationEntrypoint.decorator(policies.recorded(service), as_if=get_policy)(row)
    return row
