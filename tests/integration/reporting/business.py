"""What happens in a dealer group, for the tests of reporting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.database import Database
from contracts.access import Actor, matrix
from contracts.envelope import Event, Received
from contracts.followup.events import VisitCompleted
from contracts.reporting.operations import MonthAsked
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairSettled
from services.reporting import queries
from services.reporting.kpis.figure import Figure
from services.reporting.projections import answers, deliveries, promises, workshop_visits
from tests.integration.followup.tables import rows
from tests.support.events import deliver, made, received

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=LOCAL)
TODAY = NOON.date()

HANDLERS: dict[type[Event], tuple[Callable[[Session, Sequence[Received[Any]]], None], ...]] = {
    VehicleDelivered: (deliveries.fold, promises.fold),
    RepairSettled: (workshop_visits.fold,),
    VisitCompleted: (answers.fold,),
}
"""As the rows of the service say."""


def delivered(
    *,
    store_id: str = "HN",
    at: datetime = NOON,
    total_fen: int = 10_000_000,
    order_id: UUID | None = None,
    version: int = 5,
    promised: date = TODAY,
    excused: bool = False,
) -> Received[Any]:
    """A car was handed over."""
    order = order_id or uuids.uuid7()
    told = {"delivered_at": at, "total_fen": total_fen, "first_promise": promised, "excused": excused}
    car = made(VehicleDelivered, order_id=order, **told)
    return received(car, subject_id=order, subject_version=version, store_id=store_id, occurred_at=at)


def settled(
    *,
    store_id: str = "HN",
    at: datetime = NOON,
    total_fen: int = 50_000,
    vehicle_id: UUID | None = None,
    by_pay_type: dict[str, int] | None = None,
    ro_id: UUID | None = None,
    version: int = 7,
) -> Received[Any]:
    """The invoice of a repair order was made."""
    order = ro_id or uuids.uuid7()
    repair = made(
        RepairSettled,
        ro_id=order,
        vehicle_id=vehicle_id or uuids.uuid7(),
        total_fen=total_fen,
        settled_at=at,
        by_pay_type=by_pay_type or {},
    )
    return received(repair, subject_id=order, subject_version=version, store_id=store_id, occurred_at=at)


def answered(
    *,
    store_id: str = "HN",
    at: datetime = NOON,
    score: int = 9,
    purpose: str = "SERVICE_D3",
    visit_id: UUID | None = None,
    version: int = 3,
) -> Received[Any]:
    """A customer who was visited gave a score."""
    visit = visit_id or uuids.uuid7()
    answer = made(VisitCompleted, visit_id=visit, purpose=purpose, score=score, completed_at=at)
    return received(answer, subject_id=visit, subject_version=version, store_id=store_id, occurred_at=at)


def fold(database: Database, *events: Received[Any]) -> None:
    """Deliver the events, all of one type together."""
    for shape, handlers in HANDLERS.items():
        if some := [event for event in events if type(event.payload) is shape]:
            deliver(database.transaction, partial(_each, handlers), some, batch=len(some))


def _each(handlers: Sequence[Callable[..., None]], session: Session, events: Sequence[Received[Any]]) -> None:
    for handle in handlers:
        handle(session, events)


def facts(database: Database) -> list[list[dict[str, Any]]]:
    """Everything reporting knows."""
    tables = ("delivery", "promise", "workshop_visit", "answer")
    return [rows(database, f"SELECT * FROM {table} ORDER BY 1") for table in tables]


def figure_of(database: Database, figure: Figure, *, month: str = "2026-11") -> dict[str, Any]:
    """What a figure is in a month, by store; `*` is all of them together."""
    leader = matrix().scope("reporting.month_figures", Actor("wang", ("leader",), ()))
    asked = MonthAsked(month=month)
    found = database.read(lambda reading: queries.month_figures(reading, asked, scope=leader, figures=(figure,)))
    return {one.store_id: one.figures[figure.code] for one in (*found.stores, found.total)}
