"""What the rows of a service's table (`chassis/table.py`) mean when they are asked, heard or due.

nameko sees them as entrypoints of the class; what a call or event means (transaction, idempotency,
access, deadline, settling) stands here once, so that a service's class is a table and nothing else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from typing import Any, TypeVar

import orjson
from eventlet.timeout import Timeout
from nameko.extensions import Entrypoint, SharedExtension
from sqlalchemy import Connection
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from chassis.bus import asking
from chassis.bus.consumer import Consumer
from chassis.bus.context import Ask, Call, moment
from chassis.bus.lanes import Subscription
from chassis.bus.link import LinkDown
from chassis.bus.rpc import (
    FAILED,
    OK,
    REFUSED,
    UNAVAILABLE,
    Caller,
    CallServer,
    CallTimeout,
    Incoming,
    Overloaded,
    Unavailable,
)
from chassis.handing import asked_for
from chassis.process import logs, metrics
from chassis.process.actors import GATEWAY, Signer, Verifier
from chassis.process.keys import derived
from chassis.process.settings import Settings
from chassis.store import idempotency, test_clock
from chassis.store.database import Database, is_contention
from chassis.store.outbox import Cause, set_cause
from chassis.store.scheduled import run_after, run_scheduled
from contracts import access, shapes
from contracts.envelope import Doer, Event
from contracts.gateway.operations import SetClock, set_clock
from contracts.operation import Kind, Operation
from contracts.refusals import InvalidRequest, Refusal
from contracts.sayings import Saying

log = logs.get("service")

LATE = "late"
"""How a call that its deadline ended is counted; its caller has gone and is told nothing else than FAILED."""

CLOCK_FOLLOWED_WITHIN = 0.2
"""Seconds after which scheduled work of a test system goes by another moment."""

A = TypeVar("A")
R = TypeVar("R")


class Runtime(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """What all entrypoints of a service share: its database, its consumer, its call server."""

    settings: Settings
    database: Database
    calls: CallServer
    caller: Caller | None = None
    consumer: Consumer | None = None

    def __init__(self) -> None:
        super().__init__()
        self.operations: dict[str, OperationEntrypoint] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.asks = False
        self.stopping = threading.Event()
        self.clock_moves = 0

    @cached_property
    def service(self) -> Any:
        """The one instance of the service's class; it has no state."""
        return self.container.service_cls()

    def setup(self) -> None:
        self.settings = self.container.config["settings"]
        self.database = self.container.config["database"]
        self.verifier = Verifier(self.settings.service, self.settings.public_keys)
        self.signer = Signer(self.settings.service, self.settings.signing_key)
        sealing = self.settings.sealing
        self.secret = derived(sealing.index, "command log") if sealing else b""
        if self.settings.test_mode and self.settings.service != GATEWAY:  # the gateway has the clock and tells it
            self._follow_the_test_clock()

    def _follow_the_test_clock(self) -> None:
        entrypoint = OperationEntrypoint(test_clock.follow_clock(self.settings.service), as_if=set_clock)
        entrypoint.runtime, entrypoint.method = self, self._set_clock
        self.operations[entrypoint.operation.name] = entrypoint

    def _set_clock(self, session: Session, asked: SetClock, _call: Call) -> SetClock:
        listen(session, "after_commit", self._clock_moved, once=True)  # before, a turn would still read the old one
        return test_clock.keep(session, asked)

    def _clock_moved(self, _session: Session) -> None:
        self.clock_moves += 1

    def business_now(self, session: Session) -> datetime:
        """The time that business is judged at in this process."""
        return test_clock.business_now(session, test_mode=self.settings.test_mode)

    def start(self) -> None:
        settings = self.settings
        if self.operations:
            self.calls = CallServer(
                settings.amqp_uri, service=settings.service, heartbeat=settings.heartbeat, dispatch=self._dispatch
            )
            self.container.spawn_managed_thread(self.calls.link.run, identifier="calls")
        if self.asks:
            self.caller = Caller(settings.amqp_uri, user=settings.service, heartbeat=settings.heartbeat)
            self.container.spawn_managed_thread(self.caller.link.run, identifier="caller")
        if self.subscriptions:
            self.consumer = Consumer(
                uri=settings.amqp_uri,
                service=settings.service,
                heartbeat=settings.heartbeat,
                database=self.database,
                subscriptions=self.subscriptions,
                retry_delays=settings.retry_delays,
                spawn=self.spawn,
            )
            self.container.spawn_managed_thread(self.consumer.link.run, identifier="consumer")
        self.container.config["health"].watch(self)

    def _dispatch(self, incoming: Incoming) -> None:
        entrypoint = self.operations.get(incoming.operation)
        if entrypoint is None:
            log.error("unknown operation", operation=incoming.operation)
            self.calls.answer(incoming, FAILED, b"{}")
            return
        self.spawn(partial(entrypoint.serve, incoming))

    def ask_for(self, call: Call) -> Ask:
        """Asks other services for whom this call is made. Never within a transaction."""
        assert self.caller is not None, "none of this service's rows asks anybody first"
        return asking.for_whom(call, caller=self.caller, signer=self.signer)

    def ask_as_itself(self, moment: datetime | None) -> Ask:
        """Asks other services as this one, at the moment that a test system's clock was set to."""
        assert self.caller is not None, "none of this service's rows asks anybody first"
        return asking.as_itself(caller=self.caller, signer=self.signer, moment=moment)

    def spawn(self, work: Callable[[], None]) -> Any:
        """Run work in the container's own pool, which nameko waits for when it stops.

        Not `spawn_worker`: nameko settles a message before its providers hear of the result,
        and cannot repeat a transaction (fault 8 of `docs/decisions/0002-nameko.md`).
        """
        return self.container._worker_pool.spawn(work)  # noqa: SLF001  # see above

    def pause(self) -> None:
        """Take nothing new: called when the entrypoints are told to stop, before the work in hand is waited for."""
        self.stopping.set()
        if self.operations:
            self.calls.pause()
        if self.consumer is not None:
            self.consumer.pause()

    def stop(self) -> None:
        """After the work in hand is settled: close the links, then the database."""
        if self.operations:
            self.calls.link.stop()
        if self.consumer is not None:
            self.consumer.link.stop()
        if self.caller is not None:
            self.caller.link.stop()
        self.database.close()

    def problems(self) -> list[str]:
        """Why this service is not ready; empty when it is."""
        found = []
        if self.stopping.is_set():
            found.append("stopping")
        if self.operations:
            found += self.calls.problems()
        if self.caller is not None:
            found += [f"questions: {problem}" for problem in self.caller.problems()]
        if self.consumer is not None:
            found += self.consumer.problems()
        try:
            with Timeout(1):
                self.database.probe()
        except (Exception, Timeout) as error:
            found.append(f"database: {logs.describe(error) if isinstance(error, Exception) else 'does not answer'}")
        metrics.POOL_IN_USE.labels(self.settings.service).set(self.database.in_use())
        return found


class _Shared(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    runtime = Runtime()

    def stop(self) -> None:
        self.runtime.pause()


class OperationEntrypoint(_Shared):
    """A command or query."""

    def __init__(
        self,
        operation: Operation[Any, Any],
        *,
        first: Callable[..., None] | None = None,
        as_if: Operation[Any, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.operation, self.first = operation, first
        self.first_wants = [] if first is None else asked_for(first, ("read", "ask", "scope", "now"))
        self.allowed_by = (as_if or operation).name

    def setup(self) -> None:
        known = self.runtime.operations.setdefault(self.operation.name, self)
        if known is not self:
            raise TypeError(f"{self.operation.name} is in two rows: {known.method_name} and {self.method_name}")
        self.runtime.asks |= self.first is not None
        self.method = getattr(self.runtime.service, self.method_name)

    def serve(self, incoming: Incoming) -> None:
        """Work on one call until its deadline and answer it. Whatever happens on the way, it is answered."""
        started = time.monotonic()
        outcome, body = self._outcome(incoming)
        self.runtime.calls.answer(incoming, FAILED if outcome == LATE else outcome, body)
        seconds = time.monotonic() - started
        metrics.CALLS.labels(self.operation.name, outcome).observe(seconds)
        log.info(
            "call",
            operation=self.operation.name,
            outcome=outcome,
            correlation_id=incoming.context.correlation_id,
            ms=round(seconds * 1000, 2),
        )

    def _outcome(self, incoming: Incoming) -> tuple[str, bytes]:
        """What becomes of a call. Raises nothing: an error that leaves here would be a call without an answer."""
        deadline: Timeout | None = None
        try:
            try:
                with Timeout(max(incoming.context.remaining(), 0.001)) as deadline:
                    return OK, self._respond(incoming)
            except Refusal as refusal:
                return REFUSED, shapes.dump(refusal.wire())
        except BaseException as error:  # of a greenlet; raised on, some of them would end the event loop
            if error is deadline:
                log.warning("deadline passed", operation=self.operation.name)
                return LATE, b"{}"
            outcome = UNAVAILABLE if isinstance(error, Exception) and self._may_come_again(error) else FAILED
            log.error(
                "call failed",
                operation=self.operation.name,
                outcome=outcome,
                correlation_id=incoming.context.correlation_id,
                error=logs.describe(error),
                where=logs.origin(error),
            )
            return outcome, b"{}"

    def _may_come_again(self, error: Exception) -> bool:
        """True if nothing is wrong with the call: the database or who was asked is away, or others held its rows."""
        if isinstance(error, CallTimeout | Unavailable | Overloaded | LinkDown):
            return True
        return is_contention(error) or self.runtime.database.is_away(error)

    def _respond(self, incoming: Incoming) -> bytes:
        runtime, operation, context = self.runtime, self.operation, incoming.context
        actor, scope = access.NOBODY, access.NO_SCOPE
        if not operation.by_link:
            actor = runtime.verifier.verify(context.actor_token)
            scope = access.matrix().scope(self.allowed_by, actor)
            if context.store_id is not None:
                scope.require_store(context.store_id)
        call = Call(actor, scope, context.store_id, moment(context, test_mode=runtime.settings.test_mode), context)
        try:
            request: Any = shapes.load(operation.request, orjson.loads(incoming.body))
        except orjson.JSONDecodeError:
            raise InvalidRequest(errors={"_": [Saying.NO_JSON()]}) from None
        except shapes.InvalidShape as error:
            raise InvalidRequest(errors=error.errors) from None
        if self.first is not None:
            ready = {"read": runtime.database.read, "ask": runtime.ask_for(call), "scope": scope, "now": call.now}
            self.first(request, **{name: ready[name] for name in self.first_wants})
        if operation.kind is Kind.QUERY:
            return shapes.dump(runtime.database.read(lambda connection: self.method(connection, request, call)))
        return runtime.database.run(lambda session: self._execute(session, request, call, incoming))

    def _execute(self, session: Session, request: Any, call: Call, incoming: Incoming) -> bytes:
        doer = Doer(call.actor.staff_id, call.scope.role)
        set_cause(session, Cause(call.context.correlation_id, call.context.causation_id, doer))

        def work() -> bytes:
            return shapes.dump(self.method(session, request, call))

        key, name, token = call.context.idempotency_key, self.operation.name, call.context.actor_token
        told_once = shapes.told_once(self.operation.response)
        if told_once and call.actor.is_service and token is not None:
            idempotency.spend(session, staff_id=call.actor.staff_id, operation=name, token=token)
        if key is None or told_once or self.operation.by_link:
            return work()
        same = idempotency.fingerprint(name, incoming.body, secret=self.runtime.secret)
        return idempotency.once(session, idempotency.Asked(call.actor.staff_id, key, name, same), work)


class EventEntrypoint(_Shared):
    """A subscription."""

    def __init__(self, event: type[Event], batch: int, pace: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.event, self.batch, self.pace = event, batch, pace

    def setup(self) -> None:
        row = getattr(self.runtime.service, self.method_name)

        def handle(session: Session, events: list[Any]) -> None:
            row(session, events, self.runtime.business_now)

        topic = self.event.declaration.topic
        mine = Subscription(topic, handle, self.method_name, self.batch, self.pace)
        known = self.runtime.subscriptions.setdefault(topic, mine)
        if known is not mine:
            raise TypeError(f"{topic} is heard in two rows, {known.lane} and {mine.lane}: name their functions in one")


class ScheduledEntrypoint(_Shared):
    """A command called by the clock."""

    def __init__(self, every: float, *, first: Callable[..., Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.every, self.first = every, first

    @property
    def name(self) -> str:
        """What the turn is called: the row."""
        return str(self.method_name)

    def setup(self) -> None:
        self.runtime.asks |= self.first is not None

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier=f"scheduled {self.name}")

    def _run(self) -> None:
        runtime, moves = self.runtime, self.runtime.clock_moves
        while not self._stops_before_its_turn(moves):
            moves = runtime.clock_moves
            runtime.spawn(self._turn).wait()

    def _stops_before_its_turn(self, moves: int) -> bool:
        """Wait until it is due; a clock that was set since there were so many moves makes everything due."""
        runtime = self.runtime
        if not runtime.settings.test_mode:
            return runtime.stopping.wait(self.every)
        due = time.monotonic() + self.every
        while time.monotonic() < due and runtime.clock_moves == moves:
            if runtime.stopping.wait(min(self.every, CLOCK_FOLLOWED_WITHIN)):
                return True
        return False

    def _turn(self) -> None:
        runtime = self.runtime
        work = getattr(runtime.service, self.method_name)
        turn = partial(one_turn, runtime.database, self.name, work, first=self.first, ask=runtime.ask_as_itself)
        try:
            while not runtime.stopping.is_set() and turn(test_mode=runtime.settings.test_mode):
                pass
        except Exception as error:
            log.warning("scheduled work failed, next turn will try again", name=self.name, error=logs.describe(error))


def one_turn(
    db: Database,
    name: str,
    work: Callable[..., int],
    *,
    first: Callable[..., Any] | None,
    ask: Callable[[datetime | None], Ask],
    test_mode: bool,
    now: datetime | None = None,
    waits: bool = False,
) -> int:
    """One turn of a row `every(…)`, as of `now` or the time of business; returns how much was done."""

    def time_of(place: Session | Connection) -> datetime:
        return now or test_clock.business_now(place, test_mode=test_mode)

    if first is None:
        return run_scheduled(db, name, lambda session: work(session, time_of(session)), waits=waits)

    def found() -> Any:
        moment = db.read(time_of)
        return first(now=moment, read=db.read, ask=ask(moment if test_mode else None))

    return run_after(db, name, found, lambda session, known: work(session, time_of(session), known), waits=waits)
