"""Who belongs to whom: households, employers, drivers, referrers (E7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.customer.operations import ById
from contracts.operation import command, query


class RelationKind(StrEnum):
    """What a customer is to the other one."""

    SPOUSE_OF = "spouse_of"
    PARENT_OF = "parent_of"
    EMPLOYEE_OF = "employee_of"
    DRIVER_OF = "driver_of"
    REFERRER_OF = "referrer_of"


@dataclass(frozen=True, slots=True)
class AddRelation:
    """The customer is `kind` the other one, since that day; without one, today."""

    customer_id: UUID
    other_id: UUID
    kind: RelationKind
    since: date | None = None


@dataclass(frozen=True, slots=True)
class RelationAdded:
    """Its identifier."""

    relation_id: UUID


@dataclass(frozen=True, slots=True)
class RelationShown:
    """A relation as seen from one customer: he is `kind` the other one, or (`reverse`) the other one is it to him."""

    relation_id: UUID
    kind: RelationKind
    reverse: bool
    other_id: UUID
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who brought this customer to us (R28)."""

    other_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Relations:
    """Both directions, those that last first."""

    customer_id: UUID
    items: list[RelationShown]
    referrer: Referrer | None


@dataclass(frozen=True, slots=True)
class EndRelation:
    """It is over, since that day; without one, today."""

    customer_id: UUID
    relation_id: UUID
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RelationEnded:
    """The relation that is over, and since when."""

    relation_id: UUID
    until: date


add_relation = command(
    "customer.add_relation",
    AddRelation,
    RelationAdded,
    refuses=(
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_MERGED",
        "CUSTOMER_ERASED",
        "RELATION_IMPOSSIBLE",
        "RELATION_EXISTS",
        "MOMENT_AHEAD",
    ),
    summary="Two customers belong together: household, employer, driver, referrer",
)
relations = query(
    "customer.relations",
    ById,
    Relations,
    refuses=("CUSTOMER_NOT_FOUND",),
    summary="Who belongs to a customer, in both directions, and who referred him",
)
end_relation = command(
    "customer.end_relation",
    EndRelation,
    RelationEnded,
    refuses=(
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_MERGED",
        "CUSTOMER_ERASED",
        "RELATION_NOT_FOUND",
        "PERIOD_INVALID",
        "MOMENT_AHEAD",
    ),
    summary="Two customers no longer belong together",
)
