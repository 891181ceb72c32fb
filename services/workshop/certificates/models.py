"""What the workshop keeps of certificates."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from contracts.workshop.jobs import RepairCategory
from contracts.workshop.papers import CertifyRepair
from services.workshop.certificates.rules import Guarantee
from services.workshop.declared import Base
from services.workshop.repair_orders.models import RepairOrder


class RepairCertificate(Base):
    """A certificate as it was issued; of one order the newest counts. It prints the same for ever."""

    __tablename__ = "repair_certificate"

    number: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), index=True)
    category: Mapped[RepairCategory]
    km_in: Mapped[int]
    km_out: Mapped[int]
    guarantee_km: Mapped[int]
    guarantee_days: Mapped[int]
    inspector_id: Mapped[str | None]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]

    @classmethod
    def issue(
        cls, order: RepairOrder, asked: CertifyRepair, *, number: str, guarantee: Guarantee, by: str, now: datetime
    ) -> RepairCertificate:
        """Of an order whose vehicle passed quality control."""
        return cls(
            number=number,
            order_id=order.id,
            category=asked.category,
            km_in=order.km,
            km_out=asked.km_out,
            guarantee_km=guarantee.km,
            guarantee_days=guarantee.days,
            inspector_id=order.inspector_id,
            issued_by=by,
            issued_at=now,
        )

    def says(self, order: RepairOrder, asked: CertifyRepair, *, guarantee: Guarantee) -> bool:
        """True if one that was issued now would say the same."""
        said = (self.category, self.km_in, self.km_out, self.guarantee_km, self.guarantee_days, self.inspector_id)
        return said == (asked.category, order.km, asked.km_out, *guarantee, order.inspector_id)


def newest_of(order_id: UUID) -> Select[RepairCertificate]:
    """The certificate of an order that counts: the newest, if any was issued."""
    issued = select(RepairCertificate).where(RepairCertificate.order_id == order_id)
    return issued.order_by(RepairCertificate.issued_at.desc(), RepairCertificate.number.desc()).limit(1)
