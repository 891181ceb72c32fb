"""What sales keeps of what is owed for orders."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.picked import attributes
from contracts.sales.operations import PaymentKind
from contracts.sales.receivables import KeepLoanLetter, Payer
from services.sales.declared import Base
from services.sales.receivables.rules import Share


class LoanLetter(Base):
    """A lender's letter of approval (贷款批复). At most one stands for an order; the others say why they do not."""

    __tablename__ = "loan_letter"
    __table_args__ = (
        Index("loan_letter_one_stands", "order_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("loan_letter_by_order", "order_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    store_id: Mapped[str]
    lender: Mapped[str]
    letter_no: Mapped[str]
    amount_fen: Mapped[int]
    valid_until: Mapped[date]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    @classmethod
    def keep(cls, asked: KeepLoanLetter, *, store_id: str, by: str, now: datetime) -> LoanLetter:
        """A letter that stands from now on."""
        return cls(
            **attributes(asked, but=("expected_version",)),
            id=uuids.uuid7(),
            store_id=store_id,
            given_by=by,
            given_at=now,
            ended_by=None,
            ended_at=None,
            end_reason=None,
        )

    def end(self, *, reason: str | None, by: str, now: datetime) -> None:
        """It does not stand any more; without a reason another stands instead."""
        self.ended_by, self.ended_at, self.end_reason = by, now, reason


class Receivable(Base):
    """What one payer of an order owes, or we him, kept in the transaction that changes it (C19).

    It follows from the order: nobody writes it but `usecases.follow`. It stands so since `changed_at`.
    """

    __tablename__ = "receivable"
    __table_args__ = (
        Index("receivable_once", "order_id", "payer", unique=True, postgresql_where=text("party_id IS NULL")),
        Index("receivable_once_of_party", "order_id", "party_id", unique=True),
        Index("receivable_by_due", "store_id", "due_on", "id", postgresql_where=text("balance_fen > 0")),
        Index("receivable_to_return", "store_id", "changed_at", "id", postgresql_where=text("to_return_fen > 0")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    store_id: Mapped[str]
    payer: Mapped[Payer]
    payer_name: Mapped[str]
    party_id: Mapped[UUID | None]
    owed_fen: Mapped[int]
    paid_fen: Mapped[int]
    balance_fen: Mapped[int]
    to_return_fen: Mapped[int]
    compensation_fen: Mapped[int]
    due_on: Mapped[date | None]
    due_as: Mapped[PaymentKind | None]
    changed_at: Mapped[datetime]

    @property
    def who(self) -> tuple[Payer, UUID | None]:
        """What it is known by among those of its order."""
        return self.payer, self.party_id

    @classmethod
    def begin(cls, who: tuple[Payer, UUID | None], *, order_id: UUID, store_id: str) -> Receivable:
        """Nothing is owed yet."""
        payer, party_id = who
        return cls(
            id=uuids.uuid7(),
            order_id=order_id,
            store_id=store_id,
            payer=payer,
            party_id=party_id,
            payer_name="",
            due_on=None,
            due_as=None,
            **_sums(Share(payer, 0, 0)),
        )

    def stand(
        self, share: Share, *, payer_name: str, due_on: date | None, due_as: PaymentKind | None, now: datetime
    ) -> bool:
        """So it stands now; whether that is otherwise than before."""
        if share.balance_fen == 0:
            due_on = due_as = None
        stands = {**_sums(share), "payer_name": payer_name, "due_on": due_on, "due_as": due_as}
        if all(getattr(self, column) == value for column, value in stands.items()):
            return False
        for column, value in stands.items():
            setattr(self, column, value)
        self.changed_at = now
        return True


def _sums(share: Share) -> dict[str, int]:
    sums = ("owed_fen", "paid_fen", "balance_fen", "to_return_fen", "compensation_fen")
    return {column: getattr(share, column) for column in sums}
