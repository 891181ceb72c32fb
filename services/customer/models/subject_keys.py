"""The keys of the customers, under which their numbers are sealed (`services/customer/sealing.py`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.customer.models.declared import Base


class SubjectKey(Base):
    """The key of a customer, sealed under the master key that is named before the colon.

    Made with the first number that is kept of him. Where it is gone, his numbers are gone: also those that other rows
    or an older dump still hold. A record that was merged keeps its own.
    """

    __tablename__ = "subject_key"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed_key: Mapped[str]
