"""The occasions for visits (C12), one file each, called after its policy (`contracts/followup/policies.py`)."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, cast

from contracts.customer.folder import Purpose
from contracts.envelope import Event
from contracts.followup import policies
from contracts.policies import PolicyKind
from services.followup.visits.occasions.occasion import Occasion


def _of(kind: PolicyKind[Any]) -> Occasion:
    """The occasion of a policy: it has the policy's code, and its file too, in small letters."""
    file = import_module(f"{__name__}.{kind.code.lower()}")
    return cast("Occasion", getattr(file, kind.code))


OCCASIONS: tuple[Occasion, ...] = tuple(map(_of, policies.VISITS))
"""Every occasion, each purpose once. Only the functions below read it: tests of planning put their own in its place."""

HEARD = tuple(dict.fromkeys(event for occasion in OCCASIONS for event in occasion.triggers))
"""The events that give rise to visits."""


def occasion_of(purpose: str) -> Occasion | None:
    """The occasion of visits with this purpose; None for a purpose of former times."""
    return next((occasion for occasion in OCCASIONS if occasion.purpose == purpose), None)


def consent_for(purpose: str) -> Purpose | None:
    """The consent a visit with this purpose rests on; None for one that rests on the contract."""
    occasion = occasion_of(purpose)
    return occasion.consent if occasion else None


def asked_with(purpose: str) -> frozenset[str]:
    """The purposes that may be asked in one call with this one, whichever of the two says so."""
    occasion = occasion_of(purpose)
    named = occasion.asked_with if occasion else frozenset()
    return named | {other.purpose for other in OCCASIONS if purpose in other.asked_with}


class Said(NamedTuple):
    """Which role makes a visit, and what it is told of it."""

    asked_by: str
    zh: str
    en: str


def said_of(purpose: str) -> Said:
    """The same of a visit with this purpose; one of former times is customer relations'."""
    occasion = occasion_of(purpose)
    return (
        Said(occasion.asked_by, occasion.policy.zh, occasion.policy.en)
        if occasion
        else Said("cr_agent", "回访", "Visit")
    )


def occasions_of(heard: type[Event]) -> list[Occasion]:
    """Those that hear this event."""
    return [occasion for occasion in OCCASIONS if heard in occasion.triggers]
