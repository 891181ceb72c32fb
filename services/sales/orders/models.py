"""What sales keeps of orders and of their payments."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.customers import links, rekeying
from chassis.organisation import stores
from chassis.store import numbers
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.sales.operations import CreateOrder, OrderStatus, PaymentKind, PayOrder, SignOrder
from services.sales.declared import Base
from services.sales.orders.errors import (
    BalanceOpen,
    DepositMissing,
    ModelDiffers,
    OrderState,
    Overpayment,
)
from services.sales.stock.models import StockVehicle

NEXT = {
    OrderStatus.APPROVED: OrderStatus.SIGNED,
    OrderStatus.SIGNED: OrderStatus.ALLOCATED,
    OrderStatus.ALLOCATED: OrderStatus.DELIVERED,
}
"""The allowed transitions (C4)."""


class Order(Base):
    """A customer's order for a car. The first promise is kept beside the current one (R48).

    `origin_customer_id` is whose it was written for, while his record lives on in another (E8).
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        Index("sales_order_by_store", "store_id", "created_at"),
        Index("sales_order_by_promise", "store_id", "promised_date", "id"),
        Index("sales_order_by_customer", "customer_id"),
        Index("sales_order_by_origin", "origin_customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[str]
    customer_id: Mapped[UUID]
    consultant_id: Mapped[str]
    model: Mapped[str]
    status: Mapped[OrderStatus]
    total_fen: Mapped[int]
    paid_fen: Mapped[int]
    created_at: Mapped[datetime]
    version: Mapped[int]
    contract_no: Mapped[str | None]
    signer: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    promised_date: Mapped[date | None]
    first_promise: Mapped[date | None]
    vin: Mapped[str | None] = mapped_column(unique=True)
    vehicle_id: Mapped[UUID | None]
    allocated_at: Mapped[datetime | None]
    km: Mapped[int | None]
    delivered_at: Mapped[datetime | None]
    origin_customer_id: Mapped[UUID | None]
    payments: Mapped[list[Payment]] = relationship(back_populates="order")

    @classmethod
    def write(cls, asked: CreateOrder, *, number: str, consultant_id: str, now: datetime) -> Order:
        """A new order at an agreed price."""
        return cls(
            **attributes(asked),
            id=uuids.uuid7(),
            number=number,
            consultant_id=consultant_id,
            status=OrderStatus.APPROVED,
            paid_fen=0,
            created_at=now,
            version=1,
        )

    @property
    def written_for(self) -> UUID:
        """Whom the order was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    @property
    def balance_fen(self) -> int:
        """What is still owed."""
        return self.total_fen - self.paid_fen

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older order."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def _require_next(self, to: OrderStatus) -> None:
        if NEXT.get(self.status) is not to:
            raise OrderState(status=self.status, wanted=to)

    def _move(self, to: OrderStatus) -> None:
        self._require_next(to)
        self.status = to
        self.version += 1

    def sign(self, asked: SignOrder, *, now: datetime) -> None:
        """The contract is signed and a delivery date promised."""
        self._move(OrderStatus.SIGNED)
        self.contract_no, self.signer, self.signed_at = asked.contract_no, asked.signer, now
        self.promised_date = self.first_promise = asked.promised_date

    def pay(self, *, amount_fen: int) -> None:
        """Money came in. Never more than the price (C4)."""
        if self.status not in (OrderStatus.SIGNED, OrderStatus.ALLOCATED):
            raise OrderState(status=self.status, wanted="paid")
        if amount_fen > self.balance_fen:
            raise Overpayment(balance=f"{self.balance_fen / 100:,.2f}", balance_fen=self.balance_fen)
        self.paid_fen += amount_fen
        self.version += 1

    def allocate(self, vehicle: StockVehicle, *, now: datetime) -> None:
        """Set a stock vehicle aside for this order, and the order for it."""
        self._require_next(OrderStatus.ALLOCATED)
        if self.paid_fen == 0:
            raise DepositMissing
        if vehicle.model != self.model:
            raise ModelDiffers(ordered=self.model, vehicle=vehicle.model)
        vehicle.take(self.id)
        self._move(OrderStatus.ALLOCATED)
        self.vin, self.vehicle_id, self.allocated_at = vehicle.vin, vehicle.vehicle_id, now

    def deliver(self, *, km: int, now: datetime) -> None:
        """The customer drives away, everything paid."""
        self._require_next(OrderStatus.DELIVERED)
        if self.balance_fen > 0:
            raise BalanceOpen(balance_fen=self.balance_fen)
        self._move(OrderStatus.DELIVERED)
        self.km, self.delivered_at = km, now


class Payment(Base):
    """Money received for an order; its external reference is unique (C19)."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("external_ref", name="payment_reference_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"), index=True)
    kind: Mapped[PaymentKind]
    amount_fen: Mapped[int]
    external_ref: Mapped[str]
    confirmed_at: Mapped[datetime]
    order: Mapped[Order] = relationship(back_populates="payments")

    @classmethod
    def confirm(cls, asked: PayOrder, *, now: datetime) -> Payment:
        """A payment that the bank has confirmed."""
        return cls(**attributes(asked), id=uuids.uuid7(), confirmed_at=now)


class Store(stores.Store, Base):
    """From which day on stores are closed."""


class NumberSeries(numbers.NumberSeries, Base):
    """Document numbers, by store and month."""


class CustomerAlias(rekeying.CustomerAlias, Base):
    """Where customers live on."""


class DocumentOwner(rekeying.DocumentOwner, Base):
    """Documents that were given to somebody else."""


class CustomerLink(links.CustomerLink, Base):
    """Links by which customers see how far their orders are."""


ORDERS = rekeying.Holding(
    table="sales_order",
    key=("id",),
    document_type="'order'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("order",),
    words=("signer",),
)
"""Orders follow their customers."""

ORDER_PROGRESS = links.Opening("order_progress", ORDERS)
"""A link that shows how far one order is."""
