"""What a desk typed, read by the rules: what cannot be is refused with the rule's own code (E1 to E6)."""

from __future__ import annotations

from datetime import datetime

from chassis.process.clock import LOCAL
from contracts.customer.operations import CustomerKind, RegisterCustomer, UpdateCustomer
from services.customer.record.errors import refusal_of
from services.customer.record.rules import given as giving
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Given, Typed


def at_desk(asked: RegisterCustomer | UpdateCustomer, *, name: str, kind: CustomerKind) -> Typed:
    """What a desk types of somebody, whether he is new or changed; nothing is checked yet."""
    return Typed(
        name=name,
        kind=kind,
        phones=(*((asked.mobile,) if asked.mobile else ()), *asked.more_phones),
        id_number=asked.id_no or "",
        organisation_number=asked.organisation_no or "",
        birth_date=asked.birth_date or None,
        gender=Gender(asked.gender) if asked.gender else None,
        email=asked.email or "",
        address=asked.address or "",
        employer=asked.employer or "",
        occupation=asked.occupation or None,
    )


def read(typed: Typed, *, now: datetime) -> Given:
    """What was typed, in its one form. Raises the refusal of the field that cannot be read."""
    try:
        return giving.read(typed, today=now.astimezone(LOCAL).date())
    except giving.Unreadable as error:
        raise refusal_of(error.code, field=error.field, typed=error.typed) from None
