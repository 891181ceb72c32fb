"""Staff as a service keeps them out of `staff_changed`: who may be given work here (C7)."""

from __future__ import annotations

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from contracts.envelope import Received
from contracts.gateway.events import StaffChanged

_KEEP = text(
    """
    INSERT INTO staff_member AS known (staff_id, roles, stores, active, version)
    VALUES (:staff_id, :roles, :stores, :active, :version)
    ON CONFLICT (staff_id) DO UPDATE
       SET roles = excluded.roles, stores = excluded.stores, active = excluded.active, version = excluded.version
     WHERE known.version < excluded.version
    """
)
_WORKS = text(
    """
    SELECT 1 FROM staff_member
     WHERE staff_id = :staff_id AND active AND :role = ANY(roles) AND :store_id = ANY(stores)
    """
)


class StaffMember:
    """Mixed into a table `staff_member`: who works where as what, as the newest event said."""

    __tablename__ = "staff_member"

    staff_id: Mapped[str] = mapped_column(primary_key=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    stores: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool]
    version: Mapped[int]


def keep(session: Session, event: Received[StaffChanged]) -> None:
    """Somebody joined, left or changed roles or stores; what is older than what is known changes nothing."""
    told = event.payload
    values = {"staff_id": told.staff_code, "roles": told.roles, "stores": told.stores, "active": told.active}
    session.execute(_KEEP, {**values, "version": event.subject.version})


def works(session: Session, staff_id: str, *, role: str, store_id: str) -> bool:
    """True if he works in this store in this role, and has not left."""
    return session.scalar(_WORKS, {"staff_id": staff_id, "role": role, "store_id": store_id}) is not None
