"""The sales service: everything it can be asked, and everything it hears."""

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
from contracts.sales import operations
from contracts.sales.events import OrdersRekeyed
from services.sales import queries, usecases
from services.sales.models import ORDERS
from services.sales.queries import shown


class SalesService:
    """Orders, payments and stock."""

    name = "sales"

    @command(operations.receive_stock)
    def receive_stock(self, session: Session, request: operations.ReceiveStock, call: Call) -> operations.StockVehicle:
        vehicle = usecases.receive_stock(
            session, vin=request.vin, model=request.model, store_id=request.store_id, scope=call.scope, now=call.now
        )
        return operations.StockVehicle(vehicle.vehicle_id, vehicle.vin, vehicle.model, vehicle.store_id, "available")

    @command(operations.create_order)
    def create_order(self, session: Session, request: operations.CreateOrder, call: Call) -> operations.Order:
        order = usecases.create_order(
            session,
            customer_id=request.customer_id,
            store_id=request.store_id,
            model=request.model,
            total_fen=request.total_fen,
            scope=call.scope,
            now=call.now,
        )
        return shown(order)

    @command(operations.sign_order)
    def sign_order(self, session: Session, request: operations.SignOrder, call: Call) -> operations.Order:
        order = usecases.sign_order(
            session,
            order_id=request.order_id,
            contract_no=request.contract_no,
            signer=request.signer,
            promised_date=request.promised_date,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order)

    @command(operations.pay_order)
    def pay_order(self, session: Session, request: operations.PayOrder, call: Call) -> operations.Balance:
        order = usecases.pay_order(
            session,
            order_id=request.order_id,
            kind=request.kind,
            amount_fen=request.amount_fen,
            external_ref=request.external_ref,
            scope=call.scope,
            now=call.now,
        )
        return operations.Balance(order.id, order.total_fen, order.paid_fen, order.total_fen - order.paid_fen)

    @command(operations.allocate_vehicle)
    def allocate_vehicle(self, session: Session, request: operations.AllocateVehicle, call: Call) -> operations.Order:
        order = usecases.allocate_vehicle(
            session,
            order_id=request.order_id,
            vin=request.vin,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order)

    @command(operations.deliver_order)
    def deliver_order(self, session: Session, request: operations.DeliverOrder, call: Call) -> operations.Order:
        order = usecases.deliver_order(
            session,
            order_id=request.order_id,
            km=request.km,
            expected_version=request.expected_version,
            scope=call.scope,
            now=call.now,
        )
        return shown(order)

    @query(operations.get_order)
    def get_order(self, connection: Connection, request: operations.OrderById, call: Call) -> operations.Order:
        return queries.get_order(connection, order_id=request.order_id, scope=call.scope)

    @query(operations.list_orders)
    def list_orders(self, connection: Connection, request: operations.ListOrders, call: Call) -> operations.Orders:
        return queries.list_orders(connection, request, scope=call.scope)

    @subscribe(CustomerMerged)
    @subscribe(CustomerUnmerged)
    @subscribe(CustomerSplit)
    def rekey(self, session: Session, event: Received[Any]) -> None:
        rekeying.follow(session, event, [ORDERS], acknowledge=OrdersRekeyed)

    @subscribe(CustomerErased)
    def forget(self, session: Session, event: Received[CustomerErased]) -> None:
        erasing.forget(session, event, ORDERS, empties=("signer",))

    @scheduled("old_commands", every=3600)
    def forget_old_commands(self, session: Session, now: datetime) -> int:
        return idempotency.forget_old(session, now=now)
