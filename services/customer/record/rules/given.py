"""What a desk or a department's file gives of a customer: read, normalised and checked, or refused by field (R17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts import plate
from contracts import vin as vins
from contracts.customer.operations import CustomerKind, Occupation
from services.customer.record.rules import address, company_id, company_names, email, names, phone, resident_id
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.names import Name


class Unreadable(ValueError):
    """A field that cannot be taken: `code` says why, `typed` what stood there."""

    def __init__(self, field: str, code: str, typed: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.typed = field, code, typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, field by field; nothing is checked yet. `since` is from when the vehicle has been his."""

    name: str
    kind: CustomerKind | None = None
    phones: tuple[str, ...] = ()
    id_number: str = ""
    organisation_number: str = ""
    birth_date: date | None = None
    gender: Gender | None = None
    email: str = ""
    address: str = ""
    employer: str = ""
    occupation: Occupation | None = None
    vin: str = ""
    plate: str = ""
    model: str = ""
    colour: str = ""
    role: Role = Role.OWNER
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVehicle:
    """A vehicle with a valid VIN; the plate may be a temporary one."""

    vin: str
    plate: plate.Plate | None
    model: str
    colour: str
    role: Role
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given, valid and in stored form. `warnings` are codes of what was taken with a doubt."""

    kind: CustomerKind
    name: Name | CompanyName
    phones: tuple[phone.Phone, ...]
    id_number: str | None
    id18: str | None
    uscc: str | None
    organisation_code: str | None
    birth_date: date | None
    gender: Gender | None
    email: str | None
    address: str
    employer: str | None
    occupation: Occupation | None
    vehicle: GivenVehicle | None
    plate: plate.Plate | None
    warnings: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        """What it brings to the question who this is."""
        vehicle = self.vehicle
        plates = (self.plate,) if self.plate is not None and self.plate.identifies else ()
        return Facts(
            kind=self.kind,
            name=self.name,
            id18=self.id18,
            birth_date=self.birth_date,
            gender=self.gender,
            uscc=self.uscc,
            organisation_code=self.organisation_code,
            phones=tuple(KnownPhone(one.number, one.kind) for one in self.phones),
            vehicles=(KnownVehicle(vehicle.vin, vehicle.role, since=vehicle.since),) if vehicle else (),
            plates=plates,
            email=self.email,
            address=address.read(self.address) if self.address else None,
            employer=company_names.core_of(self.employer) if self.employer else None,
        )


def read(typed: Typed, *, today: date, imported: bool = False) -> Given:
    """What was typed, in stored form. Raises Unreadable for the first field that cannot be taken.

    A number of an organisation makes a company; a company's name is read as one.
    """
    id_card = _id_card(typed.id_number, today=today)
    if typed.birth_date is not None and typed.birth_date > today:
        raise Unreadable("birth_date", "BIRTH_DATE_INVALID", typed.birth_date.isoformat())
    organisation = _organisation(typed.organisation_number)
    kind = typed.kind or (CustomerKind.COMPANY if organisation and not id_card else CustomerKind.PERSON)
    name = _name(typed.name, kind)
    shown = _plate(typed.plate, imported=imported)
    return Given(
        kind=kind,
        name=name,
        phones=tuple(dict.fromkeys(_phone(one) for one in typed.phones if one.strip())),
        id_number=id_card.number if id_card else None,
        id18=id_card.number_18 if id_card else None,
        uscc=organisation.uscc if organisation else None,
        organisation_code=organisation.organisation_code if organisation else None,
        birth_date=id_card.birth_date if id_card else typed.birth_date,
        gender=id_card.gender if id_card else typed.gender or (name.gender if isinstance(name, Name) else None),
        email=_email(typed.email),
        address=" ".join(typed.address.split()),
        employer=" ".join(typed.employer.split()) or None,
        occupation=typed.occupation,
        vehicle=_vehicle(typed, shown),
        plate=shown,
        warnings=_warnings(id_card, typed),
    )


def _name(typed: str, kind: CustomerKind) -> Name | CompanyName:
    if kind is CustomerKind.COMPANY:
        company = company_names.read(typed)
        if not company.text:
            raise Unreadable("name", "NAME_INVALID", typed)
        return company
    name = names.read(typed)
    if not name.text:
        raise Unreadable("name", "NAME_INVALID", typed)
    return name


def _id_card(typed: str, *, today: date) -> resident_id.ResidentId | None:
    if not typed.strip():
        return None
    try:
        return resident_id.read(typed, today=today)
    except resident_id.NotAResidentId as error:
        raise Unreadable("id_no", error.code, typed) from None


def _organisation(typed: str) -> company_id.CompanyId | None:
    if not typed.strip():
        return None
    try:
        return company_id.read(typed)
    except company_id.NotACompanyId as error:
        raise Unreadable("organisation_no", error.code, typed) from None


def _phone(typed: str) -> phone.Phone:
    try:
        return phone.read(typed)
    except phone.NotAPhone as error:
        raise Unreadable("mobile", error.code, typed) from None


def _email(typed: str) -> str | None:
    if not typed.strip():
        return None
    try:
        return email.normalise(typed)
    except email.NotAnEmail as error:
        raise Unreadable("email", error.code, typed) from None


def _plate(typed: str, *, imported: bool) -> plate.Plate | None:
    if not typed.strip():
        return None
    try:
        return plate.read(typed, imported=imported)
    except plate.NotAPlate as error:
        raise Unreadable("plate", error.code, typed) from None


def _vehicle(typed: Typed, shown: plate.Plate | None) -> GivenVehicle | None:
    if not typed.vin.strip():
        return None
    try:
        vin = vins.normalise(typed.vin)
    except vins.NotAVin:
        raise Unreadable("vin", "VIN_INVALID", typed.vin) from None
    return GivenVehicle(
        vin=vin,
        plate=shown,
        model=" ".join(typed.model.split()),
        colour=typed.colour.strip(),
        role=typed.role,
        since=typed.since,
    )


def _warnings(id_card: resident_id.ResidentId | None, typed: Typed) -> tuple[str, ...]:
    doubts = id_card.warnings if id_card else ()
    if typed.vin.strip() and (doubt := vins.warning(vins.normalise(typed.vin))):
        return (*doubts, doubt)
    return doubts
