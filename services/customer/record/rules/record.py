"""The record of a customer: what stands in it, what it can be found by, how it grows and how it is changed.

Its fields are the columns of its row. What there may be several of has its provenance beside it: since when,
and from which department (R20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from contracts import plate
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import address, company_names, names, surnames
from services.customer.record.rules.blocking import blocking_keys
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, organisation_of
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Given
from services.customer.record.rules.names import Name
from services.customer.record.rules.phone import STRONG, Phone, PhoneKind
from services.customer.record.rules.sounds import sounds

ACTIVE, MERGED, ERASED = "active", "merged", "erased"

PLAIN = ("email", "employer", "occupation")
"""Fields of one value that follow from no other: whoever knows better says so, and of several the last word stands.

`null` takes one away, and a human may choose of which record it is taken. One more is a name here, and in `Typed`,
`Given` and `Record`.
"""

_OF_VEHICLES = frozenset({"vin", "plate"})
"""Kinds of keys that lead to a customer by his vehicle, which has its own tables."""


class Changed(NamedTuple):
    """A field that got another value."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One customer's record."""

    id: UUID
    kind: CustomerKind
    name: str
    title: str
    gender: str | None
    birth_date: date | None
    id_number: str | None
    id18: str | None
    uscc: str | None
    organisation_code: str | None
    mobile: str
    phones: Sequence[Mapping[str, Any]]
    email: str | None
    addresses: Sequence[Mapping[str, Any]]
    employer: str | None
    occupation: str | None
    preferences: Mapping[str, Any]
    tags: Sequence[str]
    source: str
    store_id: str
    registered_at: datetime
    updated_at: datetime
    version: int
    forced_reason: str | None
    status: str
    merged_into: UUID | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Record:
        """The record in a row."""
        return cls(**{name: row[name] for name in COLUMNS} | {"kind": CustomerKind(row["kind"])})

    def row(self) -> dict[str, Any]:
        """The record as a row."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def called(self) -> Name | CompanyName:
        """The name, read."""
        if self.kind is CustomerKind.COMPANY:
            return company_names.read(self.name)
        return names.read(self.name + self.title)

    def bears_card_of(self, facts: Facts) -> bool:
        """True if it bears the very resident ID or organisation number of these facts: they are one customer's."""
        organisation = organisation_of(self.uscc, self.organisation_code)
        return (self.id18 is not None and self.id18 == facts.id18) or (
            organisation is not None and organisation == facts.organisation
        )

    def facts(
        self,
        vehicles: Sequence[KnownVehicle] = (),
        plates: Sequence[plate.Plate] = (),
        *,
        met_on: date | None = None,
    ) -> Facts:
        """What the record brings to the question who somebody is; `met_on` is when we last had to do with him."""
        house = self.addresses[0]["text"] if self.addresses else ""
        return Facts(
            kind=self.kind,
            name=self.called,
            id18=self.id18,
            birth_date=self.birth_date,
            gender=Gender(self.gender) if self.gender else None,
            uscc=self.uscc,
            organisation_code=self.organisation_code,
            phones=tuple(
                KnownPhone(
                    one["number"], PhoneKind(one["kind"]), shared=one["shared"], last_contact=_reached(one, met_on)
                )
                for one in self.phones
                if one["until"] is None
            ),
            vehicles=tuple(vehicles),
            plates=tuple(plates),
            email=self.email,
            address=address.read(house) if house else None,
            employer=company_names.core_of(self.employer) if self.employer else None,
        )

    def search_keys(self) -> frozenset[tuple[str, str]]:
        """Every (kind, value) the record can be found by; none once it was merged into another, or erased."""
        if self.status != ACTIVE:
            return frozenset()
        keys = {key for key in blocking_keys(self.facts()) if key[0] not in _OF_VEHICLES}
        called = self.called
        if isinstance(called, Name):
            said = called.sounds
            keys.add(("name", called.simplified))
        else:
            said = sounds(called.core, person=False)
            keys.update((("name", called.text), ("name", called.core)))
        for kind, readings in (("pinyin", said.full), ("initials", said.initials), ("folded", said.folded)):
            keys.update((kind, reading) for reading in readings if reading)
        for one in self.phones:
            if one["until"] is None:
                keys.add(("phone", one["number"]))
                keys.add(("phone_tail", one["number"][::-1]))
        return frozenset(keys)

    def enriched(self, given: Given, *, department: str, at: datetime) -> dict[str, Any]:
        """The fields that what was given adds to; nothing that is known is overwritten, save by the first card."""
        new: dict[str, Any] = {}
        if phones := missing_phones(given.phones, self.phones, department=department, at=at):
            new["phones"] = [*self.phones, *phones]
            if not self.mobile and (strong := next((one for one in given.phones if one.kind in STRONG), None)):
                new["mobile"] = strong.number
        known_house = {address.house_of(one["text"]) for one in self.addresses}
        if given.address and address.house_of(given.address) not in known_house:
            new["addresses"] = [*self.addresses, address_entry(given.address, department=department, at=at)]
        for field in ("id_number", "id18", "uscc", "organisation_code", "birth_date", "gender", *PLAIN):
            if getattr(self, field) is None and (value := getattr(given, field)) is not None:
                new[field] = value
        if "id18" in new:
            new |= {"birth_date": given.birth_date, "gender": given.gender}
        if isinstance(given.name, Name) and isinstance(self.called, Name):
            if (self.called.partial and not given.name.partial) or self._belied_by(given):
                new["name"] = given.name.text
            if not self.title and given.name.title:
                new["title"] = given.name.title
        return new

    def _belied_by(self, given: Given) -> bool:
        """True if the bearer of its card has a name and it has none: 国庆,袁 or 庆国袁 for 袁国庆."""
        called, other = self.called, given.name
        if self.id18 is None or self.id18 != given.id18 or not isinstance(called, Name) or not isinstance(other, Name):
            return False
        if other.partial or not surnames.is_common(other.surname):
            return False
        swapped = "".join(filter(str.isalpha, called.simplified)) == other.given + other.surname
        return swapped or not called.simplified or not (called.surname or called.simplified.isascii())

    def without_phone(self, number: str, *, at: datetime) -> list[Mapping[str, Any]]:
        """The phones, with this one ended; one that has ended stays as it is."""
        return [
            {**one, "until": at.isoformat()} if one["number"] == number and one["until"] is None else one
            for one in self.phones
        ]

    def changed(self, values: Mapping[str, Any], *, at: datetime) -> tuple[Record, list[Changed]]:
        """The record with these values, one version on, and what changed; itself if nothing did."""
        changes = [
            Changed(name, getattr(self, name), value) for name, value in values.items() if getattr(self, name) != value
        ]
        if not changes:
            return self, []
        return replace(self, **values, version=self.version + 1, updated_at=at), changes


def _reached(phone: Mapping[str, Any], met_on: date | None) -> date:
    told = date.fromisoformat(phone["since"][:10])
    return max(told, met_on or told)


COLUMNS = tuple(field.name for field in fields(Record))


def new_record(
    given: Given,
    *,
    customer_id: UUID,
    department: str,
    source: str,
    store_id: str,
    forced_reason: str | None,
    at: datetime,
) -> Record:
    """The first version of a record."""
    strong = next((one for one in given.phones if one.kind in STRONG), None)
    first = strong or next(iter(given.phones), None)
    return Record(
        id=customer_id,
        kind=given.kind,
        name=given.name.text,
        title=given.name.title if isinstance(given.name, Name) else "",
        gender=given.gender,
        birth_date=given.birth_date,
        id_number=given.id_number,
        id18=given.id18,
        uscc=given.uscc,
        organisation_code=given.organisation_code,
        mobile=first.number if first else "",
        phones=missing_phones(given.phones, (), department=department, at=at),
        addresses=[address_entry(given.address, department=department, at=at)] if given.address else [],
        preferences={},
        tags=[],
        source=source,
        store_id=store_id,
        registered_at=at,
        updated_at=at,
        version=1,
        forced_reason=forced_reason,
        status=ACTIVE,
        merged_into=None,
        **{name: getattr(given, name) for name in PLAIN},
    )


def missing_phones(
    given: Sequence[Phone], known: Sequence[Mapping[str, Any]], *, department: str, at: datetime
) -> list[dict[str, Any]]:
    """Entries for the numbers that are not known yet."""
    numbers = {one["number"] for one in known}
    return [phone_entry(one, department=department, at=at) for one in given if one.number not in numbers]


def phone_entry(phone: Phone, *, department: str, at: datetime, shared: bool = False) -> dict[str, Any]:
    """A number as the record keeps it."""
    return {
        "number": phone.number,
        "kind": phone.kind.value,
        "extension": phone.extension,
        "shared": shared,
        "since": at.isoformat(),
        "until": None,
        "department": department,
    }


def address_entry(text: str, *, department: str, at: datetime, kind: str = "home") -> dict[str, Any]:
    """An address as the record keeps it."""
    return {"text": text, "kind": kind, "since": at.isoformat(), "until": None, "department": department}
