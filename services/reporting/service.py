"""The reporting service: everything it can be asked, and everything it hears."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis.context import Call
from chassis.entrypoints import query, subscribe
from contracts.envelope import Received
from contracts.followup.events import VisitCompleted
from contracts.reporting import operations
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairSettled
from services.reporting import queries
from services.reporting.projections import answers, deliveries, workshop_visits

TOGETHER = 200
"""Events a projection may take into one transaction."""

PACE = 0.2
"""Seconds a busy house may gather them: figures are of days and months."""


class ReportingService:
    """Figures out of everybody's events."""

    name = "reporting"

    @query(operations.month_figures)
    def month_figures(
        self, connection: Connection, request: operations.MonthAsked, call: Call
    ) -> operations.MonthFigures:
        return queries.month_figures(connection, request, scope=call.scope)

    @subscribe(VehicleDelivered, batch=TOGETHER, pace=PACE)
    def keep_deliveries(self, session: Session, events: list[Received[VehicleDelivered]]) -> None:
        deliveries.fold(session, events)

    @subscribe(RepairSettled, batch=TOGETHER, pace=PACE)
    def keep_workshop_visits(self, session: Session, events: list[Received[RepairSettled]]) -> None:
        workshop_visits.fold(session, events)

    @subscribe(VisitCompleted, batch=TOGETHER, pace=PACE)
    def keep_answers(self, session: Session, events: list[Received[VisitCompleted]]) -> None:
        answers.fold(session, events)
