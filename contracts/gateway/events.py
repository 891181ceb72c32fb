"""Events of the gateway, which owns the organisation."""

from __future__ import annotations

from contracts.envelope import event


@event(producer="gateway", name="store_changed", version=1, subject="store")
class StoreChanged:
    """A store was opened or renamed."""

    code: str
    name: str
    dealer_id: str


@event(producer="gateway", name="staff_changed", version=1, subject="staff")
class StaffChanged:
    """Somebody joined, left or changed roles or stores."""

    staff_code: str
    roles: list[str]
    stores: list[str]
    active: bool
