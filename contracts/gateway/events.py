"""Events of the gateway, which owns the organisation."""

from __future__ import annotations

from dataclasses import field
from datetime import date

from contracts.envelope import event
from contracts.gateway.calendars import USUAL_HOURS, OpeningHours, OwnDay


@event(producer="gateway", name="store_changed", version=1, subject="store")
class StoreChanged:
    """A store was opened or changed, or is open at other times; from `closes_on` on it takes nothing new."""

    code: str
    name: str
    dealer_id: str
    brand: str = ""
    region: str = ""
    grade: str = ""
    headquarters: bool = False
    hours: OpeningHours = USUAL_HOURS
    own_days: list[OwnDay] = field(default_factory=list)
    closes_on: date | None = None


@event(producer="gateway", name="staff_changed", version=1, subject="staff")
class StaffChanged:
    """Somebody joined, left, or changed roles, stores or team; `dealers` are those of his stores."""

    staff_code: str
    roles: list[str]
    stores: list[str]
    active: bool
    team: str | None = None
    dealers: list[str] = field(default_factory=list)
