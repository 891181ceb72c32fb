"""The occasions for visits (C12), one file each; a new one is a file and a row of this table."""

from __future__ import annotations

from contracts.customer.folder import Purpose
from contracts.envelope import Event
from services.followup.visits.occasions.delivery_d3 import DELIVERY_D3
from services.followup.visits.occasions.delivery_d7 import DELIVERY_D7
from services.followup.visits.occasions.occasion import Occasion
from services.followup.visits.occasions.service_d3 import SERVICE_D3

OCCASIONS: dict[str, Occasion] = {occasion.purpose: occasion for occasion in (DELIVERY_D3, DELIVERY_D7, SERVICE_D3)}
"""Every occasion by purpose."""


def consent_for(purpose: str) -> Purpose | None:
    """The consent a visit with this purpose rests on; None for one that rests on the contract."""
    occasion = OCCASIONS.get(purpose)
    return occasion.consent if occasion else None


def occasions_of(heard: type[Event]) -> list[Occasion]:
    """The visits an event gives rise to."""
    return [occasion for occasion in OCCASIONS.values() if occasion.heard is heard]
