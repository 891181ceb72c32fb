"""The reporting service: everything it can be asked, and everything it hears."""

from __future__ import annotations

from chassis.table import hears, shows
from contracts.followup.events import VisitCompleted
from contracts.reporting import operations
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairSettled
from services.reporting import queries
from services.reporting.projections import answers, deliveries, promises, workshop_visits

TOGETHER = 200
"""Events a projection may take into one transaction."""

PACE = 0.2
"""Seconds a busy house may gather them: figures are of days and months."""


class ReportingService:
    """Figures out of everybody's events."""

    name = "reporting"

    month_figures = shows(operations.month_figures, queries.month_figures)

    keep_deliveries = hears(VehicleDelivered, deliveries.fold, promises.fold, batch=TOGETHER, pace=PACE)
    keep_workshop_visits = hears(RepairSettled, workshop_visits.fold, batch=TOGETHER, pace=PACE)
    keep_answers = hears(VisitCompleted, answers.fold, batch=TOGETHER, pace=PACE)
