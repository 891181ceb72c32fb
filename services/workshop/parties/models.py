"""What the workshop keeps of whom a repair is about beside its customer."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.customers import rekeying
from contracts.workshop.operations import PayType
from contracts.workshop.parties import RepairPayer, RepairRole
from services.workshop.declared import Base


class RepairParty(Base):
    """Who brings the vehicle, or pays what payers of one kind bear; the order's customer is none of them.

    `origin_customer_id` is who was named, while his record lives on in another (E8).
    """

    __tablename__ = "repair_party"
    __table_args__ = (
        Index("repair_party_by_order", "order_id"),
        Index("repair_party_by_customer", "customer_id"),
        Index("repair_party_by_origin", "origin_customer_id"),
        CheckConstraint("(customer_id IS NULL) <> (firm IS NULL)", name="repair_party_is_named_in_one_way"),
        CheckConstraint("(role = 'payer') = (pay_type IS NOT NULL)", name="repair_party_payer_pays"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"))
    role: Mapped[RepairRole]
    pay_type: Mapped[PayType | None]
    customer_id: Mapped[UUID | None]
    origin_customer_id: Mapped[UUID | None]
    firm: Mapped[str | None]

    @classmethod
    def bringer(cls, order_id: UUID, customer_id: UUID) -> RepairParty:
        """This customer brings the vehicle."""
        return cls._named(order_id, RepairRole.BRINGER, pay_type=None, customer_id=customer_id, firm=None)

    @classmethod
    def payer(cls, order_id: UUID, named: RepairPayer) -> RepairParty:
        """Somebody else pays what payers of this kind bear."""
        return cls._named(
            order_id, RepairRole.PAYER, pay_type=named.pay_type, customer_id=named.customer_id, firm=named.firm
        )

    @classmethod
    def _named(
        cls, order_id: UUID, role: RepairRole, *, pay_type: PayType | None, customer_id: UUID | None, firm: str | None
    ) -> RepairParty:
        return cls(
            id=uuids.uuid7(),
            order_id=order_id,
            role=role,
            pay_type=pay_type,
            customer_id=customer_id,
            origin_customer_id=None,
            firm=firm,
        )


REPAIR_PARTIES = rekeying.Holding(
    table="repair_party",
    key=("id",),
    document_type="'repair_party'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("repair_party",),
)
"""Who brings a vehicle and who pays follow their own records: an order that is given to another takes none along."""
