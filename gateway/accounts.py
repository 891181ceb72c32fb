"""Accounts: logging in and out, and passwords of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from chassis.process import clock, logs
from chassis.store.database import Database
from contracts.fields import Done, Nothing
from contracts.gateway import operations
from gateway import sessions
from gateway.asking import LocalCall
from gateway.errors import LoginFailed
from gateway.logins import login_of
from gateway.models import Account, Staff
from gateway.passwords import Hashing, require_strong
from gateway.sessions import Sessions
from gateway.throttle import Throttle

log = logs.get("accounts")

INITIAL_FOR = timedelta(hours=24)
"""How long an initial password opens the way to one's own."""

_KNOWN = select(
    Account.staff_code, Account.login, Account.password_hash, Account.initial_until, Staff.active
).join_from(Account, Staff, Account.staff_code == Staff.code)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What a member of staff does with his account. Passwords are hashed between transactions, never inside one."""

    database: Database
    sessions: Sessions
    throttle: Throttle
    hashing: Hashing

    def admit(self, asked: Mapping[str, Any], *, address: str) -> None:
        """Raise TooManyAttempts before anything else is looked at: who has to wait is not told what else is wrong."""
        account = asked.get("account")
        login = login_of(account) if isinstance(account, str) else ""
        self.throttle.admit(login, address=address, now=clock.now())

    def log_in(self, request: operations.LogIn, call: LocalCall) -> operations.Session:
        """Begin a session. Raises LoginFailed, TooManyAttempts."""
        login, address, now = login_of(request.account), call.address, call.arrived
        with self.throttle.turn(login, now=now):
            known = self._known(Account.login == login)
            with self.hashing.turn():  # a failure is counted before the next of an address is tried
                self.throttle.admit(login, address=address, now=now)
                right = self.hashing.fits(known.password_hash if known else None, request.password)
                if known is None or not right or not _is_open(known, now=now):
                    self.throttle.failed(login, address=address, now=now)
                    raise LoginFailed
        better = self.hashing.make(request.password) if self.hashing.is_outdated(known.password_hash) else None

        def begin(session: Session) -> operations.Session:
            self.throttle.succeeded(session, login, address=address, now=now)
            if better is not None:
                session.execute(
                    update(Account).where(Account.staff_code == known.staff_code).values(password_hash=better)
                )
            token, ends_at = sessions.begin(session, staff_code=known.staff_code, address=address, now=now)
            return operations.Session(token, ends_at, known.staff_code, known.initial_until is not None)

        begun = self.database.run(begin)
        log.info("logged in", staff_id=begun.staff_id, correlation_id=call.context.correlation_id)
        return begun

    def log_out(self, request: Nothing, call: LocalCall) -> Done:
        """End this session."""
        del request
        token_hash = call.token_hash
        assert token_hash is not None
        self.database.run(lambda session: sessions.end(session, token_hash))
        self.sessions.forget()
        return Done()

    def change_password(self, request: operations.ChangePassword, call: LocalCall) -> Done:
        """A password of one's own; every other session ends. Raises LoginFailed, TooManyAttempts, PasswordTooWeak."""
        staff_code, now = call.actor.staff_id, call.arrived
        login = login_of(staff_code)
        with self.throttle.turn(login, now=now):
            known = self._known(Account.staff_code == staff_code)
            with self.hashing.turn():
                right = self.hashing.fits(known.password_hash if known else None, request.old_password)
            if not right:
                self.throttle.failed(login, now=now)
                raise LoginFailed
        require_strong(request.new_password, account=staff_code)
        made = self.hashing.make(request.new_password)

        def change(session: Session) -> None:
            self.throttle.succeeded(session, login, now=now)
            session.execute(
                update(Account)
                .where(Account.staff_code == staff_code)
                .values(password_hash=made, initial_until=None, changed_at=now)
            )
            sessions.end_all(session, staff_code=staff_code, but=call.token_hash)

        self.database.run(change)
        self.sessions.forget()
        return Done()

    def _known(self, whose: ColumnElement[bool]) -> Row | None:
        return self.database.read(lambda connection: connection.execute(_KNOWN.where(whose)).one_or_none())


def _is_open(known: Row, *, now: datetime) -> bool:
    """True unless the employment has ended or the initial password is older than a day."""
    return known.active and (known.initial_until is None or now < known.initial_until)
