"""Whether two records are one customer: evidence, vetoes, decision (E7)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from contracts.customer.operations import CustomerKind
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.facts import Facts, KnownPhone, Role
from services.customer.record.rules.names import Name
from services.customer.record.rules.names_alike import (
    DIFFERENT,
    EQUAL_SIMPLIFIED,
    SAME_SOUND,
    SAME_TO_SOUTHERN_EARS,
    SURNAME,
    company_score,
    person_score,
)
from services.customer.record.rules.phone import STRONG

ENOUGH_TO_LINK = 95
ENOUGH_TO_ASK = 60
POINTS_OF_A_NAME = 40
RECYCLED_AFTER_MONTHS = 24
_OTHER_COMPANY = 0.5


class Kind(StrEnum):
    """What two records agree in."""

    ID18 = "id18"
    ORGANISATION = "organisation"
    MOBILE = "mobile"
    SHARED_MOBILE = "shared_mobile"
    LANDLINE = "landline"
    VIN = "vin"
    PLATE = "plate"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    ADDRESS = "address"
    EMPLOYER = "employer"


POINTS = {
    Kind.ID18: 100,
    Kind.ORGANISATION: 100,
    Kind.MOBILE: 62,
    Kind.SHARED_MOBILE: 25,
    Kind.LANDLINE: 10,
    Kind.VIN: 35,
    Kind.PLATE: 20,
    Kind.BIRTH_DATE: 25,
    Kind.EMAIL: 25,
    Kind.ADDRESS: 10,
    Kind.EMPLOYER: 5,
}
"""The worth of each agreement; that of a name is POINTS_OF_A_NAME times its score."""

POINTS_OF_ANOTHERS_CARD = 75
"""The worth of an equal card under quite another name: an agent's card, typed for many owners (E7)."""


class Veto(StrEnum):
    """Why two records are not linked without a human, whatever they agree in."""

    ID_DIFFERS = "id_differs"
    ORGANISATION_DIFFERS = "organisation_differs"
    PERSON_AND_COMPANY = "person_and_company"
    BIRTH_DIFFERS = "birth_differs"
    GENDER_DIFFERS = "gender_differs"
    NOT_SAME = "not_same"
    NAME_UNPROVEN = "name_unproven"


class Decision(StrEnum):
    """What is done about a pair."""

    LINK = "link"
    REVIEW = "review"
    NEW = "new"


class Relation(StrEnum):
    """What two customers with one mobile number may be to each other."""

    HOUSEHOLD = "household"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One agreement and its worth."""

    kind: Kind
    points: int


@dataclass(frozen=True, slots=True)
class Match:
    """What is thought of a pair, and why.

    For a pair under review: `relation` if one number but two names suggest a household or a company,
    `attach_contact` if one record is but a surname and a title that the other's number answers to.
    """

    points: int
    evidence: tuple[Evidence, ...]
    vetoes: tuple[Veto, ...]
    decision: Decision
    relation: Relation | None = None
    attach_contact: bool = False

    @property
    def agreed(self) -> list[str]:
        """What they agree in, as it is told."""
        return [one.kind.value for one in self.evidence]


def compare(a: Facts, b: Facts, *, at: date, not_same: bool = False) -> Match:
    """What two records have in common on the day `at` and what follows (E7); the order of the two does not matter.

    `not_same` says that a human has told the two apart. Beyond the table, two records are linked only by an equal
    number of the person or company, or by names that agree: a family shares phone, car and address, not the name. A
    card links whoever may bear both names, not two of which neither surname nor given name is the same.
    """
    score = _name_score(a, b)
    other_name = _other_name(a, b, score)
    found = [*_numbers(a, b), *_phones(a, b, at=at, other_name=other_name), *_vehicles(a, b), *_person(a, b)]
    anothers = Kind.ID18 in found and _quite_others(a.name, b.name)
    evidence = [
        Evidence(kind, POINTS_OF_ANOTHERS_CARD if anothers and kind is Kind.ID18 else POINTS[kind]) for kind in found
    ]
    if worth := int(POINTS_OF_A_NAME * score + 0.5):
        evidence.append(Evidence(Kind.NAME, worth))
    points = sum(one.points for one in evidence)
    vetoes = _vetoes(a, b, not_same=not_same)
    by_number = (Kind.ID18 in found and not anothers) or Kind.ORGANISATION in found
    if points >= ENOUGH_TO_LINK and not by_number and not _names_agree(a, b, score):
        vetoes = (*vetoes, Veto.NAME_UNPROVEN)
    decision = _decision(points, vetoes)
    if decision is not Decision.REVIEW or (Kind.MOBILE not in found and Kind.SHARED_MOBILE not in found):
        return Match(points, tuple(evidence), vetoes, decision)
    relation = _relation(a, b) if other_name or Veto.GENDER_DIFFERS in vetoes else None
    attach = relation is None and _is_contact(a) != _is_contact(b) and score > DIFFERENT
    return Match(points, tuple(evidence), vetoes, decision, relation, attach)


def _decision(points: int, vetoes: tuple[Veto, ...]) -> Decision:
    if points >= ENOUGH_TO_LINK and not vetoes:
        return Decision.LINK
    return Decision.REVIEW if points >= ENOUGH_TO_ASK else Decision.NEW


def _name_score(a: Facts, b: Facts) -> float:
    if isinstance(a.name, Name) and isinstance(b.name, Name):
        return person_score(a.name, b.name, gender_a=a.known_gender, gender_b=b.known_gender)
    if isinstance(a.name, CompanyName) and isinstance(b.name, CompanyName):
        return company_score(a.name, b.name)
    return DIFFERENT


def _other_name(a: Facts, b: Facts, score: float) -> bool:
    """True if both names are known and are not the same one mistyped."""
    if a.name is None or b.name is None:
        return False
    return score < (_OTHER_COMPANY if isinstance(a.name, CompanyName) else SURNAME)


def _names_agree(a: Facts, b: Facts, score: float) -> bool:
    """True if the names are enough to say that it is one customer who has the rest in common.

    Brothers differ in one character, a son's 张先生 is not his father; two names that only sound alike may be a
    couple's or a parent's and child's, so nothing that is known of the two may contradict.
    """
    if isinstance(a.name, CompanyName):
        return score >= SAME_SOUND
    if score >= EQUAL_SIMPLIFIED:
        return True
    return (
        score >= SAME_TO_SOUTHERN_EARS and not _differ(a.known_gender, b.known_gender) and not _differ(a.born, b.born)
    )


def _quite_others(one: Name | CompanyName | None, other: Name | CompanyName | None) -> bool:
    """True if two names in hanzi, both whole, have neither surname nor given name in common, in whatever order."""
    if not isinstance(one, Name) or not isinstance(other, Name) or one.partial or other.partial:
        return False
    if not one.surname or not other.surname or sorted(one.simplified) == sorted(other.simplified):
        return False
    alike = person_score(one, other) > DIFFERENT
    return not alike and one.surname != other.surname and one.given != other.given


def _numbers(a: Facts, b: Facts) -> Iterator[Kind]:
    if a.id18 and a.id18 == b.id18:
        yield Kind.ID18
    if (organisation := a.organisation) and organisation == b.organisation:
        yield Kind.ORGANISATION


def _phones(a: Facts, b: Facts, *, at: date, other_name: bool) -> Iterator[Kind]:
    """The best agreement of mobile numbers, and one of the weak ones; a recycled number is none (E1)."""
    if not a.phones or not b.phones:
        return
    equal = [(one, other) for one in a.phones for other in b.phones if one.number == other.number]
    if other_name and equal:
        oldest = _months_before(at, RECYCLED_AFTER_MONTHS)
        equal = [pair for pair in equal if not any(_silent_since(phone, oldest) for phone in pair)]
    strong = [one.shared or other.shared for one, other in equal if one.kind in STRONG]
    if strong:
        yield Kind.SHARED_MOBILE if all(strong) else Kind.MOBILE
    if len(strong) < len(equal):
        yield Kind.LANDLINE


def _vehicles(a: Facts, b: Facts) -> Iterator[Kind]:
    if any(
        one.vin == other.vin and one.role is other.role is Role.OWNER and one.overlaps(other)
        for one in a.vehicles
        for other in b.vehicles
    ):
        yield Kind.VIN
    if any(plate.identifies and plate in b.plates for plate in a.plates):
        yield Kind.PLATE


def _person(a: Facts, b: Facts) -> Iterator[Kind]:
    if (born := a.born) and born == b.born:
        yield Kind.BIRTH_DATE
    if a.email and a.email == b.email:
        yield Kind.EMAIL
    if a.address is not None and b.address is not None and (house := a.address.house) and house == b.address.house:
        yield Kind.ADDRESS
    if a.employer and a.employer == b.employer:
        yield Kind.EMPLOYER


def _vetoes(a: Facts, b: Facts, *, not_same: bool) -> tuple[Veto, ...]:
    by_id = a.id18 is not None or b.id18 is not None
    said = (
        (Veto.ID_DIFFERS, _differ(a.id18, b.id18)),
        (Veto.ORGANISATION_DIFFERS, _differ(a.organisation, b.organisation)),
        (Veto.PERSON_AND_COMPANY, a.kind is not b.kind),
        (Veto.BIRTH_DIFFERS, by_id and _differ(a.born, b.born)),
        (Veto.GENDER_DIFFERS, by_id and _differ(a.known_gender, b.known_gender)),
        (Veto.NOT_SAME, not_same),
    )
    return tuple(veto for veto, stands in said if stands)


def _relation(a: Facts, b: Facts) -> Relation:
    company = CustomerKind.COMPANY in (a.kind, b.kind) or (a.employer is not None and a.employer == b.employer)
    return Relation.COMPANY if company else Relation.HOUSEHOLD


def _is_contact(facts: Facts) -> bool:
    """True if of the name only the surname is known, or a nickname."""
    return isinstance(facts.name, Name) and facts.name.partial


def _differ(one: object, other: object) -> bool:
    """True if both are known and are not the same."""
    return one is not None and other is not None and one != other


def _silent_since(phone: KnownPhone, day: date) -> bool:
    return phone.last_contact is not None and phone.last_contact < day


@lru_cache(maxsize=16)  # a batch compares everything on one day
def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
