"""What we must know of a customer, by how far he has come with us (R17); pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.customer.folder import Stage
from contracts.customer.operations import CustomerKind
from services.customer.record.rules.names import Name
from services.customer.record.rules.record import Record

_PERSON, _COMPANY = frozenset({CustomerKind.PERSON}), frozenset({CustomerKind.COMPANY})
_ANYBODY = _PERSON | _COMPANY


@dataclass(frozen=True, slots=True)
class Known:
    """A record with what stands beside it. `owns`, `plated`: a vehicle is his now, and one of his has a plate."""

    record: Record
    owns: bool
    plated: bool
    sold: bool
    service_visits: int
    consented: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the dictionary: since which stage it is required, of whom, how much it counts, and if it is there.

    `of_owners` is asked only of those a vehicle belongs to: who brings somebody else's car owes us no card.
    """

    name: str
    since: Stage
    weight: int
    filled: Callable[[Known], bool]
    kinds: frozenset[CustomerKind] = _ANYBODY
    of_owners: bool = False


def _full_name(known: Known) -> bool:
    called = known.record.called
    return not (isinstance(called, Name) and called.partial)


DICTIONARY = (
    Field("name", Stage.PROSPECT, 3, _full_name),
    Field("mobile", Stage.PROSPECT, 3, lambda known: bool(known.record.mobile)),
    Field("gender", Stage.PROSPECT, 1, lambda known: known.record.gender is not None, _PERSON),
    Field("consent", Stage.PROSPECT, 1, lambda known: known.consented),
    Field("id_no", Stage.OWNER, 3, lambda known: known.record.id18 is not None, _PERSON, of_owners=True),
    Field(
        "organisation_no", Stage.OWNER, 3,
        lambda known: bool(known.record.uscc or known.record.organisation_code), _COMPANY, of_owners=True,
    ),
    Field("birth_date", Stage.OWNER, 1, lambda known: known.record.birth_date is not None, _PERSON, of_owners=True),
    Field("address", Stage.OWNER, 2, lambda known: bool(known.record.addresses)),
    Field("vehicle", Stage.OWNER, 2, lambda known: known.owns, of_owners=True),
    Field("plate", Stage.SERVICED, 1, lambda known: known.plated, of_owners=True),
    Field("preferred_channel", Stage.SERVICED, 1, lambda known: bool(known.record.preferences.get("channel"))),
)  # fmt: skip
"""The field dictionary. A later stage requires what the earlier ones do, and more."""

IDENTITY = ("name", "mobile", "id_no", "organisation_no")
"""What says who somebody is: of a person his card, of a company its code."""

_ORDER = tuple(Stage)


def stage_of(known: Known) -> Stage:
    """How far he has come: a visit to the workshop goes before a car of ours or his own."""
    if known.service_visits:
        return Stage.SERVICED
    return Stage.OWNER if known.sold or known.owns else Stage.PROSPECT


def required(known: Known) -> list[Field]:
    """The fields his stage requires of him."""
    reached = _ORDER.index(stage_of(known))
    owner = known.owns or known.sold
    return [
        field
        for field in DICTIONARY
        if _ORDER.index(field.since) <= reached and known.record.kind in field.kinds and (owner or not field.of_owners)
    ]


def identity_missing(known: Known) -> list[str]:
    """What of these is not known, of whoever he is and however far he has come with us."""
    asked = [field for field in DICTIONARY if field.name in IDENTITY and known.record.kind in field.kinds]
    return [field.name for field in asked if not field.filled(known)]


def completeness(known: Known) -> tuple[int, list[str]]:
    """The filled weight in hundredths of the required, rounded down; and the names of what is missing."""
    fields = required(known)
    missing = [field for field in fields if not field.filled(known)]
    total = sum(field.weight for field in fields)
    return (total - sum(field.weight for field in missing)) * 100 // total, [field.name for field in missing]
