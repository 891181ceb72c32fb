"""What a record brings to the question whether two records are one customer (E7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.customer.operations import CustomerKind
from contracts.plate import Plate
from services.customer.record.rules import resident_id
from services.customer.record.rules.address import Address
from services.customer.record.rules.birthday import says_nothing
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.names import Name
from services.customer.record.rules.phone import PhoneKind


class Role(StrEnum):
    """What a customer is to a vehicle; only an owner's VIN is evidence (the bringer is not the owner)."""

    OWNER = "owner"
    USER = "user"
    BRINGER = "bringer"
    PAYER = "payer"
    BUYER = "buyer"
    INSURED = "insured"


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """A normalised number of the record.

    `shared` says that it is known to be a household's or a company's, `last_contact` when it last reached the customer.
    """

    number: str
    kind: PhoneKind
    shared: bool = False
    last_contact: date | None = None


@dataclass(frozen=True, slots=True)
class KnownVehicle:
    """A vehicle of the record for a period: `since` included, `until` excluded, None for open."""

    vin: str
    role: Role = Role.OWNER
    since: date | None = None
    until: date | None = None

    def overlaps(self, other: KnownVehicle) -> bool:
        """True if the two periods have a day in common; a period that ends before it begins has none."""
        since = max(self.since or date.min, other.since or date.min)
        until = min(self.until or date.max, other.until or date.max)
        return since < until


@dataclass(frozen=True, slots=True)
class Facts:
    """One record. Everything is normalised and valid, or absent: a number that failed its check does not belong here.

    `plates` are the current ones; `employer` is the core of the employer's name (`company_names.core_of`).
    """

    kind: CustomerKind
    name: Name | CompanyName | None = None
    id18: str | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    uscc: str | None = None
    organisation_code: str | None = None
    phones: tuple[KnownPhone, ...] = ()
    vehicles: tuple[KnownVehicle, ...] = ()
    plates: tuple[Plate, ...] = ()
    email: str | None = None
    address: Address | None = None
    employer: str | None = None

    @property
    def organisation(self) -> str | None:
        """The organisation code, which both kinds of company number hold (E3)."""
        return organisation_of(self.uscc, self.organisation_code)

    @property
    def born(self) -> date | None:
        """The birth date: the resident ID knows it better than a form, on which a placeholder says nothing (E7)."""
        if self.id18:
            return resident_id.birth_date(self.id18)
        return None if self.birth_date is None or says_nothing(self.birth_date) else self.birth_date

    @property
    def known_gender(self) -> Gender | None:
        """The gender: by the resident ID, else as stated, else by the title."""
        if self.id18:
            return resident_id.gender(self.id18)
        return self.gender or (self.name.gender if isinstance(self.name, Name) else None)


def organisation_of(uscc: str | None, organisation_code: str | None) -> str | None:
    """The organisation code of a company: positions 9 to 17 of its credit code hold it (E3)."""
    return uscc[8:17] if uscc else organisation_code
