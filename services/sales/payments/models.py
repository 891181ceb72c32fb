"""What sales keeps of the money of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.money import reference_key, yuan
from contracts.picked import attributes
from contracts.sales.operations import PaymentChannel, PaymentKind, PayOrder
from contracts.sales.payments import (
    NoticeResult,
    Outcome,
    PaymentNotice,
    PaymentState,
    RefundKind,
    RefundState,
)
from services.sales.declared import Base
from services.sales.payments import errors
from services.sales.payments.rules import OTHERWISE, PAYMENTS, REFUNDS


class Payment(Base):
    """Money that came for an order, or is awaited; of a channel each reference is one payment (C19).

    What was taken back, or never came, gives its reference up to a payment that `replaces` it: one that was booked on
    the wrong order is booked on the right one.
    Of what came, `refunded_fen` went back, `unused_fen` is for nothing, and the rest is for its order; `promised_fen`
    went back or is to.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("channel", "reference_key", name="payment_reference_once"),
        CheckConstraint(
            "unused_fen >= 0 AND refunded_fen >= 0 AND unused_fen + refunded_fen <= amount_fen"
            " AND promised_fen >= refunded_fen AND promised_fen <= amount_fen",
            name="payment_is_used_once",
        ),
        Index(
            "payment_unapplied",
            "store_id",
            "registered_at",
            "id",
            postgresql_where=text("unused_fen + refunded_fen > promised_fen"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"), index=True)
    payer_id: Mapped[UUID | None]
    store_id: Mapped[str]
    kind: Mapped[PaymentKind]
    channel: Mapped[PaymentChannel]
    external_ref: Mapped[str]
    reference_key: Mapped[str]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    state: Mapped[PaymentState]
    amount_fen: Mapped[int]
    unused_fen: Mapped[int]
    refunded_fen: Mapped[int]
    promised_fen: Mapped[int]
    reported: Mapped[bool]
    registered_by: Mapped[str | None]
    registered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def register(
        cls, asked: PayOrder, *, store_id: str, replaces: Payment | None = None, by: str, now: datetime
    ) -> Payment:
        """A payment that somebody typed; it is awaited."""
        return cls(
            replaces_id=None if replaces is None else replaces.id,
            **attributes(asked, but=("confirmed",)),
            store_id=store_id,
            reported=False,
            registered_by=by,
            **_awaited(asked.external_ref, now=now),
        )

    @classmethod
    def of_notice(cls, asked: PaymentNotice, *, order_id: UUID | None, amount_fen: int, now: datetime) -> Payment:
        """A payment that its channel told of first."""
        return cls(
            order_id=order_id,
            payer_id=None,
            replaces_id=None,
            store_id=asked.store_id,
            kind=PaymentKind.LOAN if asked.channel is PaymentChannel.LENDER else PaymentKind.BALANCE,
            channel=asked.channel,
            external_ref=asked.external_ref,
            amount_fen=amount_fen,
            reported=True,
            registered_by=None,
            **_awaited(asked.external_ref, now=now),
        )

    @property
    def unapplied_fen(self) -> int:
        """What came and is for nothing, nor promised back."""
        return max(0, self.unused_fen + self.refunded_fen - self.promised_fen)

    @property
    def applied_fen(self) -> int:
        """What of it its order has."""
        return self.amount_fen - self.unused_fen - self.refunded_fen if self.confirmed else 0

    @property
    def confirmed(self) -> bool:
        """The money is here."""
        return self.state is PaymentState.CONFIRMED

    @property
    def is_over(self) -> bool:
        """It was taken back, or never came."""
        return self.state in (PaymentState.FAILED, PaymentState.REVERSED)

    @property
    def by_lender(self) -> bool:
        """A loan's disbursement: its lender paid it, not the buyer."""
        return self.kind is PaymentKind.LOAN

    def _become(self, to: PaymentState) -> None:
        if to not in PAYMENTS[self.state]:
            raise errors.PaymentState(state=self.state, wanted=to)
        self.state = to
        self.version += 1

    def confirm(self, *, applied_fen: int, now: datetime) -> None:
        """It has come, and so much of it is for its order. Raises PaymentState."""
        self._become(PaymentState.CONFIRMED)
        self.unused_fen, self.confirmed_at = self.amount_fen - applied_fen, now

    def fail(self, *, now: datetime) -> None:
        """It will not come. Raises PaymentState."""
        self._become(PaymentState.FAILED)
        self.ended_at = now

    def reverse(self, *, reason: str, now: datetime) -> int:
        """It was taken back; what of it its order loses. Raises PaymentState, RefundStands."""
        if self.promised_fen:
            raise errors.RefundStands
        lost = self.applied_fen
        self._become(PaymentState.REVERSED)
        self.unused_fen = 0
        self.ended_at, self.end_reason = now, reason
        return lost

    def give_reference_up(self) -> None:
        """Another payment has its reference from now on; what was written stays as it was."""
        self.reference_key = f"{self.reference_key}/{self.id}"
        self.version += 1

    def use(self, *, order_id: UUID, amount_fen: int) -> None:
        """So much more of it is for this order."""
        self.order_id = order_id
        self.unused_fen -= amount_fen
        self.version += 1

    def promise_back(self, amount_fen: int) -> None:
        """So much of it is asked back. Raises PaymentState; RefundTooMuch if more than there is (C19)."""
        if not self.confirmed:
            raise errors.PaymentState(state=self.state, wanted="refunded")
        left = self.amount_fen - self.promised_fen
        if amount_fen > left:
            raise errors.RefundTooMuch(left=yuan(left), left_fen=left, field="amount_fen")
        self.promised_fen += amount_fen
        self.version += 1

    def keep(self, amount_fen: int) -> None:
        """A refund of so much was refused."""
        self.promised_fen -= amount_fen
        self.version += 1

    def give_back(self, amount_fen: int) -> int:
        """So much went back, unapplied money first; what of it its order loses."""
        lost = max(0, amount_fen - self.unused_fen)
        self.unused_fen -= amount_fen - lost
        self.refunded_fen += amount_fen
        self.version += 1
        return lost


def _awaited(reference: str, *, now: datetime) -> dict[str, object]:
    return {
        "id": uuids.uuid7(),
        "reference_key": reference_key(reference),
        "state": PaymentState.REGISTERED,
        "unused_fen": 0,
        "refunded_fen": 0,
        "promised_fen": 0,
        "registered_at": now,
        "confirmed_at": None,
        "ended_at": None,
        "end_reason": None,
        "version": 1,
    }


class Refund(Base):
    """Money of a payment that goes back, or is owed on top of a deposit: asked for, agreed to by another, paid.

    It goes by the channel it came by, of which each reference is one refund, to who had paid it:
    `payer_id` of the order's payers, or without one its buyer or lender.
    """

    __tablename__ = "refund"
    __table_args__ = (
        Index(
            "refund_open",
            "store_id",
            "requested_at",
            "id",
            postgresql_where=text("state IN ('requested', 'approved')"),
        ),
        Index(
            "refund_one_compensation",
            "order_id",
            text("coalesce(payer_id, order_id)"),
            unique=True,
            postgresql_where=text("kind = 'compensation' AND state <> 'refused'"),
        ),
        UniqueConstraint("channel", "reference_key", name="refund_reference_once"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"), index=True)
    payer_id: Mapped[UUID | None]
    store_id: Mapped[str]
    kind: Mapped[RefundKind] = mapped_column(server_default="return")
    amount_fen: Mapped[int]
    state: Mapped[RefundState]
    reason: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]
    channel: Mapped[PaymentChannel]
    external_ref: Mapped[str | None]
    reference_key: Mapped[str | None]
    paid_by: Mapped[str | None]
    paid_at: Mapped[datetime | None]
    version: Mapped[int]

    @classmethod
    def request(
        cls,
        payment: Payment,
        *,
        kind: RefundKind,
        amount_fen: int,
        reason: str,
        payer_id: UUID | None,
        by: str,
        now: datetime,
    ) -> Refund:
        """Money of the payment is asked back, or what we owe on top of it."""
        return cls(
            id=uuids.uuid7(),
            payment_id=payment.id,
            kind=kind,
            amount_fen=amount_fen,
            reason=reason,
            order_id=payment.order_id,
            payer_id=payer_id,
            store_id=payment.store_id,
            state=RefundState.REQUESTED,
            requested_by=by,
            requested_at=now,
            decided_by=None,
            decided_at=None,
            refusal=None,
            channel=payment.channel,
            external_ref=None,
            reference_key=None,
            paid_by=None,
            paid_at=None,
            version=1,
        )

    def _become(self, to: RefundState) -> None:
        if to not in REFUNDS[self.state]:
            raise errors.RefundState(state=self.state, wanted=to)
        self.state = to
        self.version += 1

    def approve(self, *, by: str, now: datetime) -> None:
        """Another person agrees. Raises RefundState, OwnRefund."""
        if by == self.requested_by:
            raise errors.OwnRefund
        self._become(RefundState.APPROVED)
        self.decided_by, self.decided_at = by, now

    def refuse(self, *, reason: str, by: str, now: datetime) -> None:
        """It is not given back, though it may have been agreed to. Raises RefundState."""
        self._become(RefundState.REFUSED)
        self.decided_by, self.decided_at, self.refusal = by, now, reason

    def pay(self, *, external_ref: str, by: str, now: datetime) -> None:
        """It went back. Raises RefundState: only what was agreed to does."""
        self._become(RefundState.PAID)
        self.external_ref, self.reference_key = external_ref, reference_key(external_ref)
        self.paid_by, self.paid_at = by, now


class Notice(Base):
    """What a channel told, and what it led to; told again the same is the same row, `times` is how often.

    One that says otherwise than what is known is looked into by somebody, who closes it with a note; `order_id` is then
    what its payment is for.
    """

    __tablename__ = "payment_notice"
    __table_args__ = (
        Index(
            "payment_notice_open",
            "store_id",
            "first_at",
            "id",
            postgresql_where=text("result IN ('contradicts', 'late') AND closed_at IS NULL"),
        ),
        UniqueConstraint(
            "channel", "reference_key", "order_number", "amount_fen", "outcome", "result", name="payment_notice_once"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    store_id: Mapped[str]
    channel: Mapped[PaymentChannel]
    reference_key: Mapped[str]
    order_number: Mapped[str]
    amount_fen: Mapped[int]
    outcome: Mapped[Outcome]
    result: Mapped[NoticeResult]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"))
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("sales_order.id"), index=True)
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    note: Mapped[str | None]

    def close(self, *, note: str, order_id: UUID | None, by: str, now: datetime) -> None:
        """Somebody has looked into it. Raises NoticeClosed; NothingToClose for one that agrees with what is known."""
        if self.result not in OTHERWISE:
            raise errors.NothingToClose
        if self.closed_at is not None:
            raise errors.NoticeClosed
        self.closed_by, self.closed_at, self.note, self.order_id = by, now, note, order_id
