"""Staff as a service keeps them out of `staff_changed`: who may be given work here (C7)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, Text, text
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
_MEMBERS = text("SELECT staff_id, roles, stores, active FROM staff_member WHERE staff_id = ANY(:staff)")
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


class Member(NamedTuple):
    """Somebody as the newest event told of him."""

    staff_id: str
    roles: list[str]
    stores: list[str]
    active: bool

    def works_in(self, store_id: str) -> bool:
        """True if he works in this store, and has not left."""
        return self.active and store_id in self.stores


def keep(session: Session, event: Received[StaffChanged]) -> None:
    """Somebody joined, left or changed roles or stores; what is older than what is known changes nothing."""
    told = event.payload
    values = {"staff_id": told.staff_code, "roles": told.roles, "stores": told.stores, "active": told.active}
    session.execute(_KEEP, {**values, "version": event.subject.version})


def members(reader: Session | Connection, staff: Collection[str]) -> dict[str, Member]:
    """Those of these of whom something was heard."""
    if not staff:
        return {}
    return {row.staff_id: Member(*row) for row in reader.execute(_MEMBERS, {"staff": sorted(staff)})}


def works(session: Session, staff_id: str, *, role: str, store_id: str) -> bool:
    """True if he works in this store in this role, and has not left."""
    return session.scalar(_WORKS, {"staff_id": staff_id, "role": role, "store_id": store_id}) is not None
