"""What stands on an order's sheet: of one version, with the moment that version came to be (R42)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import text

from chassis.store import migrations
from chassis.store.database import Database
from contracts.sales.operations import OrderStatus, PaymentKind
from contracts.sales.sheets import PaymentTold
from services.sales.orders.errors import OrderNotFound
from tests.integration.sales.people import DEPOSIT, NOW, PRICE, PROMISE, Showroom
from tests.support.databases import Databases
from tests.support.randoms import code

LATER = NOW + timedelta(days=1)

_ORDER = text(
    """
    INSERT INTO sales_order (id, number, store_id, customer_id, consultant_id, model, status, total_fen, paid_fen,
                             created_at, version)
    VALUES (:id, :number, 'HN', :id, 'C1', 'GL8', :status, 100, 100, :now, 4)
    """
)
_ALLOCATED = text(
    """
    INSERT INTO outbox (event_id, event_type, version, store_id, subject_type, subject_id, subject_version,
                        occurred_at, recorded_at, envelope)
    VALUES (gen_random_uuid(), 'vehicle_allocated', 1, 'HN', 'order', :id, 4, :at, :at, '{}')
    """
)


def test_a_new_order_has_a_sheet_to_be_signed(showroom: Showroom) -> None:
    sheet = showroom.sheet(showroom.write())
    assert (sheet.status, sheet.version, sheet.changed_at) == (OrderStatus.APPROVED, 1, NOW)
    assert (sheet.contract_no, sheet.signer, sheet.signed_at, sheet.vin, sheet.payments) == (None,) * 4 + ([],)
    assert (sheet.total_fen, sheet.paid_fen, sheet.balance_fen) == (PRICE, 0, PRICE)


def test_every_step_stands_on_it_with_its_moment(showroom: Showroom) -> None:
    order_id, arrived = showroom.signed(paid_fen=DEPOSIT), showroom.receive()
    showroom.do("allocate_vehicle", "consultant", order_id=order_id, vin=arrived, now=LATER)
    sheet = showroom.sheet(order_id)
    assert (sheet.contract_no, sheet.signer, sheet.signed_at, sheet.promised_date) == ("HT-1", "张伟", NOW, PROMISE)
    assert sheet.payments == [PaymentTold(PaymentKind.BALANCE, DEPOSIT, NOW)]
    assert (sheet.vin, sheet.allocated_at, sheet.balance_fen) == (arrived, LATER, PRICE - DEPOSIT)
    assert (sheet.version, sheet.changed_at) == (showroom.shown(order_id).version, LATER)


def test_a_payment_makes_another_version_of_it(showroom: Showroom) -> None:
    order_id = showroom.signed()
    paid = {"order_id": order_id, "amount_fen": DEPOSIT, "kind": PaymentKind.DEPOSIT}
    before = showroom.sheet(order_id)
    showroom.do("pay_order", "finance", **paid, external_ref=code("P"), now=LATER)
    assert (showroom.sheet(order_id).version, showroom.sheet(order_id).changed_at) == (before.version + 1, LATER)


def test_whoever_may_not_see_the_order_finds_no_sheet(showroom: Showroom, elsewhere: Callable[[], Showroom]) -> None:
    order_id = showroom.write()
    for asking, role in ((showroom.served_by("C2"), "consultant"), (elsewhere(), "sales_manager")):
        with pytest.raises(OrderNotFound):
            asking.sheet(order_id, role=role)
    with pytest.raises(OrderNotFound):
        showroom.sheet(uuid4())
    assert showroom.sheet(order_id, role="finance").order_id == order_id


@pytest.fixture
def before(postgres_url: str) -> Iterator[Databases]:
    """A database of its own, as it was before the moment was kept."""
    made = Databases(postgres_url)
    migrations.prepare("sales", made.environment("sales"))
    made._created.append(made.name("sales"))
    command.upgrade(migrations._config("sales", made.url("sales", "owner")), "0005")
    made._open["sales"] = Database(made.url("sales"))
    yield made
    made.close()


def test_orders_of_before_know_from_the_event_when_their_car_was_set_aside(before: Databases) -> None:
    def order(status: OrderStatus, **more: Any) -> UUID:
        told = {"id": uuid4(), "status": status.value, "now": NOW}
        with before("sales").transaction() as session:
            session.execute(_ORDER, told | {"number": str(told["id"])})
            if more:
                session.execute(_ALLOCATED, {"id": str(told["id"]), **more})
        return told["id"]  # type: ignore[return-value]

    waiting, allocated = order(OrderStatus.SIGNED), order(OrderStatus.ALLOCATED, at=LATER)

    assert migrations.migrate("sales", before.environment("sales"))

    showroom = Showroom(before("sales"), "HN")
    assert [showroom.sheet(one).allocated_at for one in (waiting, allocated)] == [None, LATER]
