"""What the workshop shows of the money of repair orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, exists, func, or_, select

from contracts.access import Scope
from contracts.picked import shaped
from contracts.workshop import operations
from contracts.workshop import settlements as contract
from contracts.workshop.settlements import SettlementState
from services.workshop.certificates.models import RepairCertificate, newest_of
from services.workshop.parties.models import RepairParty
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.repair_orders.queries import get_repair_order
from services.workshop.settlements.models import RepairPayment, Settlement

_settlements = Settlement.__table__.c
_payments = RepairPayment.__table__.c
_orders = RepairOrder.__table__.c
_parties = RepairParty.__table__.c
_BALANCE = _settlements.amount_fen - _settlements.paid_fen
_SHOWN = (
    *(column for column in _settlements if column.name not in ("id", "lines")),
    _settlements.id.label("settlement_id"),
    _orders.id.label("ro_id"),
    _orders.number.label("ro_number"),
    _orders.customer_id,
    _BALANCE.label("balance_fen"),
)


def repair_money(connection: Connection, asked: operations.RepairOrderById, *, scope: Scope) -> contract.RepairMoney:
    """The money of an order of the caller's scope. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    standing_first = (_settlements.state == SettlementState.VOID, _settlements.made_at.desc(), _settlements.number)
    made = _with_orders(select(*_SHOWN)).where(_settlements.order_id == asked.ro_id).order_by(*standing_first)
    came = (
        select(*_payments, _payments.id.label("payment_id"), _payments.order_id.label("ro_id"))
        .where(_payments.order_id == asked.ro_id)
        .order_by(_payments.received_at, _payments.id)
    )
    return contract.RepairMoney(
        order.ro_id,
        order.store_id,
        order.version,
        [shaped(contract.Settlement, row) for row in connection.execute(made).mappings()],
        [shaped(contract.RepairPayment, row) for row in connection.execute(came).mappings()],
        connection.scalar(newest_of(order.ro_id).with_only_columns(RepairCertificate.number)),
    )


def list_repair_receivables(
    connection: Connection, asked: contract.ListRepairReceivables, *, scope: Scope
) -> contract.RepairReceivables:
    """What is owed to the workshops of the caller's scope, the oldest first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = [_settlements.state != SettlementState.VOID, _BALANCE != 0]
    if stores is not None:
        wanted.append(_settlements.store_id.in_(stores))
    if asked.payer is not None:
        wanted.append(_settlements.payer == asked.payer)
    if asked.customer_id is not None:
        his = exists().where(
            _parties.order_id == _orders.id,
            _parties.pay_type == _settlements.payer,
            _parties.customer_id == asked.customer_id,
        )
        wanted.append(or_(_orders.customer_id == asked.customer_id, his))
    page = (
        _with_orders(select(*_SHOWN))
        .where(*wanted)
        .order_by(_settlements.made_at, _settlements.number)
        .limit(asked.size)
        .offset((asked.page - 1) * asked.size)
    )
    sums = (
        _with_orders(
            select(
                _settlements.store_id,
                _settlements.payer,
                func.count().label("settlements"),
                func.sum(_BALANCE).label("balance_fen"),
            )
        )
        .where(*wanted)
        .group_by(_settlements.store_id, _settlements.payer)
        .order_by(_settlements.store_id, _settlements.payer)
    )
    by_payer = [
        shaped(contract.OwedByPayer, {**row, "balance_fen": int(row["balance_fen"])})
        for row in connection.execute(sums).mappings()
    ]
    items = [shaped(contract.Settlement, row) for row in connection.execute(page).mappings()]
    total = sum(one.settlements for one in by_payer)
    return contract.RepairReceivables(items, asked.page, asked.size, total, by_payer)


def _with_orders(wanted: Select[Any]) -> Select[Any]:
    return wanted.join(RepairOrder.__table__, _orders.id == _settlements.order_id)
