"""The monolith: one Flask application, one database session per request."""

import os
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, jsonify, request
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from tests.bench.monolith.access import allow, require_store, shown_mobile
from tests.bench.monolith.errors import Refused
from tests.bench.monolith.models import Customer, Party, RepairOrder, TimelineRow, Vehicle
from tests.bench.monolith.validation import (
    new_customer,
    new_repair_order,
    normal_mobile,
    normal_plate,
)

HISTORY_ROWS = 20


def engine_for(database_url: str, *, pool_size: int) -> Engine:
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    return create_engine(url, pool_size=pool_size)


def create_app() -> Flask:
    """The application; `MONOLITH_DATABASE_URL` and `MONOLITH_THREADS` come from the environment."""
    app = Flask(__name__)
    engine = engine_for(os.environ["MONOLITH_DATABASE_URL"], pool_size=int(os.environ["MONOLITH_THREADS"]))

    @app.before_request
    def open_session() -> None:
        g.session = Session(engine)

    @app.teardown_request
    def close_session(_error: BaseException | None) -> None:
        g.session.close()

    @app.errorhandler(Refused)
    def refuse(error: Refused) -> Any:
        return jsonify(code=error.code, detail=error.detail, **error.facts), error.status

    app.get("/healthz")(lambda: jsonify(status="ok"))
    app.get("/customers/lookup")(look_up)
    app.post("/customers")(create_customer)
    app.get("/customers/<uuid:customer_id>/history")(read_history)
    app.post("/repair-orders")(open_repair_order)
    app.post("/repair-orders/<uuid:repair_order_id>/close")(close_repair_order)
    return app


@allow("customer.read")
def look_up() -> Any:
    """`GET /customers/lookup?mobile=` or `?plate=`: the customers this is, with their vehicles."""
    wanted = select(Customer).options(
        joinedload(Customer.parties).joinedload(Party.vehicle).joinedload(Vehicle.consultant)
    )
    if "mobile" in request.args:
        wanted = wanted.where(Customer.mobile == normal_mobile(request.args["mobile"]))
    elif "plate" in request.args:
        wanted = (
            wanted.join(Customer.parties)
            .join(Party.vehicle)
            .where(Vehicle.plate == normal_plate(request.args["plate"]))
        )
    else:
        raise Refused(422, "INVALID", "look up by mobile or by plate")
    return jsonify(items=[customer_shown(customer) for customer in g.session.scalars(wanted).unique()])


def customer_shown(customer: Customer) -> dict[str, Any]:
    vehicles = [party.vehicle for party in customer.parties]
    sales = [(vehicle.sold_at, vehicle) for vehicle in vehicles if vehicle.sold_at]
    sold_at, sold = max(sales, key=lambda sale: sale[0], default=(None, None))
    return {
        "customer_id": str(customer.id),
        "name": customer.name,
        "mobile": shown_mobile(customer.mobile, staff=g.staff),
        "kind": customer.kind,
        "vehicles": [
            {
                "vehicle_id": str(vehicle.id),
                "plate": vehicle.plate,
                "vin": vehicle.vin,
                "model": vehicle.model,
            }
            for vehicle in vehicles
        ],
        "sold_by_us": sold is not None,
        "sold_at": shown_moment(sold_at),
        "store": sold and sold.sold_store,
        "consultant": sold and sold.consultant and sold.consultant.name,
        "last_service_at": shown_moment(customer.last_service_at),
    }


def shown_moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@allow("customer.create")
def create_customer() -> Any:
    """`POST /customers`: a customer, his vehicle and that he owns it, in one transaction."""
    given = new_customer(request.get_json(silent=True))
    session, now = g.session, datetime.now(UTC)
    known = session.scalars(select(Customer).where(Customer.mobile == given["mobile"])).first()
    if known is not None:
        raise Refused(409, "MOBILE_KNOWN", "this mobile is known", customer_id=str(known.id))
    customer = Customer(kind=given["kind"], name=given["name"], mobile=given["mobile"], created_at=now)
    vehicle = Vehicle(vin=given["vin"], plate=given["plate"], model=given["model"])
    session.add(Party(customer=customer, vehicle=vehicle, role="owner", since=now))
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(409, "KNOWN", "this mobile or VIN is known") from error
    answer = jsonify(customer_id=str(customer.id), vehicle_id=str(vehicle.id))
    session.commit()
    return answer, 201


@allow("repair_order.write")
def open_repair_order() -> Any:
    """`POST /repair-orders`: a car comes in."""
    given = new_repair_order(request.get_json(silent=True))
    require_store(g.staff, store=given["store"])
    session = g.session
    customer = session.get(Customer, uuid.UUID(given["customer_id"]))
    vehicle = session.get(Vehicle, uuid.UUID(given["vehicle_id"]))
    if customer is None or vehicle is None:
        raise Refused(404, "NOT_FOUND", "no such customer or vehicle")
    order = RepairOrder(
        store=given["store"],
        customer=customer,
        vehicle=vehicle,
        advisor_id=g.staff.id,
        status="opened",
        request=given["request"],
        odometer_km=given["odometer_km"],
        opened_at=datetime.now(UTC),
    )
    session.add(order)
    session.flush()
    answer = jsonify(repair_order_id=str(order.id), status=order.status)
    session.commit()
    return answer, 201


@allow("repair_order.write")
def close_repair_order(repair_order_id: uuid.UUID) -> Any:
    """`POST /repair-orders/<id>/close`: the order is done and the customer's history says so."""
    session, now = g.session, datetime.now(UTC)
    order = session.scalars(
        select(RepairOrder)
        .options(joinedload(RepairOrder.customer), joinedload(RepairOrder.vehicle))
        .where(RepairOrder.id == repair_order_id)
        .with_for_update(of=RepairOrder)
    ).one_or_none()
    if order is None:
        raise Refused(404, "NOT_FOUND", "no such repair order")
    require_store(g.staff, store=order.store)
    if order.status != "opened":
        raise Refused(409, "NOT_OPEN", f"the repair order is {order.status}")
    body = request.get_json(silent=True) or {}
    order.status, order.closed_at = "closed", now
    order.amount_fen = int(body.get("amount_fen", 0))
    order.customer.last_service_at = now
    session.add(
        TimelineRow(
            customer_id=order.customer_id,
            occurred_at=now,
            kind="repair_order_closed",
            store=order.store,
            source_id=order.id,
            summary={
                "plate": order.vehicle.plate,
                "request": order.request,
                "odometer_km": order.odometer_km,
                "amount_fen": order.amount_fen,
            },
        )
    )
    session.flush()
    answer = jsonify(repair_order_id=str(order.id), status=order.status)
    session.commit()
    return answer


@allow("customer.read")
def read_history(customer_id: uuid.UUID) -> Any:
    """`GET /customers/<id>/history`: profile, vehicles and the newest timeline rows."""
    session = g.session
    customer = (
        session.scalars(
            select(Customer)
            .options(joinedload(Customer.parties).joinedload(Party.vehicle).joinedload(Vehicle.consultant))
            .where(Customer.id == customer_id)
        )
        .unique()
        .one_or_none()
    )
    if customer is None:
        raise Refused(404, "NOT_FOUND", "no such customer")
    newest = session.scalars(
        select(TimelineRow)
        .where(TimelineRow.customer_id == customer_id)
        .order_by(TimelineRow.occurred_at.desc())
        .limit(HISTORY_ROWS)
    )
    timeline = [
        {
            "occurred_at": row.occurred_at.isoformat(),
            "kind": row.kind,
            "store": row.store,
            "source_id": str(row.source_id),
            "summary": row.summary,
        }
        for row in newest
    ]
    return jsonify(**customer_shown(customer), timeline=timeline)
