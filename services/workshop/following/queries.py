"""What a customer sees of his repair by his link, and which links there are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, select

from chassis.customers import links
from chassis.process.clock import LOCAL
from contracts.access import Scope
from contracts.links import Links
from contracts.picked import shaped
from contracts.workshop import following as contract
from contracts.workshop import operations
from contracts.workshop.following import RepairStep, RepairStepTold, WorkAsked
from contracts.workshop.operations import Stage
from services.workshop.following.models import REPAIR_PROGRESS
from services.workshop.following.rules import BY_LINK, asked_of
from services.workshop.repair_orders.models import Consent, JobLine, RepairOrder, StageEntry
from services.workshop.repair_orders.queries import get_repair_order
from services.workshop.repair_orders.rules import work
from services.workshop.repair_orders.usecases.outlook import outlook

_orders = RepairOrder.__table__.c
_lines = JobLine.__table__.c
_said = Consent.__table__.c
_entries = StageEntry.__table__.c


def repair_links(connection: Connection, asked: operations.RepairOrderById, *, scope: Scope, now: datetime) -> Links:
    """The links that show a repair order of the caller's scope to its customer. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    return links.open_links(connection, REPAIR_PROGRESS, document_id=order.ro_id, now=now)


def repair_followed(
    connection: Connection, asked: contract.RepairFollowedAsked, *, now: datetime
) -> contract.RepairFollowed:
    """How far the repair is that a customer's link opens, and what he is asked. Raises LinkNotFound."""
    return followed(connection, links.find(connection, REPAIR_PROGRESS, token=asked.token, now=now), now=now)


def followed(connection: Connection, found: links.Found, *, now: datetime) -> contract.RepairFollowed:
    """What a link that was found shows."""
    ro_id = UUID(found.document_id)
    order = connection.execute(select(RepairOrder.__table__).where(_orders.id == ro_id)).mappings().one()
    lines = connection.execute(select(JobLine.__table__).where(_lines.order_id == ro_id).order_by(_lines.position))
    kept = lines.all()
    by_link = select(_said.said).where(_said.order_id == ro_id, _said.channel == BY_LINK)
    asks = asked_of(kept, stage=order["stage"])
    return shaped(
        contract.RepairFollowed,
        order,
        steps=_steps(connection, order),
        expected_at=_expected_at(connection, order, now=now),
        asks=[WorkAsked(*one) for one in asks],
        pays_fen=work.customer_fen(kept) if asks else None,
        answered=connection.scalar(by_link.order_by(_said.version.desc()).limit(1)),
        price_open=work.discounted_beyond(kept) > 0,
        link_ends_on=found.ends_at.astimezone(LOCAL).date(),
    )


def _steps(connection: Connection, order: RowMapping) -> list[RepairStepTold]:
    begun = select(func.min(_entries.at)).where(_entries.order_id == order["id"], _entries.stage == Stage.IN_PROGRESS)
    moments = {
        RepairStep.TAKEN_IN: order["opened_at"],
        RepairStep.AGREED: order["authorized_at"],
        RepairStep.IN_WORK: connection.scalar(begun),
        RepairStep.READY: order["ready_at"],
        RepairStep.RETURNED: order["returned_at"],
    }
    return [RepairStepTold(step, moment) for step, moment in moments.items()]


def _expected_at(connection: Connection, order: RowMapping, *, now: datetime) -> datetime | None:
    """When it will be ready, as far as can be foreseen; of what is ready or over nothing is expected any more."""
    if order["ready_at"] is not None or order["cancelled_at"] is not None:
        return None
    here = outlook(connection, [order["store_id"]], now=now)
    return next((one.predicted.eta for one in here if one.ro_id == order["id"]), None)
