"""What sales keeps of whom an order is about beside its buyer."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from contracts.sales.parties import PartyKind, PartyRole, PayerNamed
from services.sales.declared import Base
from services.sales.parties.rules import firm_key


class OrderParty(Base):
    """Whose name the car is registered in, if not the buyer's, or somebody who pays `amount_fen` of the price.

    The buyer is the order's own customer. `origin_customer_id` is who was named, while his record lives on in another.
    """

    __tablename__ = "order_party"
    __table_args__ = (
        Index("order_party_by_order", "order_id"),
        Index("order_party_by_customer", "customer_id"),
        Index("order_party_by_origin", "origin_customer_id"),
        CheckConstraint("(kind = 'customer') = (customer_id IS NOT NULL)", name="order_party_customer_has_a_record"),
        CheckConstraint("(kind = 'customer') = (firm IS NULL)", name="order_party_other_has_a_name"),
        CheckConstraint("(role = 'payer') = (amount_fen IS NOT NULL)", name="order_party_payer_bears_a_sum"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("sales_order.id"))
    role: Mapped[PartyRole]
    kind: Mapped[PartyKind]
    customer_id: Mapped[UUID | None]
    origin_customer_id: Mapped[UUID | None]
    firm: Mapped[str | None]
    amount_fen: Mapped[int | None]

    @classmethod
    def owner(cls, customer_id: UUID) -> OrderParty:
        """The car is registered in this customer's name."""
        return cls._named(PartyRole.OWNER, PartyKind.CUSTOMER, customer_id=customer_id)

    @classmethod
    def payer(cls, named: PayerNamed) -> OrderParty:
        """Somebody else pays so much."""
        return cls._named(
            PartyRole.PAYER, named.kind, customer_id=named.customer_id, firm=named.firm, amount_fen=named.amount_fen
        )

    @classmethod
    def _named(
        cls,
        role: PartyRole,
        kind: PartyKind,
        *,
        customer_id: UUID | None,
        firm: str | None = None,
        amount_fen: int | None = None,
    ) -> OrderParty:
        return cls(
            id=uuids.uuid7(),
            role=role,
            kind=kind,
            customer_id=customer_id,
            origin_customer_id=None,
            firm=firm,
            amount_fen=amount_fen,
        )

    @property
    def named(self) -> tuple[PartyRole, PartyKind, UUID | None, str | None]:
        """What it is known by: named again, however that is typed, it is the same row with another sum."""
        return self.role, self.kind, self.written_for, firm_key(self.firm)

    @property
    def written_for(self) -> UUID | None:
        """Who was named: events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id


PARTIES = rekeying.Holding(
    table="order_party",
    key=("id",),
    document_type="'order_party'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("order_party",),
)
"""Owners and payers follow their own records: an order that is given to another buyer takes none of them along."""
