"""What stands on the sheets of a repair, of one moment: of the same version always the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from chassis.store import policies, tables
from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.workshop import operations
from contracts.workshop import papers as contract
from contracts.workshop.policies import REPAIR_VAT
from services.workshop.certificates.errors import NotCertified
from services.workshop.certificates.models import RepairCertificate
from services.workshop.certificates.shown import certificate_shown
from services.workshop.papers.errors import SettlementNotFound
from services.workshop.repair_orders.errors import RepairOrderNotFound
from services.workshop.repair_orders.models import Consent, JobLine, RepairOrder
from services.workshop.repair_orders.queries import get_repair_order, parties_of
from services.workshop.repair_orders.rules import work
from services.workshop.settlements import rules
from services.workshop.settlements.models import Settlement
from services.workshop.settlements.rules import SettledLine

_orders = RepairOrder.__table__.c
_lines = JobLine.__table__.c
_said = Consent.__table__.c
_settlements = Settlement.__table__.c
_certificates = RepairCertificate.__table__.c
_log = tables.outbox.c


def repair_sheet(connection: Connection, asked: contract.RepairSheetAsked, *, scope: Scope) -> contract.RepairSheet:
    """A repair order of the caller's scope, and its estimate. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, operations.RepairOrderById(asked.ro_id), scope=scope)
    said = select(*_said, _said.at.label("said_at")).where(_said.order_id == asked.ro_id).order_by(_said.version)
    changed_at = _changed_at(connection, order)
    percent = policies.resolve(connection, REPAIR_VAT, store_id=order.store_id, at=changed_at).percent
    return picked(
        contract.RepairSheet,
        order,
        lines=[picked(contract.LineTold, line) for line in order.lines],
        payers=_payers(order, percent=percent),
        consents=[shaped(contract.ConsentTold, row) for row in connection.execute(said).mappings()],
        unanswered=work.unanswered(order.lines),
        parties=parties_of(connection, order.ro_id, store_id=order.store_id, version=order.version).items,
        changed_at=changed_at,
    )


def _payers(order: operations.RepairOrder, *, percent: int) -> list[contract.PayerTold]:
    """What each payer would owe, by the one way in which settlements reckon it."""
    found = []
    for payer in rules.payers(order.lines, paid=()):
        his = rules.settled_lines(order.lines, payer=payer, percent=percent)
        sums = (sum(line.amount_fen for line in his), sum(line.vat_fen for line in his))
        found.append(contract.PayerTold(payer, *sums))
    return found


def _changed_at(connection: Connection, order: operations.RepairOrder) -> datetime:
    """When this version came to be, as the event log says; of an order whose events are archived, its stage."""
    of_order = (_log.subject_type == "repair_order", _log.subject_id == str(order.ro_id))
    told = select(_log.occurred_at).where(*of_order, _log.subject_version == order.version)
    return connection.scalar(told.limit(1)) or order.stage_since


def settlement_sheet(
    connection: Connection, asked: contract.SettlementSheetAsked, *, scope: Scope
) -> contract.SettlementSheet:
    """A settlement of the caller's scope, as it was made. Raises SettlementNotFound."""
    wanted = (
        select(
            *_settlements,
            _settlements.id.label("settlement_id"),
            (_settlements.amount_fen - _settlements.paid_fen).label("balance_fen"),
            _orders.id.label("ro_id"),
            _orders.number.label("ro_number"),
            *(_orders[name] for name in ("customer_id", "vehicle_id", "advisor_id", "opened_at", "ready_at")),
            *(_certificates[name] for name in ("km_out", "category", "guarantee_km", "guarantee_days")),
        )
        .join(RepairOrder.__table__, _orders.id == _settlements.order_id)
        .outerjoin(RepairCertificate.__table__, _certificates.number == _settlements.certificate)
        .where(_settlements.id == asked.settlement_id)
    )
    row = connection.execute(wanted).mappings().one_or_none()
    if row is None or not scope.admits(store_id=row["store_id"], owner_id=row["advisor_id"]):
        raise SettlementNotFound
    named = parties_of(connection, row["ro_id"], store_id=row["store_id"], version=row["version"]).items
    concerned = [one for one in named if one.pay_type in (None, row["payer"])]
    return shaped(contract.SettlementSheet, row, lines=_told(row["lines"]), parties=concerned)


def _told(lines: Sequence[SettledLine]) -> list[contract.SettledTold]:
    return [picked(contract.SettledTold, line) for line in lines]


def repair_certificate(
    connection: Connection, asked: contract.RepairSheetAsked, *, scope: Scope
) -> contract.RepairCertificate:
    """The newest certificate of an order of the caller's scope. Raises RepairOrderNotFound, NotCertified."""
    order = connection.execute(select(RepairOrder.__table__).where(_orders.id == asked.ro_id)).one_or_none()
    if order is None or not scope.admits(store_id=order.store_id, owner_id=order.advisor_id):
        raise RepairOrderNotFound
    newest = (_certificates.issued_at.desc(), _certificates.number.desc())
    of_order = select(RepairCertificate.__table__).where(_certificates.order_id == asked.ro_id).order_by(*newest)
    certificate = connection.execute(of_order.limit(1)).one_or_none()
    if certificate is None:
        raise NotCertified
    done = select(JobLine.__table__).where(_lines.order_id == asked.ro_id).order_by(_lines.position)
    return certificate_shown(certificate, order, connection.execute(done).all())
