"""What the workshop keeps of the money of repair orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index, TypeDecorator, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts import shapes
from contracts.money import reference_key, yuan
from contracts.picked import attributes, shaped
from contracts.workshop.operations import PayType
from contracts.workshop.settlements import PaidBy, RepairPaymentState, SettlementState, TakeRepairPayment
from services.workshop.declared import Base
from services.workshop.repair_orders.models import RepairOrder
from services.workshop.settlements import errors, rules
from services.workshop.settlements.rules import SettledLine


class SettledLines(TypeDecorator[list[SettledLine]]):
    """The lines of a settlement, as data."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> Any:  # noqa: ARG002  # the signature is SQLAlchemy's
        """As they are kept."""
        return shapes.plain(value or [])

    def process_result_value(self, value: Any, dialect: object) -> list[SettledLine]:  # noqa: ARG002  # the same
        """As the sheet shows them."""
        return [shaped(SettledLine, each) for each in value or []]


class Settlement(Base):
    """What one payer owes of an order; of an order and a payer one stands, those that were voided stay (C7).

    `lines`, `km_in` and the order's `certificate` are as they were when it was made: they print the same whatever
    becomes of the order. `paid_fen` is what
    its payer paid for the order, at the moment it was voided if it was. `allowed_by` let the vehicle go unpaid.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint(
            "state = 'void' OR (state = 'paid') = (paid_fen >= amount_fen)", name="settlement_is_paid_or_owed"
        ),
        CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="settlement_voided_at"),
        CheckConstraint("amount_fen >= 0 AND paid_fen >= 0", name="settlement_never_negative"),
        Index("settlement_stands_once", "order_id", "payer", unique=True, postgresql_where=text("state <> 'void'")),
        Index("settlement_of_order", "order_id"),
        Index(
            "settlement_unbalanced",
            "store_id",
            "made_at",
            postgresql_where=text("state <> 'void' AND paid_fen <> amount_fen"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    store_id: Mapped[str]
    payer: Mapped[PayType]
    state: Mapped[SettlementState]
    amount_fen: Mapped[int]
    vat_fen: Mapped[int]
    paid_fen: Mapped[int]
    lines: Mapped[list[SettledLine]] = mapped_column(SettledLines)
    km_in: Mapped[int]
    certificate: Mapped[str | None] = mapped_column(ForeignKey("repair_certificate.number"))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    allowed_by: Mapped[str | None]
    allowed_at: Mapped[datetime | None]
    allowed_reason: Mapped[str]
    voided_by: Mapped[str | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str]
    version: Mapped[int]

    @classmethod
    def make(
        cls,
        order: RepairOrder,
        payer: PayType,
        *,
        number: str,
        percent: int,
        paid_fen: int,
        certificate: str | None,
        by: str,
        now: datetime,
    ) -> Settlement:
        """What this payer owes of the order by its lines, of which he may have paid some already."""
        lines = rules.settled_lines(order.lines, payer=payer, percent=percent)
        amount_fen = sum(line.amount_fen for line in lines)
        return cls(
            id=uuids.uuid7(),
            number=number,
            order_id=order.id,
            store_id=order.store_id,
            payer=payer,
            state=rules.stands_as(amount_fen=amount_fen, paid_fen=paid_fen),
            amount_fen=amount_fen,
            vat_fen=sum(line.vat_fen for line in lines),
            paid_fen=paid_fen,
            lines=lines,
            km_in=order.km,
            certificate=certificate,
            made_by=by,
            made_at=now,
            changed_at=now,
            allowed_by=None,
            allowed_at=None,
            allowed_reason="",
            voided_by=None,
            voided_at=None,
            void_reason="",
            version=1,
        )

    @property
    def balance_fen(self) -> int:
        """What its payer still owes; below 0 what he is owed back."""
        return self.amount_fen - self.paid_fen

    def _become(self, to: SettlementState) -> None:
        rules.require_settlement(self.state, to=to)
        self.state = to

    def _changed(self, *, now: datetime) -> None:
        self.changed_at = now
        self.version += 1

    def receive(self, amount_fen: int, *, now: datetime) -> None:
        """So much more of it is paid. Raises RepairOverpayment."""
        if amount_fen > self.balance_fen:
            left = max(0, self.balance_fen)
            raise errors.RepairOverpayment(field="amount_fen", balance=yuan(left), balance_fen=left)
        self._pay(self.paid_fen + amount_fen, now=now)

    def lose(self, amount_fen: int, *, now: datetime) -> None:
        """So much of what was paid was taken back."""
        self._pay(self.paid_fen - amount_fen, now=now)

    def _pay(self, paid_fen: int, *, now: datetime) -> None:
        to = rules.stands_as(amount_fen=self.amount_fen, paid_fen=paid_fen)
        if to is not self.state:
            self._become(to)
        self.paid_fen = paid_fen
        self._changed(now=now)

    def allow_unpaid(self, *, reason: str, by: str, now: datetime) -> None:
        """The vehicle may go though this is owed. Raises NothingOwed."""
        if self.balance_fen <= 0:
            raise errors.NothingOwed
        self.allowed_by, self.allowed_at, self.allowed_reason = by, now, reason
        self._changed(now=now)

    def require_paid_or_allowed(self) -> None:
        """Raise CustomerUnpaid while it is owed and nobody said that the vehicle may go."""
        if self.balance_fen > 0 and self.allowed_by is None:
            raise errors.CustomerUnpaid(balance=yuan(self.balance_fen), balance_fen=self.balance_fen)

    def void(self, *, reason: str, by: str, now: datetime) -> None:
        """Another takes its place; it stays as it was. Raises SettlementState."""
        self._become(SettlementState.VOID)
        self.voided_by, self.voided_at, self.void_reason = by, now, reason
        self._changed(now=now)


class RepairPayment(Base):
    """Money that came from a payer of an order, whichever settlement stands; one for a reference of its channel."""

    __tablename__ = "repair_payment"
    __table_args__ = (UniqueConstraint("channel", "reference_key", name="repair_payment_reference_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), index=True)
    store_id: Mapped[str]
    payer: Mapped[PayType]
    channel: Mapped[PaidBy]
    external_ref: Mapped[str]
    reference_key: Mapped[str]
    amount_fen: Mapped[int]
    state: Mapped[RepairPaymentState]
    received_by: Mapped[str]
    received_at: Mapped[datetime]
    reversed_by: Mapped[str | None]
    reversed_at: Mapped[datetime | None]
    reverse_reason: Mapped[str]

    @classmethod
    def take(cls, asked: TakeRepairPayment, *, store_id: str, by: str, now: datetime) -> RepairPayment:
        """It has come."""
        return cls(
            **attributes(asked, but=("ro_id",)),
            id=uuids.uuid7(),
            order_id=asked.ro_id,
            store_id=store_id,
            reference_key=reference_key(asked.external_ref),
            state=RepairPaymentState.CONFIRMED,
            received_by=by,
            received_at=now,
            reversed_by=None,
            reversed_at=None,
            reverse_reason="",
        )

    def is_as(self, asked: TakeRepairPayment) -> bool:
        """True if this is what was told, and the money is still here."""
        told = (asked.ro_id, asked.payer, asked.amount_fen, RepairPaymentState.CONFIRMED)
        return (self.order_id, self.payer, self.amount_fen, self.state) == told

    def reverse(self, *, reason: str, by: str, now: datetime) -> None:
        """It was taken back. Raises RepairPaymentState."""
        rules.require_payment(self.state, to=RepairPaymentState.REVERSED)
        self.state, self.reversed_by, self.reversed_at = RepairPaymentState.REVERSED, by, now
        self.reverse_reason = reason


def standing(settlements: Sequence[Settlement], payer: PayType) -> Settlement | None:
    """Of an order's settlements the one of this payer that is not void."""
    return next((one for one in settlements if one.payer is payer and one.state is not SettlementState.VOID), None)
