"""Registering: search or create (R21). The desk registers one, an import a batch, by the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store.outbox import Fact, to_record
from chassis.store.rows import Insert, insert_last
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.operations import RegisterCustomer, Registered
from contracts.personal_numbers import mask_mobile, numbers_masked
from contracts.picked import picked
from services.customer.record.errors import PossibleDuplicate, ReasonRequired
from services.customer.record.rules.facts import Role
from services.customer.record.rules.given import Given
from services.customer.record.rules.matching import Decision
from services.customer.record.rules.record import Record, new_record
from services.customer.record.usecases import profiles
from services.customer.record.usecases.identifying import Found, known_to, lock
from services.customer.record.usecases.pairs import Suspicion, queue
from services.customer.record.usecases.reading import at_desk, read
from services.customer.record.usecases.records import Edit, inserts_of, update_records
from services.customer.vehicles.models import Vehicle
from services.customer.vehicles.usecases import odometer
from services.customer.vehicles.usecases.keeping import Party, Seen, party_inserts, vehicle_writes

MOST_CANDIDATES = 10
"""Records shown to a desk that has to decide whether somebody is one of them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something given comes from: the person and department, the store, and the words for the record's source."""

    staff_id: str
    department: str
    store_id: str
    source: str
    at: datetime


@dataclass(slots=True)
class Written:
    """What a registration has to write: gathered for one customer or a batch, written together."""

    new: list[Record]
    edits: list[Edit]
    seen: list[Seen]
    parties: list[Party]
    suspicions: list[Suspicion]
    facts: list[Fact]
    readings: list[odometer.Imported]

    @classmethod
    def nothing(cls) -> Written:
        """Nothing yet."""
        return cls([], [], [], [], [], [], [])

    def inserts(self, session: Session, *, origin: Origin) -> list[Insert]:
        """What is changed is written here; what is new is left to be written, in one statement."""
        self.facts += update_records(session, self.edits, origin_staff_id=origin.staff_id, department=origin.department)
        told, plates = vehicle_writes(session, self.seen)
        self.facts += told
        self.facts += queue(session, self.suspicions)
        profiled, told = profiles.begun(self.new)
        self.facts += told
        return [
            *inserts_of(self.new),
            profiled,
            *plates,
            *party_inserts(self.parties),
            odometer.imported(self.readings),
            to_record(session, self.facts),
        ]


def register_customer(session: Session, request: RegisterCustomer, *, scope: Scope, now: datetime) -> Registered:
    """Search or create for a desk: what links by E7 is the same customer, from however many desks at once.

    Raises StoreNotAllowed; a refusal with the field's own code for what cannot be taken (E1 to E6);
    PossibleDuplicate with the candidates when a human must decide and `force_new` is not set;
    ReasonRequired when it is set without a reason.
    """
    scope.require_store(request.store_id)
    if request.force_new and not request.reason:
        raise ReasonRequired
    given = _read(request, now=now)
    facts = given.facts
    lock(session, [facts])
    known = known_to(session, [facts], at=now.astimezone(LOCAL).date())
    alike = known.alike(facts)
    origin = Origin(scope.staff_id, scope.role, request.store_id, request.source, now)
    written = Written.nothing()
    linked = next((one for one in alike if one.match.decision is Decision.LINK), None)
    if linked is None:
        if alike and (not request.force_new or any(one.record.bears_card_of(facts) for one in alike)):
            raise PossibleDuplicate(candidates=[_shown(one) for one in alike[:MOST_CANDIDATES]])
        record = begin(written, given, origin=origin, reason=request.reason)
        suspect(written, record, alike, origin=origin)
    else:
        record = linked.record
        enrich(written, record, given, origin=origin)
    keep_vehicle(written, record.id, given, origin=origin)
    insert_last(session, written.inserts(session, origin=origin))
    return picked(
        Registered,
        given,
        customer_id=record.id,
        created=linked is None,
        vehicle_id=written.seen[0].vehicle.id if written.seen else None,
        warnings=list(given.warnings),
        evidence=linked.match.agreed if linked else [],
    )


def begin(written: Written, given: Given, *, origin: Origin, reason: str | None = None) -> Record:
    """A new record, and that it was registered."""
    record = new_record(
        given,
        customer_id=uuids.uuid7(),
        department=origin.department,
        source=origin.source,
        store_id=origin.store_id,
        forced_reason=reason,
        at=origin.at,
    )
    written.new.append(record)
    registered = events.CustomerRegistered(customer_id=record.id, kind=record.kind, source=origin.source)
    written.facts.append(
        Fact(
            event=registered,
            subject_id=record.id,
            subject_version=1,
            store_id=origin.store_id,
            occurred_at=origin.at,
        )
    )
    return record


def enrich(written: Written, record: Record, given: Given, *, origin: Origin) -> Record:
    """The record with what was not known of it."""
    after, changes = record.changed(record.enriched(given, department=origin.department, at=origin.at), at=origin.at)
    if changes:
        written.edits.append(Edit(record, after, changes, origin.source, origin.store_id))
    return after


def suspect(written: Written, record: Record, alike: Sequence[Found], *, origin: Origin) -> None:
    """The new record may be one of these all the same."""
    written.suspicions += [
        Suspicion(record.id, one.record.id, one.match, origin.store_id, origin.source, origin.at) for one in alike
    ]


def keep_vehicle(written: Written, customer_id: UUID, given: Given, *, origin: Origin) -> None:
    """The vehicle given with a customer, and his role towards it."""
    if given.vehicle is None:
        return
    told = given.vehicle
    vehicle = Vehicle.register(vin=told.vin, model=told.model, colour=told.colour, now=origin.at)
    since = datetime(told.since.year, told.since.month, told.since.day, tzinfo=LOCAL) if told.since else origin.at
    written.seen.append(Seen(vehicle, origin.store_id, since, told.plate))
    written.parties.append(Party(vehicle.id, customer_id, told.role, since))


def _read(request: RegisterCustomer, *, now: datetime) -> Given:
    car = request.vehicle
    typed = at_desk(request, name=request.name, kind=request.kind)
    if car is not None:
        plate, colour = car.plate or "", car.colour or ""
        typed = replace(typed, vin=car.vin, plate=plate, model=car.model, colour=colour, role=Role(car.role))
    return read(typed, now=now)


def _shown(found: Found) -> dict[str, object]:
    """Who it may be, with as much of him as a look-up shows: enough to ask the one at the desk."""
    record, match = found
    return {
        "customer_id": str(record.id),
        "name": numbers_masked(record.name),
        "title": record.title,
        "mobile": mask_mobile(record.mobile) if record.mobile else "",
        "points": match.points,
        "evidence": match.agreed,
        "vetoes": list(match.vetoes),
        "relation": match.relation,
    }
