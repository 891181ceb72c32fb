"""The customer service: everything it can be asked, and everything it hears."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis.clock import LOCAL
from chassis.context import Call
from chassis.entrypoints import command, query, subscribe
from contracts.customer import operations
from contracts.envelope import Received
from contracts.followup.events import VisitCompleted, VisitPlanned
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer import timeline
from services.customer.queries import look_up, view
from services.customer.usecases import editing, registering

TOGETHER = 100
"""Events the timeline may take into one transaction."""


class CustomerService:
    """Customers, vehicles and the customer view."""

    name = "customer"

    @command(operations.register_customer)
    def register_customer(
        self, session: Session, request: operations.RegisterCustomer, call: Call
    ) -> operations.Registered:
        return registering.register_customer(session, request, scope=call.scope, now=call.now)

    @command(operations.update_customer)
    def update_customer(self, session: Session, request: operations.UpdateCustomer, call: Call) -> operations.Updated:
        return editing.update_customer(session, request, scope=call.scope, now=call.now)

    @query(operations.look_up)
    def look_up(self, connection: Connection, request: operations.LookUp, call: Call) -> dict[str, Any]:
        return look_up.look_up(
            connection, typed=request.q, limit=request.limit, today=call.now.astimezone(LOCAL).date()
        )

    @query(operations.customer_view)
    def customer_view(self, connection: Connection, request: operations.ViewAsked, call: Call) -> dict[str, Any]:
        return view.customer_view(connection, customer_id=request.customer_id, types=request.types)

    @query(operations.history)
    def history(self, connection: Connection, request: operations.HistoryAsked, call: Call) -> dict[str, Any]:
        return view.history(connection, customer_id=request.customer_id, field=request.field, limit=request.limit)

    @query(operations.reveal_contact)
    def reveal_contact(
        self, connection: Connection, request: operations.RevealContact, call: Call
    ) -> operations.Contact:
        return view.reveal_contact(connection, customer_id=request.customer_id)

    @query(operations.names_of)
    def names_of(self, connection: Connection, request: operations.ByIds, call: Call) -> operations.NamesOf:
        return view.names_of(connection, customer_ids=request.customer_ids)

    @subscribe(VehicleDelivered, batch=TOGETHER)
    def hand_over(self, session: Session, events: list[Received[VehicleDelivered]]) -> None:
        timeline.hand_over(session, events)

    @subscribe(OrderSigned, batch=TOGETHER)
    @subscribe(RepairOrderOpened, batch=TOGETHER)
    @subscribe(VehicleReturned, batch=TOGETHER)
    @subscribe(VisitPlanned, batch=TOGETHER)
    @subscribe(VisitCompleted, batch=TOGETHER)
    def tell(self, session: Session, events: list[Received[Any]]) -> None:
        timeline.tell(session, events)
