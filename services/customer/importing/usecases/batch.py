"""Who the rows of a batch are: decided one after another in memory, written together (R22, E7).

A row is linked to the record it surely is, attached to the one it can only be, or begins a record of its own;
whatever it then may be the same as is queued for a human. Records grow as rows are taken, so that two rows of one
person in the same batch meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.rows import insert_together
from contracts.customer.imports import Outcome
from services.customer.importing.usecases.relations import Said, keep_said, meant_by
from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.facts import Facts, KnownVehicle, Role
from services.customer.record.rules.given import Given
from services.customer.record.rules.matching import Decision, Kind, Match, Veto
from services.customer.record.rules.names import Name
from services.customer.record.rules.names_alike import SAME_SOUND, company_score, person_score
from services.customer.record.rules.phone import STRONG
from services.customer.record.rules.record import COLUMNS, Record
from services.customer.record.usecases.identifying import Candidate, Found, Known
from services.customer.record.usecases.pairs import Suspicion
from services.customer.record.usecases.records import Edit
from services.customer.registering.usecases import Origin, Written, begin
from services.customer.vehicles.models import Vehicle
from services.customer.vehicles.usecases.keeping import Party, Seen
from services.customer.vehicles.usecases.odometer import Imported

MOST_PAIRS = 10
"""Pairs queued for one row, the likeliest."""

CARD_TAKEN = "CARD_TAKEN"
"""The warning for a card or organisation number that another record bears: a human decides whose it is."""
MOBILE_SHARED = "MOBILE_SHARED"
"""The warning for a number that too many customers have."""

_OF_CARS = frozenset({Kind.VIN, Kind.PLATE})
_NOT_OF_A_CHANGE = frozenset({"id", "version", "updated_at"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A row that can be read. `role` is None where neither the file nor its department say what he is to the car.

    `relation` is what the file says that he is to the car's owner, in its words. `km` is what the car's odometer
    showed at `km_at`.
    """

    number: int
    given: Given
    facts: Facts
    role: Role | None
    relation: str
    km: int | None
    km_at: datetime
    warnings: tuple[str, ...]


class Taken(NamedTuple):
    """What became of a row."""

    outcome: Outcome
    customer_id: UUID
    warnings: tuple[str, ...]


@dataclass(slots=True)
class Batch:
    """The known records, and what the rows taken so far have to write.

    `by_plate` are the vehicles with the plates of rows that name no VIN; `label` stands in the history of a record.
    """

    known: Known
    origin: Origin
    label: str
    by_plate: dict[str, UUID] = field(default_factory=dict)
    written: Written = field(default_factory=Written.nothing)
    _begun: set[UUID] = field(default_factory=set)
    _before: dict[UUID, Record] = field(default_factory=dict)
    _seen: dict[UUID, Seen] = field(default_factory=dict)
    _said: list[Said] = field(default_factory=list)

    def take(self, row: Reading) -> Taken:
        """Find out who the row is."""
        given, facts, warnings = self._with_role(row)
        facts, shared = self._without_worn_numbers(facts)
        if shared:
            warnings = (*warnings, MOBILE_SHARED)
        alike = self.known.alike(facts)
        linked = _linked(alike, facts)
        owners = self._owners_besides(facts, row.relation) if row.relation else set()
        strangers = [found for found in alike if found.record.id not in owners]
        one = linked or _attachable(strangers, facts, owns=row.role is Role.OWNER)
        bearers = [found for found in alike if found.record.bears_card_of(facts) and found is not one]
        if bearers:
            given, facts = _without_card(given, facts)
            warnings = (*warnings, CARD_TAKEN)
        if one is None:
            customer_id = self._begin(given, facts)
            self._suspect(customer_id, strangers)
            outcome = Outcome.QUEUED if strangers else Outcome.CREATED
        else:
            customer_id = one.record.id
            grown = self._grow(self.known.of(customer_id), given, facts)
            self._suspect_others(one, [found for found in alike if found.record.id not in owners])
            outcome = (Outcome.ENRICHED if grown else Outcome.MATCHED) if linked else Outcome.ATTACHED
        self._say(customer_id, owners - {customer_id}, alike, row)
        vehicle_id = self._keep_vehicle(customer_id, given, row.role)
        if vehicle_id is not None and row.km is not None:
            self.written.readings.append(Imported(vehicle_id, row.km_at, row.km))
        return Taken(outcome, customer_id, warnings)

    def write(self, session: Session) -> None:
        """Write all of it. What a file says of two customers is decided before it can be asked."""
        keep_said(session, self._said, origin=self.origin)
        insert_together(session, self._finish().inserts(session, origin=self.origin))

    def _finish(self) -> Written:
        """Everything to write, each record in its last version."""
        written = self.written
        written.new = [self.known.of(record.id).record for record in written.new]
        for customer_id, before in self._before.items():
            now = self.known.of(customer_id).record
            values = {name: getattr(now, name) for name in COLUMNS if name not in _NOT_OF_A_CHANGE}
            after, changes = before.changed(values, at=self.origin.at)
            if changes:
                written.edits.append(Edit(before, after, changes, self.label, self.origin.store_id))
        written.seen += self._seen.values()
        return written

    def _with_role(self, row: Reading) -> tuple[Given, Facts, tuple[str, ...]]:
        """The row with his role towards the car: what the file says, else owner if nobody else is known to be."""
        given, facts = row.given, row.facts
        if given.vehicle is None:
            return given, facts, row.warnings
        role = row.role or self._likely_role(given.vehicle.vin, facts)
        if role is not given.vehicle.role:
            given = replace(given, vehicle=replace(given.vehicle, role=role))
            vehicle = KnownVehicle(given.vehicle.vin, role, since=given.vehicle.since) if given.vehicle else None
            facts = replace(facts, vehicles=(vehicle,) if vehicle else ())
        return given, facts, row.warnings

    def _likely_role(self, vin: str, facts: Facts) -> Role:
        """Whoever brings a car is its owner if he has the owner's name, or if we know of no owner; else he brings it.

        A surname is not the owner's name: a brother has it too.
        """
        owners = [
            known
            for known in self.known.bearers("vin", vin)
            if any(one.vin == vin and one.role is Role.OWNER and one.until is None for one in known.facts.vehicles)
        ]
        if not owners or any(_one_name(known.facts, facts) for known in owners):
            return Role.OWNER
        return Role.BRINGER

    def _owners_besides(self, facts: Facts, word: str) -> set[UUID]:
        """The known owners of the row's car that he can be that to, so that he is none of them."""
        near = [known for one in facts.vehicles for known in self.known.bearers("vin", one.vin)]
        near += [known for one in facts.plates for known in self.known.bearers("plate", one.number)]
        return {
            known.record.id
            for known in near
            if any(one.role is Role.OWNER for one in known.facts.vehicles)
            and meant_by(word, customer=facts.kind, owner=known.record.kind) is not None
        }

    def _without_worn_numbers(self, facts: Facts) -> tuple[Facts, bool]:
        worn = {one.number for one in facts.phones if one.kind in STRONG and self.known.worn(one.number)}
        if not worn:
            return facts, False
        phones = tuple(replace(one, shared=True) if one.number in worn else one for one in facts.phones)
        return replace(facts, phones=phones), True

    def _begin(self, given: Given, facts: Facts) -> UUID:
        record = begin(self.written, given, origin=self.origin)
        shared = {one.number for one in facts.phones if one.shared}
        if shared:
            phones = [{**one, "shared": one["number"] in shared} for one in record.phones]
            record = replace(record, phones=phones)
        self.known.keep(Candidate(record, facts))
        self._begun.add(record.id)
        return record.id

    def _grow(self, known: Candidate, given: Given, facts: Facts) -> bool:
        """The known record with what it did not say yet; True if that was anything."""
        values = known.record.enriched(given, department=self.origin.department, at=self.origin.at)
        vehicles = [one for one in facts.vehicles if one not in known.facts.vehicles]
        plates = [one for one in facts.plates if one not in known.facts.plates]
        if not values and not vehicles and not plates:
            return False
        record = replace(known.record, **values) if values else known.record
        if values and record.id not in self._begun:
            self._before.setdefault(record.id, known.record)
        own = [*known.facts.vehicles, *vehicles]
        met_on = max((one.last_contact for one in known.facts.phones if one.last_contact), default=None)
        self.known.keep(Candidate(record, record.facts(own, [*known.facts.plates, *plates], met_on=met_on)))
        return bool(values) or any(all(old.vin != one.vin for old in known.facts.vehicles) for one in vehicles)

    def _suspect(self, customer_id: UUID, alike: Sequence[Found]) -> None:
        for one in alike[:MOST_PAIRS]:
            self._queue(customer_id, one.record.id, one.match)

    def _suspect_others(self, one: Found, alike: Sequence[Found]) -> None:
        """The record has grown: whoever else the row may be, may be the record."""
        now = self.known.of(one.record.id)
        for other in alike[: MOST_PAIRS + 1]:
            if other.record.id == one.record.id:
                continue
            match = self.known.compare(now.facts, self.known.of(other.record.id).facts)
            if match.decision is not Decision.NEW:
                self._queue(now.record.id, other.record.id, match)
            elif other.match.decision is Decision.LINK:
                self._queue(now.record.id, other.record.id, replace(other.match, vetoes=match.vetoes))

    def _say(self, customer_id: UUID, owners: set[UUID], alike: Sequence[Found], row: Reading) -> None:
        """What the file says that he is to the car's owner, if it has one owner only."""
        if len(owners) != 1:
            return
        (owner_id,) = owners
        match = next((found.match for found in alike if found.record.id == owner_id), None)
        customer, owner = self.known.of(customer_id).record, self.known.of(owner_id).record
        day = row.given.vehicle.since if row.given.vehicle else None
        since = day or self.origin.at.astimezone(LOCAL).date()
        self._said.append(Said(customer, owner, row.relation, since, match))

    def _queue(self, one: UUID, other: UUID, match: Match) -> None:
        origin = self.origin
        self.written.suspicions.append(Suspicion(one, other, match, origin.store_id, origin.source, origin.at))

    def _keep_vehicle(self, customer_id: UUID, given: Given, said: Role | None) -> UUID | None:
        """The row's vehicle, if it names one by its VIN or by a plate we know."""
        told = given.vehicle
        if told is None:
            vehicle_id = self.by_plate.get(given.plate.number) if given.plate is not None else None
            if vehicle_id is not None and said is not None:
                self.written.parties.append(Party(vehicle_id, customer_id, said, self.origin.at))
            return vehicle_id
        day = told.since
        since = datetime(day.year, day.month, day.day, tzinfo=LOCAL) if day else self.origin.at
        vehicle = Vehicle.register(vin=told.vin, model=told.model, colour=told.colour, now=self.origin.at)
        before = self._seen.get(vehicle.id)
        if before is not None:
            vehicle.model, vehicle.colour = before.vehicle.model or told.model, before.vehicle.colour or told.colour
        shown = Seen(vehicle, self.origin.store_id, since, told.plate)
        if before is not None and before.plate is not None and (told.plate is None or _later(before, shown)):
            shown = replace(shown, plate=before.plate, at=before.at)
        self._seen[vehicle.id] = shown
        self.written.parties.append(Party(vehicle.id, customer_id, told.role, since))
        return vehicle.id


def _later(one: Seen, other: Seen) -> bool:
    """True if the plate of the first was seen after that of the other, or is the one that tells the vehicle."""
    assert one.plate is not None and other.plate is not None
    if one.plate.identifies is not other.plate.identifies:
        return one.plate.identifies
    return one.at > other.at


def _linked(alike: Sequence[Found], facts: Facts) -> Found | None:
    """The record that the row surely is: the bearer of its card before all others, then the surest."""
    links = [one for one in alike if one.match.decision is Decision.LINK]
    return next((one for one in links if one.record.bears_card_of(facts)), links[0] if links else None)


def _attachable(alike: Sequence[Found], facts: Facts, *, owns: bool) -> Found | None:
    """The one record whose number a mere surname answers to, or the mere surname that a full name explains.

    On 陈文伟's phone 陈老师 may be his wife: either the title tells the sex and nothing known contradicts, or both are
    said to own the same car.
    """
    fit = [
        one
        for one in alike
        if one.match.attach_contact
        and set(one.match.vetoes) <= {Veto.NAME_UNPROVEN}
        and _explains(one, facts, owns=owns)
    ]
    return fit[0] if len(fit) == 1 else None


def _explains(one: Found, facts: Facts, *, owns: bool) -> bool:
    known = one.record.facts()
    sexes = {each.known_gender for each in (known, facts)} - {None}
    if len(sexes) > 1:
        return False
    if owns and any(each.kind in _OF_CARS for each in one.match.evidence):
        return True
    names = [each.name for each in (known, facts) if isinstance(each.name, Name)]
    return any(name.surname_only and name.gender is not None for name in names)


def _without_card(given: Given, facts: Facts) -> tuple[Given, Facts]:
    return (
        replace(given, id_number=None, id18=None, uscc=None, organisation_code=None),
        replace(facts, id18=None, uscc=None, organisation_code=None),
    )


def _one_name(a: Facts, b: Facts) -> bool:
    if isinstance(a.name, Name) and isinstance(b.name, Name):
        full = not a.name.surname_only and not b.name.surname_only
        return full and person_score(a.name, b.name) >= SAME_SOUND
    if isinstance(a.name, CompanyName) and isinstance(b.name, CompanyName):
        return company_score(a.name, b.name) >= SAME_SOUND
    return False
