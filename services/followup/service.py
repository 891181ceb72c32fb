"""The follow-up service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis import idempotency
from chassis.context import Call
from chassis.entrypoints import command, query, scheduled, subscribe
from contracts.customer.events import (
    CustomerConsentChanged,
    CustomerErased,
    CustomerMerged,
    CustomerPreferencesChanged,
    CustomerSplit,
    CustomerUnmerged,
)
from contracts.envelope import Received
from contracts.followup import operations
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.followup import queries, usecases
from services.followup.projections import erased
from services.followup.queries import shown

TOGETHER = 100
"""Events whose visits may be planned in one transaction."""

PACE = 0.1
"""Seconds a busy house may gather them: a visit is due in days."""


class FollowupService:
    """Visits to customers, and the policies that say when."""

    name = "followup"

    @command(operations.complete_visit)
    def complete_visit(self, session: Session, request: operations.CompleteVisit, call: Call) -> operations.Visit:
        visit = usecases.complete_visit(
            session,
            visit_id=request.visit_id,
            score=request.score,
            remark=request.remark,
            channel=request.channel,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(visit)

    @command(operations.publish_policy)
    def publish_policy(
        self, session: Session, request: operations.PublishPolicy, call: Call
    ) -> operations.PolicyEffect:
        return usecases.publish_policy(
            session,
            code=request.code,
            value=request.value,
            effective_from=request.effective_from,
            store_id=request.store_id,
            dry_run=request.dry_run,
            scope=call.scope,
            now=call.now,
        )

    @query(operations.worklist)
    def worklist(self, connection: Connection, request: operations.Worklist, call: Call) -> operations.Visits:
        return queries.worklist(connection, request, scope=call.scope)

    @query(operations.get_visit)
    def get_visit(self, connection: Connection, request: operations.VisitById, call: Call) -> operations.Visit:
        return queries.get_visit(connection, visit_id=request.visit_id, scope=call.scope)

    @subscribe(VehicleDelivered, batch=TOGETHER, pace=PACE)
    @subscribe(VehicleReturned, batch=TOGETHER, pace=PACE)
    def plan_visits(self, session: Session, events: list[Received[Any]]) -> None:
        usecases.plan_visits(session, events)

    @subscribe(CustomerConsentChanged, batch=TOGETHER)
    @subscribe(CustomerPreferencesChanged, batch=TOGETHER)
    def keep_wishes(self, session: Session, events: list[Received[Any]]) -> None:
        usecases.keep_wishes(session, events)

    @subscribe(CustomerMerged)
    @subscribe(CustomerUnmerged)
    @subscribe(CustomerSplit)
    def rekey(self, session: Session, event: Received[Any]) -> None:
        usecases.rekey_visits(session, event)

    @subscribe(CustomerErased)
    def forget(self, session: Session, event: Received[CustomerErased]) -> None:
        erased.forget(session, event)

    @scheduled("old_commands", every=3600)
    def forget_old_commands(self, session: Session, now: datetime) -> int:
        return idempotency.forget_old(session, now=now)

    @scheduled("visits_due", every=30)
    def visits_due(self, session: Session, now: datetime) -> int:
        return usecases.visits_due(session, now=now)
