"""The kinds of these tests, and what happens to their tasks: whatever tasks the house has, what is done with one stays.

CHASE is of an order: a signature opens it for the consultant, a delivery moves it to who delivers, a payment closes it.
FETCH is of a repair order: ready, it is anybody's of the advisors by a policy's time, and returned it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.store.database import Database
from contracts.access import Actor, Scope, matrix
from contracts.envelope import Received
from contracts.followup import tasks as operations
from contracts.gateway.events import StaffChanged
from contracts.sales.events import OrderSigned, PaymentConfirmed, VehicleDelivered
from contracts.sales.operations import deliver_order
from contracts.shapes import Between
from contracts.workshop.events import RepairReady, VehicleReturned
from contracts.workshop.operations import return_vehicle
from services.followup.service import FollowupService
from services.followup.tasks import queries, usecases
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Move, Opening
from tests.integration.followup.business import AFTERNOON
from tests.integration.followup.tables import rows
from tests.support.events import deliver, made, received
from tests.support.publishing import planted

WITHIN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Soon:
    """So many hours."""

    hours: Annotated[int, Between(1, 24)]


FETCH_WITHIN = planted("FETCH", Soon(2), service="followup")

CHASE = Kind(
    code="CHASE",
    zh="催款",
    en="Chase",
    done_by=deliver_order,
    console="/console/{store_id}/orders/{subject_id}",
    api="/api/v1/orders/{subject_id}",
    opens={
        OrderSigned: lambda event: Opening(
            subject_id=event.subject.id,
            store_id=event.store_id,
            role="consultant",
            staff_id=event.payload.consultant_id,
            customer_id=event.payload.customer_id,
            document=("order", event.subject.id),
            due_at=event.occurred_at + WITHIN,
            zh=f"收余款 {event.payload.total_fen} 分",
            en=f"{event.payload.total_fen} fen are open",
        )
    },
    moves={VehicleDelivered: lambda event: Move(event.subject.id, event.payload.consultant_id)},
    closes={PaymentConfirmed: lambda event: [event.subject.id]},
)
FETCH = Kind(
    code="FETCH",
    zh="通知取车",
    en="Fetch",
    done_by=return_vehicle,
    console="/console/{store_id}/repair-orders/{subject_id}",
    api="/api/v1/repair-orders/{subject_id}",
    within=FETCH_WITHIN,
    opens={
        RepairReady: lambda event: Opening(
            subject_id=event.subject.id,
            store_id=event.store_id,
            role="advisor",
            customer_id=event.payload.customer_id,
            document=("repair_order", event.subject.id),
            zh="车已修好",
            en="The car is ready",
        )
    },
    closes={VehicleReturned: lambda event: [event.subject.id]},
)
PLANTED = (CHASE, FETCH)


def signed(
    *,
    consultant: str | None = "li.na",
    order: UUID | None = None,
    customer: UUID | None = None,
    store_id: str = "HN",
    hours: float = 0,
) -> Received[Any]:
    """An order was signed so many hours after the afternoon began."""
    order = order or uuids.uuid7()
    told = made(OrderSigned, order_id=order, consultant_id=consultant, customer_id=customer or uuids.uuid7())
    return of_order(told, order, store_id=store_id, hours=hours)


def delivered(order: UUID | str, *, consultant: str, hours: float) -> Received[Any]:
    """Somebody handed the car over."""
    return of_order(made(VehicleDelivered, consultant_id=consultant), order, hours=hours)


def paid(order: UUID | str, *, hours: float) -> Received[Any]:
    """The money came."""
    return of_order(made(PaymentConfirmed), order, hours=hours)


def of_order(told: Any, order: UUID | str, *, store_id: str = "HN", hours: float) -> Received[Any]:
    return received(
        told, subject_id=order, store_id=store_id, occurred_at=AFTERNOON + timedelta(hours=hours), subject_version=2
    )


def ready(*, customer: UUID | None = None, store_id: str = "HN", hours: float = 0) -> Received[Any]:
    """A car can be fetched."""
    at = AFTERNOON + timedelta(hours=hours)
    told = made(RepairReady, customer_id=customer or uuids.uuid7())
    return received(told, store_id=store_id, occurred_at=at)


def works(
    who: str, *roles: str, stores: tuple[str, ...] = ("HN",), active: bool = True, version: int = 1
) -> Received[Any]:
    """Somebody joined, changed or left."""
    told = StaffChanged(staff_code=who, roles=list(roles), stores=list(stores), active=active)
    return received(told, subject_id=who, subject_version=version, store_id="-", occurred_at=AFTERNOON)


def hear(database: Database, *events: Received[Any]) -> None:
    """Each as the service's row for it does."""
    for event in events:
        handle = by_row(FollowupService.keep_staff) if isinstance(event.payload, StaffChanged) else usecases.keep
        deliver(database.transaction, handle, [event])


def by_row(row: Any) -> Callable[[Session, Sequence[Received[Any]]], None]:
    """All functions of a row of the service, in their order, none of which asks for the time."""
    return lambda session, some: row(None, session, some, None)


def may(operation: str, who: str, *roles: str, stores: tuple[str, ...] = ("HN",)) -> dict[str, Any]:
    """What a call of this person's gives: his scope and his roles."""
    actor = Actor(who, roles, stores)
    return {"scope": matrix().scope(f"followup.{operation}", actor), "roles": roles}


def today(
    database: Database, who: str, *roles: str, stores: tuple[str, ...] = ("HN",), hours: float = 0, **asked: Any
) -> operations.Tasks:
    """The list of this person, so many hours after the afternoon began."""
    given = may("tasks_today", who, *roles, stores=stores)
    now = AFTERNOON + timedelta(hours=hours)
    wanted = operations.TasksToday(**asked)
    return database.read(lambda connection: queries.tasks_today(connection, wanted, now=now, **given))


def take(database: Database, task_id: UUID, who: str, *roles: str, hours: float = 1) -> operations.Task:
    """He takes it."""
    given = may("take_task", who, *roles)
    now = AFTERNOON + timedelta(hours=hours)
    return database.run(lambda session: usecases.take_task(session, operations.TakeTask(task_id), now=now, **given))


def hand_over(
    database: Database,
    task_id: UUID,
    to: str | None,
    *,
    by: Scope | tuple[str, ...],
    reason: str = "请假",
    hours: float = 1,
    expected_version: int | None = None,
) -> operations.Task:
    """Somebody (his code, then his roles) hands it over."""
    given = may("hand_over_task", by[0], *by[1:]) if isinstance(by, tuple) else {"scope": by, "roles": ()}
    asked = operations.HandOverTask(task_id, reason, to, expected_version)
    now = AFTERNOON + timedelta(hours=hours)
    return database.run(lambda session: usecases.hand_over_task(session, asked, now=now, **given))


def standing(database: Database) -> list[dict[str, Any]]:
    """Every task as it stands, without what is made by chance, and how it changed hands."""
    return rows(
        database,
        """
        SELECT kind, subject_id, open, store_id, role, staff_id, customer_id, origin_customer_id, due_at, zh,
               (SELECT coalesce(array_agg(how || ' ' || coalesce(from_staff_id, '-') ORDER BY h.id), '{}')
                  FROM task_hand_over h WHERE h.task_id = task.id) AS handed
          FROM task ORDER BY kind, subject_id
        """,
    )


def the_task(database: Database) -> dict[str, Any]:
    """The only one."""
    (row,) = rows(database, "SELECT * FROM task")
    return row
