"""The bays of each store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contracts.picked import attributes
from contracts.workshop.bays import BayKind, PutBay
from services.workshop.declared import Base


class Bay(Base):
    """A bay, by its code in its store; the number is what the database tells bays apart by."""

    __tablename__ = "bay"
    __table_args__ = (UniqueConstraint("store_id", "code", name="bay_by_code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    store_id: Mapped[str]
    code: Mapped[str]
    kind: Mapped[BayKind]
    active: Mapped[bool]

    @classmethod
    def put(cls, asked: PutBay) -> Bay:
        """A bay that the store did not have."""
        return cls(**attributes(asked))
