"""The workshop service: everything it can be asked, and everything it hears."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis import erasing, idempotency, rekeying
from chassis.context import Call
from chassis.entrypoints import command, query, scheduled, subscribe
from contracts.customer.events import CustomerErased, CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.envelope import Received
from contracts.workshop import operations
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop import queries, usecases
from services.workshop.models import REPAIR_ORDERS
from services.workshop.queries import shown


class WorkshopService:
    """Repair orders and the board."""

    name = "workshop"

    @command(operations.open_repair_order)
    def open_repair_order(
        self, session: Session, request: operations.OpenRepairOrder, call: Call
    ) -> operations.RepairOrder:
        order = usecases.open_repair_order(
            session,
            vehicle_id=request.vehicle_id,
            customer_id=request.customer_id,
            store_id=request.store_id,
            km=request.km,
            complaint=request.complaint,
            work=request.lines,
            scope=call.scope,
            now=call.now,
        )
        return shown(order, order.lines)

    @command(operations.correct_km)
    def correct_km(self, session: Session, request: operations.CorrectKm, call: Call) -> operations.RepairOrder:
        order = usecases.correct_km(
            session,
            ro_id=request.ro_id,
            km=request.km,
            reason=request.reason,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order, order.lines)

    @command(operations.authorize_repair)
    def authorize_repair(
        self, session: Session, request: operations.AuthorizeRepair, call: Call
    ) -> operations.RepairOrder:
        order = usecases.authorize_repair(
            session,
            ro_id=request.ro_id,
            promised_at=request.promised_at,
            consent_by=request.consent_by,
            consent_channel=request.consent_channel,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order, order.lines)

    @command(operations.dispatch_repair)
    def dispatch_repair(
        self, session: Session, request: operations.DispatchRepair, call: Call
    ) -> operations.RepairOrder:
        order = usecases.dispatch_repair(
            session,
            ro_id=request.ro_id,
            technician_id=request.technician_id,
            bay=request.bay,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order, order.lines)

    @command(operations.start_repair)
    def start_repair(self, session: Session, request: operations.MoveRepair, call: Call) -> operations.RepairOrder:
        order = usecases.start_repair(
            session, ro_id=request.ro_id, expected_version=request.expected_version, scope=call.scope, now=call.now
        )
        return shown(order, order.lines)

    @command(operations.finish_repair)
    def finish_repair(self, session: Session, request: operations.MoveRepair, call: Call) -> operations.RepairOrder:
        order = usecases.finish_repair(
            session, ro_id=request.ro_id, expected_version=request.expected_version, scope=call.scope, now=call.now
        )
        return shown(order, order.lines)

    @command(operations.inspect_repair)
    def inspect_repair(self, session: Session, request: operations.InspectRepair, call: Call) -> operations.RepairOrder:
        order = usecases.inspect_repair(
            session,
            ro_id=request.ro_id,
            verdict=request.verdict,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order, order.lines)

    @command(operations.settle_repair)
    def settle_repair(self, session: Session, request: operations.MoveRepair, call: Call) -> operations.RepairOrder:
        order = usecases.settle_repair(
            session, ro_id=request.ro_id, expected_version=request.expected_version, scope=call.scope, now=call.now
        )
        return shown(order, order.lines)

    @command(operations.return_vehicle)
    def return_vehicle(self, session: Session, request: operations.MoveRepair, call: Call) -> operations.RepairOrder:
        order = usecases.return_vehicle(
            session, ro_id=request.ro_id, expected_version=request.expected_version, scope=call.scope, now=call.now
        )
        return shown(order, order.lines)

    @query(operations.get_repair_order)
    def get_repair_order(
        self, connection: Connection, request: operations.RepairOrderById, call: Call
    ) -> operations.RepairOrder:
        return queries.get_repair_order(connection, ro_id=request.ro_id, scope=call.scope)

    @query(operations.list_repair_orders)
    def list_repair_orders(
        self, connection: Connection, request: operations.ListRepairOrders, call: Call
    ) -> operations.RepairOrders:
        return queries.list_repair_orders(connection, request, scope=call.scope)

    @subscribe(CustomerMerged)
    @subscribe(CustomerUnmerged)
    @subscribe(CustomerSplit)
    def rekey(self, session: Session, event: Received[Any]) -> None:
        rekeying.follow(session, event, [REPAIR_ORDERS], acknowledge=RepairOrdersRekeyed)

    @subscribe(CustomerErased)
    def forget(self, session: Session, event: Received[CustomerErased]) -> None:
        erasing.forget(session, event, REPAIR_ORDERS, empties=("complaint", "consent_by", "km_reason"))

    @scheduled("old_commands", every=3600)
    def forget_old_commands(self, session: Session, now: datetime) -> int:
        return idempotency.forget_old(session, now=now)
