"""The gateway's own operations: one table, operation → function, called in this process instead of over the broker.

What works on the database takes `(session, asked, *, now, …)` as in the services, what it names.
A command is one transaction with its key claimed and its response kept, as there.
What deals with passwords and tokens (`gateway/accounts.py`) is not kept: a response there is a secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Concatenate

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis.handing import OF_A_CALL, given
from chassis.store import idempotency
from chassis.store.database import Database
from chassis.store.outbox import Cause, set_cause
from contracts import shapes
from contracts.declared import fields_of
from contracts.envelope import Doer
from contracts.gateway import calendars as opening
from contracts.gateway import operations
from contracts.gateway.arrivals import record_arrival
from contracts.gateway.live import follow_changes
from contracts.gateway.operations import Secret
from contracts.gateway.policies import get_policy, list_policies, publish_policy
from contracts.gateway.sessions import end_session, own_sessions
from contracts.gateway.views import my_views, save_views
from contracts.operation import Operation
from contracts.policies import PublishPolicy
from gateway import access_log, calendars, organisation, policies, sessions, views
from gateway.accounts import INITIAL_FOR, Accounts
from gateway.arrivals import Arrivals
from gateway.asking import LocalCall
from gateway.clock import Clock
from gateway.passwords import require_strong
from gateway.policies import KeptPolicies
from gateway.searching import Searches
from gateway.streams import Streams

Work = Callable[Concatenate[Session, Any, ...], object]
Query = Callable[Concatenate[Connection, Any, ...], object]

_OF_A_CALL = {**OF_A_CALL, "arrived": lambda call: call.arrived, "token_hash": lambda call: call.token_hash}
"""What an operation's function may name; security goes by when a call `arrived`."""


class LocalOperations:
    """Answers the operations that the gateway owns."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        searches: Searches,
        clock: Clock,
        kept: KeptPolicies,
        arrivals: Arrivals,
        streams: Streams,
    ) -> None:
        self._database, self._accounts, self._searches, self._policies = database, accounts, searches, kept
        self.table: dict[str, Callable[[Any, LocalCall], bytes]] = {
            operations.log_in.name: _dumped(accounts.log_in),
            operations.log_out.name: _dumped(accounts.log_out),
            operations.change_password.name: _dumped(accounts.change_password),
            own_sessions.name: self._query(sessions.own_sessions),
            end_session.name: self._reaching(end_session, sessions.end_own),
            my_views.name: self._query(views.my_views),
            save_views.name: self._command(save_views, views.save_views),
            operations.who_am_i.name: self._query(organisation.who_am_i),
            operations.create_dealer.name: self._command(operations.create_dealer, organisation.create_dealer),
            operations.create_store.name: self._reaching(operations.create_store, organisation.create_store),
            operations.change_store.name: self._reaching(operations.change_store, organisation.change_store),
            opening.store_calendar.name: self._query(calendars.store_calendar),
            opening.change_calendar.name: self._command(opening.change_calendar, calendars.change_calendar),
            operations.create_team.name: self._command(operations.create_team, organisation.create_team),
            operations.change_team.name: self._command(operations.change_team, organisation.change_team),
            operations.list_teams.name: self._query(organisation.list_teams),
            operations.list_stores.name: self._query(organisation.list_stores),
            operations.create_staff.name: self._create_staff,
            operations.change_staff.name: self._reaching(operations.change_staff, organisation.change_staff),
            operations.list_staff.name: self._query(organisation.list_staff),
            operations.list_colleagues.name: self._query(organisation.list_colleagues),
            operations.list_access.name: self._list_access,
            follow_changes.name: _dumped(streams.position),
            operations.set_clock.name: _dumped(clock.set_clock),
            list_policies.name: _dumped(kept.list_policies),
            get_policy.name: _dumped(kept.get_policy),
            publish_policy.name: self._publish_policy,
            record_arrival.name: _dumped(arrivals.record_arrival),
        }

    def admit(self, operation: Operation, asked: dict[str, Any], *, address: str) -> None:
        """Raise TooManyAttempts if what anybody may ask has been asked too often from there."""
        if operation is operations.log_in:
            self._accounts.admit(asked, address=address)

    def answer(self, operation: Operation, request: Any, call: LocalCall) -> bytes:
        """The response's JSON. Raises refusals."""
        return self.table[operation.name](request, call)

    def _query(self, query: Query) -> Callable[[Any, LocalCall], bytes]:
        more = given(query, _OF_A_CALL)

        def run(request: Any, call: LocalCall) -> bytes:
            return shapes.dump(self._database.read(lambda connection: query(connection, request, **more(call))))

        return run

    def _command(self, operation: Operation, work: Work) -> Callable[[Any, LocalCall], bytes]:
        more = given(work, _OF_A_CALL)

        def run(request: Any, call: LocalCall) -> bytes:
            return self._database.run(
                lambda session: _once(session, operation, request, call, lambda: work(session, request, **more(call)))
            )

        return run

    def _create_staff(self, request: operations.CreateStaff, call: LocalCall) -> bytes:
        require_strong(request.initial_password, account=request.code)
        made = self._accounts.hashing.make(request.initial_password)
        until: datetime = call.arrived + INITIAL_FOR
        work = partial(organisation.create_staff, password_hash=made, initial_until=until)
        return self._command(operations.create_staff, work)(request, call)

    def _reaching(self, operation: Operation, work: Work) -> Callable[[Any, LocalCall], bytes]:
        """A command that changes how far somebody reaches, or who is logged in: every session is asked for again."""
        run = self._command(operation, work)

        def reaching(request: Any, call: LocalCall) -> bytes:
            answer = run(request, call)
            self._accounts.sessions.forget()
            return answer

        return reaching

    def _list_access(self, request: operations.ListAccess, call: LocalCall) -> bytes:
        self._searches.write()
        return self._query(access_log.list_access)(request, call)

    def _publish_policy(self, request: PublishPolicy, call: LocalCall) -> bytes:
        kind = self._policies.require_publishable(request, call)
        if kind.service != policies.HERE:
            return self._policies.publish_there(kind, request, call)
        answer = self._command(publish_policy, policies.publish)(request, call)
        self._searches.forget()
        return answer


def _dumped(function: Callable[[Any, LocalCall], object]) -> Callable[[Any, LocalCall], bytes]:
    return lambda request, call: shapes.dump(function(request, call))


def _once(session: Session, operation: Operation, request: Any, call: LocalCall, work: Callable[[], object]) -> bytes:
    key, staff_id = call.context.idempotency_key, call.actor.staff_id
    assert key is not None
    same = idempotency.fingerprint(operation.name, shapes.dump(_open_part(request)))
    context = call.context
    set_cause(session, Cause(context.correlation_id, context.causation_id, Doer(staff_id, call.scope.role)))
    asked = idempotency.Asked(staff_id, key, operation.name, same)
    return idempotency.once(session, asked, lambda: shapes.dump(work()))


def _open_part(request: Any) -> dict[str, Any]:
    """What the request says, without its secrets: a fingerprint of a password would be a weak hash of it."""
    shape: type = type(request)
    return {
        name: getattr(request, name)
        for name, declared in fields_of(shape).items()
        if not any(isinstance(mark, Secret) for mark in declared.marks) and getattr(request, name) is not shapes.UNSAID
    }
