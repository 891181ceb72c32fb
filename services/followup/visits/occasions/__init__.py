"""The occasions for visits (C12), one file each; a new one is a file and a row of this table."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.envelope import Event
from services.followup.visits.occasions.delivery_d3 import DELIVERY_D3
from services.followup.visits.occasions.delivery_d7 import DELIVERY_D7
from services.followup.visits.occasions.occasion import Occasion
from services.followup.visits.occasions.service_d3 import SERVICE_D3

OCCASIONS: tuple[Occasion, ...] = (
    DELIVERY_D3,
    DELIVERY_D7,
    SERVICE_D3,
)
"""Every occasion, each purpose once. Only the functions below read it: tests of planning put their own in its place."""

HEARD = tuple(dict.fromkeys(occasion.heard for occasion in OCCASIONS))
"""The events that give rise to visits."""


def occasion_of(purpose: str) -> Occasion | None:
    """The occasion of visits with this purpose; None for a purpose of former times."""
    return next((occasion for occasion in OCCASIONS if occasion.purpose == purpose), None)


def consent_for(purpose: str) -> Purpose | None:
    """The consent a visit with this purpose rests on; None for one that rests on the contract."""
    occasion = occasion_of(purpose)
    return occasion.consent if occasion else None


def occasions_of(heard: type[Event]) -> list[Occasion]:
    """The visits an event gives rise to."""
    return [occasion for occasion in OCCASIONS if occasion.heard is heard]
