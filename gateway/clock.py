"""The clock of a test system: one moment that all business is judged at (A0, point 22), in every process.

It stands in the gateway's database and is told to each service, which keeps it in its own; whoever was away is told
as soon as it is back. Sessions and brakes on guessing do not follow it: a test that moves a year on stays logged in.
"""

from __future__ import annotations

import threading
import uuid
from datetime import datetime

import eventlet

from chassis.bus.context import new_context
from chassis.bus.rpc import Caller, CallFailed, Refused
from chassis.process import clock, logs
from chassis.process.actors import Signer
from chassis.process.settings import SERVICES
from chassis.store import test_clock
from chassis.store.database import Database
from contracts import shapes
from contracts.fields import Done
from contracts.gateway.operations import SetClock
from gateway.asking import LocalCall
from gateway.errors import NotInTestMode

log = logs.get("clock")

FOLLOWERS = tuple(name for name in SERVICES if name != "gateway")
WITHIN = 0.5
"""Seconds within which a service that was away, or another gateway, follows."""
PATIENCE = 2.0
"""Seconds that setting the clock waits for the services."""
_NOBODY_YET = object()


class Clock:
    """Holds the moment as it travels in the call context; None is the real time."""

    def __init__(self, *, database: Database, caller: Caller, signer: Signer, test_mode: bool) -> None:
        self._database, self._caller, self._signer, self._test_mode = database, caller, signer, test_mode
        self._told: dict[str, object] = dict.fromkeys(FOLLOWERS, _NOBODY_YET)
        self._moment: datetime | None = None

    @property
    def moment(self) -> str | None:
        """The moment for the context of a call."""
        return self._moment.isoformat() if self._moment is not None else None

    def set_clock(self, asked: SetClock, call: LocalCall) -> Done:
        """Set it, or give the clock back; the services that are there go by it at once. Raises NotInTestMode."""
        del call
        if not self._test_mode:
            raise NotInTestMode
        self._moment = self._database.run(lambda session: test_clock.keep(session, asked)).now
        self._tell()
        return Done()

    def run(self, stopping: threading.Event) -> None:
        """Tell whoever does not go by it yet, until the process stops."""
        while self._test_mode and not stopping.wait(WITHIN):
            try:
                self._moment = self._database.read(test_clock.read)
                self._tell()
            except Exception as error:  # noqa: BLE001  # whatever it is, the next turn tries again
                log.warning("clock not told, next turn will try again", error=logs.describe(error))

    def _tell(self) -> None:
        moment = self._moment
        behind = [name for name, told in self._told.items() if told != moment]
        for each in [eventlet.spawn(self._tell_one, name, moment) for name in behind]:
            each.wait()

    def _tell_one(self, service: str, moment: datetime | None) -> None:
        token = self._signer.sign_itself(to=service, now=clock.now())
        context = new_context(PATIENCE, actor_token=token, idempotency_key=str(uuid.uuid4()))
        try:
            self._caller.call(test_clock.follow_clock(service), shapes.dump(SetClock(moment)), context)
        except (CallFailed, Refused) as error:
            log.info("a service does not go by the clock yet", service=service, error=type(error).__name__)
        else:
            self._told[service] = moment
