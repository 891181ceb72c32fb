"""What customers ask about their data, for the tests of customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.access import Reach, Scope
from contracts.customer.policies import RETENTION
from contracts.customer.privacy import (
    Asked,
    ListRequests,
    RecordRequest,
    RefuseRequest,
    RequestById,
    RequestDecided,
    RequestRecorded,
    Requests,
)
from contracts.policies import PolicyEffect
from services.customer.privacy import queries
from services.customer.privacy.usecases import requests, retention
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.support import publishing

LEADER = Scope(Reach.GROUP, ("HN",), "s-1", "leader")


def ask(
    desk: Desk, who: UUID, kind: Asked = Asked.ERASURE, *, how: str = "来电", now: datetime = NOW
) -> RequestRecorded:
    """A customer asks."""
    request = RecordRequest(who, kind, how)
    return desk.database.run(lambda session: requests.record_request(session, request, scope=DESK, now=now))


def carry_out(desk: Desk, request_id: UUID, *, now: datetime = NOW) -> RequestDecided:
    """He gets what he asked for."""
    return desk.database.run(
        lambda session: requests.carry_out_request(session, RequestById(request_id), scope=LEADER, now=now)
    )


def refuse(desk: Desk, request_id: UUID, *, reason: str = "身份无法核实", now: datetime = NOW) -> RequestDecided:
    """He does not."""
    request = RefuseRequest(request_id, reason)
    return desk.database.run(lambda session: requests.refuse_request(session, request, scope=LEADER, now=now))


def erase(desk: Desk, who: UUID, *, now: datetime = NOW) -> RequestDecided:
    """He asks to be forgotten, and is."""
    return carry_out(desk, ask(desk, who, now=now).request_id, now=now)


def asked(desk: Desk, *, now: datetime = NOW, scope: Scope = LEADER, **wanted: Any) -> Requests:
    """The ledger."""
    request = ListRequests(**wanted)
    found: Requests = desk.read(lambda reading: queries.list_requests(reading, request, scope=scope, now=now))
    return found


def publish(desk: Desk, *, now: datetime = NOW, dry_run: bool = False, **value: Any) -> PolicyEffect:
    """Another retention from now on."""
    more = {"effective_from": value.pop("effective_from", now), "dry_run": dry_run, "now": now}
    return publishing.publish(desk.database, RETENTION, value, follows={RETENTION: retention.concerned}, **more)


def keep_to_retention(desk: Desk, *, now: datetime) -> int:
    """Turns of the schedule until today's run is over; how much was done."""
    done = 0
    while some := desk.database.run(lambda session: retention.keep_to_retention(session, now=now)):
        done += some
    return done
