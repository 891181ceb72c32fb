"""How long a repair is guaranteed, by its category in law (C9); pure."""

from __future__ import annotations

from typing import NamedTuple

from contracts.workshop.jobs import RepairCategory
from contracts.workshop.operations import Stage
from contracts.workshop.policies import RepairGuarantee
from services.workshop.certificates.errors import KmOutBelowIn, NotInspected

INSPECTED = frozenset({Stage.READY, Stage.SETTLED, Stage.RETURNED, Stage.CLOSED})
"""Where the vehicle has passed quality control."""


class Guarantee(NamedTuple):
    """Up to so many kilometres or days from the vehicle's return, whichever is reached first."""

    km: int
    days: int


def guarantee_of(category: RepairCategory, policy: RepairGuarantee) -> Guarantee:
    """How long a repair of this category is guaranteed."""
    match category:
        case RepairCategory.OVERHAUL | RepairCategory.ASSEMBLY:
            return Guarantee(policy.major_km, policy.major_days)
        case RepairCategory.SECOND_MAINTENANCE:
            return Guarantee(policy.second_km, policy.second_days)
        case _:
            return Guarantee(policy.minor_km, policy.minor_days)


def require_inspected(stage: Stage) -> None:
    """Raise NotInspected before the vehicle passed quality control."""
    if stage not in INSPECTED:
        raise NotInspected


def require_forward(*, km_in: int, km_out: int, read_out: int | None) -> None:
    """Raise KmOutBelowIn for an odometer that ran backwards in our hands, unless that is what was read and marked.

    `read_out` is what the order says it showed with the work done: an odometer that was replaced shows less.
    """
    if km_out < km_in and km_out != read_out:
        raise KmOutBelowIn(field="km_out", km=km_in)
