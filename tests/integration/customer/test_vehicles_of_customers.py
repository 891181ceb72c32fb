"""Vehicles: plates and parties over time, second-hand, odometer (E5, E7)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.store.rows import insert_together
from contracts.customer.operations import VehicleRole
from contracts.customer.vehicles import (
    AddVehicle,
    ChangeOwner,
    ChangePlate,
    EndRole,
    PlateChanged,
    VehicleById,
    VehicleCard,
    VehiclesByIds,
)
from contracts.followup.events import VisitPlanned
from contracts.odometer import Reading
from contracts.sales.events import VehicleDelivered
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import OdometerRecorded, RepairOrderKmCorrected, RepairOrderOpened, VehicleReturned
from services.customer.record.errors import (
    CustomerNotFound,
    MomentAhead,
    PeriodInvalid,
    PlateInvalid,
    VinInvalid,
)
from services.customer.vehicles import queries
from services.customer.vehicles.errors import (
    OwnerAlready,
    PlateElsewhere,
    RoleNotFound,
    VehicleHasOwner,
    VehicleNotFound,
)
from services.customer.vehicles.rules import judged as judged_readings
from services.customer.vehicles.usecases import adding, odometer, parties, plates
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.support import randoms
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.examples import examples

DAY = timedelta(days=1)
PARTIES = """
    SELECT event_type, subject_version, envelope->'payload'->>'until' AS until FROM outbox
     WHERE subject_id = :id ORDER BY position
"""


def run(desk: Desk, use_case: Any, request: Any, now: datetime = NOW) -> Any:
    return desk.database.run(lambda session: use_case(session, request, scope=DESK, now=now))


def add(desk: Desk, customer: UUID, vin: str, *, now: datetime = NOW, **given: Any) -> UUID:
    added = run(desk, adding.add_vehicle, AddVehicle(customer, vin, **given), now)
    return added.vehicle_id


def put(desk: Desk, vehicle: UUID, plate: str, *, now: datetime = NOW, **given: Any) -> PlateChanged:
    return run(desk, plates.change_plate, ChangePlate(vehicle, plate, **given), now)


def sell(desk: Desk, vehicle: UUID, to: UUID, *, now: datetime = NOW, since: datetime | None = None) -> Any:
    return run(desk, parties.change_owner, ChangeOwner(vehicle, to, since), now)


def card(desk: Desk, vehicle: UUID) -> VehicleCard:
    return desk.read(lambda connection: queries.vehicle(connection, VehicleById(vehicle), now=NOW))


def shown_plates(desk: Desk, vehicle: UUID) -> list[tuple[str, datetime | None]]:
    return [(one.plate, one.until) for one in card(desk, vehicle).plates]


def shown_parties(desk: Desk, vehicle: UUID) -> list[tuple[UUID, str, datetime | None]]:
    return [(one.customer_id, one.role, one.until) for one in card(desk, vehicle).parties]


# -- roles --------------------------------------------------------------------------------------------------------


def test_a_vehicle_is_added_with_a_role_and_everybody_is_told(desk):
    customer, vin, plate = desk.register().customer_id, randoms.vin(), randoms.plate()
    vehicle = add(desk, customer, vin.lower(), model=" GL8 ", plate=plate, colour="白", role=VehicleRole.USER)
    assert vehicle == vehicle_id(vin)
    found = card(desk, vehicle)
    assert (found.vin, found.model, found.colour, found.model_year) == (vin, "GL8", "白", 2002)
    assert shown_parties(desk, vehicle) == [(customer, "user", None)]
    assert shown_plates(desk, vehicle) == [(plate, None)]
    assert desk.events(f"{vehicle}/{customer}/user") == ["vehicle_party_changed"]


def test_adding_the_same_again_tells_nobody(desk):
    customer, vin = desk.register().customer_id, randoms.vin()
    for _ in range(2):
        vehicle = add(desk, customer, vin)
    assert desk.events(f"{vehicle}/{customer}/owner") == ["vehicle_party_changed"]


def test_who_brings_a_car_is_not_made_its_owner_and_two_do_not_own_one(desk):
    owner, driver, vin = desk.register().customer_id, desk.register().customer_id, randoms.vin()
    vehicle = add(desk, owner, vin)
    add(desk, driver, vin, role=VehicleRole.BRINGER)
    with pytest.raises(VehicleHasOwner) as refused:
        add(desk, driver, vin)
    assert refused.value.details["owner_id"] == str(owner)
    assert sorted(shown_parties(desk, vehicle)) == sorted([(owner, "owner", None), (driver, "bringer", None)])


def test_ten_desks_that_name_ten_owners_at_once_make_one(desk):
    vin, customers = randoms.vin(), [desk.register().customer_id for _ in range(10)]
    together = threading.Barrier(10, timeout=10)

    def claim(customer: UUID) -> str:
        together.wait()
        try:
            add(desk, customer, vin)
        except VehicleHasOwner:
            return "refused"
        return "owner"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(claim, customers)) == ["owner"] + ["refused"] * 9


def test_a_car_sold_on_has_a_new_owner_and_the_old_one_is_kept_with_his_end(desk):
    old, new, vin = desk.register().customer_id, desk.register().customer_id, randoms.vin()
    vehicle = add(desk, old, vin)
    sold = NOW + 30 * DAY
    done = sell(desk, vehicle, new, now=sold)
    assert (done.owner_id, done.former) == (new, [old])
    assert shown_parties(desk, vehicle) == [(new, "owner", None), (old, "owner", sold)]
    told = desk.rows(PARTIES, id=f"{vehicle}/{old}/owner")
    assert [(row["subject_version"], row["until"]) for row in told] == [(1, None), (2, sold.isoformat())]
    with pytest.raises(OwnerAlready):
        sell(desk, vehicle, new, now=sold)


def test_who_buys_his_old_car_back_is_its_owner_again(desk):
    one, other, vin = desk.register().customer_id, desk.register().customer_id, randoms.vin()
    vehicle = add(desk, one, vin)
    sell(desk, vehicle, other, now=NOW + DAY)
    sell(desk, vehicle, one, now=NOW + 2 * DAY)
    assert shown_parties(desk, vehicle) == [(one, "owner", None), (other, "owner", NOW + 2 * DAY)]
    assert [row["subject_version"] for row in desk.rows(PARTIES, id=f"{vehicle}/{one}/owner")] == [1, 2, 3]


def test_a_late_word_of_the_first_sale_does_not_give_a_sold_car_back(desk):
    old, new, vin = desk.register().customer_id, desk.register().customer_id, randoms.vin()
    car = made(VehicleDelivered, vin=vin, vehicle_id=vehicle_id(vin), customer_id=old, delivered_at=NOW)
    event = received(car, subject_id=car.order_id)
    deliver(desk.transaction, timeline.hand_over, [event])
    sell(desk, vehicle_id(vin), new, now=NOW + DAY)
    with desk.transaction() as session:
        timeline.hand_over(session, [event])
    assert shown_parties(desk, vehicle_id(vin)) == [(new, "owner", None), (old, "owner", NOW + DAY)]


def test_a_role_ends_and_is_kept(desk):
    customer, vin = desk.register().customer_id, randoms.vin()
    vehicle = add(desk, customer, vin, role=VehicleRole.INSURED)
    ended = EndRole(customer, vehicle, VehicleRole.INSURED, NOW + DAY)
    run(desk, parties.end_role, ended, NOW + DAY)
    assert shown_parties(desk, vehicle) == [(customer, "insured", NOW + DAY)]
    with pytest.raises(RoleNotFound):
        run(desk, parties.end_role, ended, NOW + DAY)


def test_what_cannot_be_is_refused_and_changes_nothing(desk):
    customer, other, vin = desk.register().customer_id, desk.register().customer_id, randoms.vin()
    vehicle = add(desk, customer, vin)
    before = desk.rows("SELECT count(*) AS n FROM outbox")
    refused: list[tuple[type[Exception], Any]] = [
        (VinInvalid, lambda: add(desk, customer, "LSGDC82C02E000001")),
        (PlateInvalid, lambda: add(desk, customer, vin, plate="粤BI2345A")),
        (MomentAhead, lambda: add(desk, customer, randoms.vin(), since=NOW + DAY)),
        (CustomerNotFound, lambda: add(desk, uuid4(), randoms.vin())),
        (VehicleNotFound, lambda: sell(desk, uuid4(), customer)),
        (CustomerNotFound, lambda: sell(desk, vehicle, uuid4())),
        (PeriodInvalid, lambda: sell(desk, vehicle, other, since=NOW - DAY)),
        (VehicleNotFound, lambda: put(desk, uuid4(), randoms.plate())),
        (PlateInvalid, lambda: put(desk, vehicle, "粤BI2345A")),
        (VehicleNotFound, lambda: card(desk, uuid4())),
    ]
    for refusal, attempt in refused:
        with pytest.raises(refusal):
            attempt()
    assert desk.rows("SELECT count(*) AS n FROM outbox") == before
    assert shown_parties(desk, vehicle) == [(customer, "owner", None)]


# -- plates -------------------------------------------------------------------------------------------------------


def test_the_temporary_plate_ends_when_the_car_gets_its_own(desk):
    customer, vin, own = desk.register().customer_id, randoms.vin(), randoms.plate()
    vehicle = add(desk, customer, vin, plate="粤B1234临")
    done = put(desk, vehicle, f"{own[:2]}·{own[2:]}", now=NOW + 10 * DAY)
    assert (done.plate, done.kind, done.before, done.taken_from) == (own, "CIVIL", "粤B1234临", [])
    assert shown_plates(desk, vehicle) == [(own, None), ("粤B1234临", NOW + 10 * DAY)]
    assert desk.events(f"{vehicle}/{own}") == ["vehicle_plate_changed"]


def test_the_same_plate_again_changes_nothing(desk):
    vehicle = add(desk, desk.register().customer_id, randoms.vin())
    plate = randoms.plate()
    for _ in range(2):
        put(desk, vehicle, plate)
    assert shown_plates(desk, vehicle) == [(plate, None)]
    assert desk.events(f"{vehicle}/{plate}") == ["vehicle_plate_changed"]


def test_an_owner_takes_his_plate_along_to_his_next_car(desk):
    customer, plate = desk.register().customer_id, randoms.plate()
    old, new = add(desk, customer, randoms.vin(), plate=plate), add(desk, customer, randoms.vin())
    done = put(desk, new, plate, now=NOW + DAY)
    assert done.taken_from == [old]
    assert shown_plates(desk, old) == [(plate, NOW + DAY)]
    assert shown_plates(desk, new) == [(plate, None)]
    assert desk.events(f"{old}/{plate}/gone") == ["vehicle_plate_changed"]


def test_a_plate_of_somebody_elses_car_is_taken_only_by_somebody_who_says_so(desk):
    plate = randoms.plate()
    old = add(desk, desk.register().customer_id, randoms.vin(), plate=plate)
    new = add(desk, desk.register().customer_id, randoms.vin())
    with pytest.raises(PlateElsewhere) as refused:
        put(desk, new, plate, now=NOW + DAY)
    assert refused.value.details == {"vehicle_id": str(old)}
    assert shown_plates(desk, old) == [(plate, None)]
    put(desk, new, plate, now=NOW + DAY, carried_over=True)
    assert shown_plates(desk, old) == [(plate, NOW + DAY)]


def test_two_cars_may_have_no_plate_yet(desk):
    for _ in range(2):
        vehicle = add(desk, desk.register().customer_id, randoms.vin(), plate="临牌")
        assert shown_plates(desk, vehicle) == [("临牌", None)]


def test_a_plate_does_not_end_before_it_began(desk):
    vehicle = add(desk, desk.register().customer_id, randoms.vin(), plate=randoms.plate())
    with pytest.raises(PeriodInvalid):
        put(desk, vehicle, randoms.plate(), since=NOW - DAY)


def test_a_list_knows_cars_by_their_current_plate_model_and_end_of_the_vin(desk):
    with_one, without, vin = *(add(desk, desk.register().customer_id, randoms.vin()) for _ in range(2)), randoms.vin()
    third, (old, new) = add(desk, desk.register().customer_id, vin, model="GL8"), (randoms.plate(), randoms.plate())
    put(desk, third, old)
    put(desk, third, new, now=NOW + DAY)
    put(desk, with_one, old, now=NOW + DAY)
    asked = VehiclesByIds([third, without, with_one, uuid4(), third])
    known = desk.read(lambda connection: queries.vehicles_of(connection, asked)).items
    assert {one.vehicle_id: one.plate for one in known} == {third: new, without: None, with_one: old}
    assert [(one.model, one.vin_tail) for one in known if one.vehicle_id == third] == [("GL8", vin[-8:])]
    assert desk.read(lambda connection: queries.vehicles_of(connection, VehiclesByIds([]))).items == []


def test_two_cars_that_get_one_plate_at_once_do_not_both_have_it(desk):
    plate = randoms.plate()
    cars = [add(desk, desk.register().customer_id, randoms.vin()) for _ in range(4)]
    together = threading.Barrier(4, timeout=10)

    def take(vehicle: UUID) -> str:
        together.wait()
        try:
            put(desk, vehicle, plate)
        except PlateElsewhere:
            return "refused"
        return "has it"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, cars)) == ["has it", "refused", "refused", "refused"]


# -- odometer -----------------------------------------------------------------------------------------------------


def reading(
    vehicle: UUID,
    km: int,
    day: float,
    kind: type[Any] = RepairOrderOpened,
    *,
    document: UUID | None = None,
    **said: Any,
) -> Any:
    told = made(kind, vehicle_id=vehicle, km=km, **said, **({"ro_id": document} if document else {}))
    return received(told, subject_id=getattr(told, "ro_id", None) or told.order_id, occurred_at=NOW + day * DAY)


def read_at_desk(vehicle: UUID, order: UUID, km: int, day: float, *, which: str) -> Any:
    return reading(vehicle, km, day, OdometerRecorded, ro_id=order, reading=which, read_at=NOW + day * DAY)


def keep_all(desk: Desk, events: list[Any], *, batch: int = 1) -> None:
    for start in range(0, len(events), batch):
        with desk.transaction() as session:
            insert_together(session, [odometer.readings(events[start : start + batch])])


def judged(desk: Desk, vehicle: UUID) -> list[tuple[int, str]]:
    """Readings and verdicts, oldest first, as the vehicle's card shows them."""
    found = desk.rows("SELECT at, source_id, km FROM odometer WHERE vehicle_id = :id", id=vehicle)
    return [(one.km, status.value) for one, status, _ in judged_readings([Reading(**row) for row in found])]


STORY = [(12, 0), (5000, 40), (5020, 40.2), (3000, 60), (95000, 61), (9000, 90), (9999, 90.5), (10100, 91)]
VERDICTS = ["OK", "OK", "OK", "LOWER", "IMPLAUSIBLE", "OK", "OK", "OK"]


def test_readings_are_judged_by_those_before_them_and_a_slip_spoils_no_others(desk):
    vehicle = add(desk, desk.register().customer_id, randoms.vin())
    keep_all(desk, [reading(vehicle, km, day) for km, day in STORY])
    assert judged(desk, vehicle) == [(km, verdict) for (km, _), verdict in zip(STORY, VERDICTS, strict=True)]
    found = card(desk, vehicle)
    assert found.km == 10100
    assert (found.odometer[0].km, found.odometer[0].status, found.odometer[0].source) == (
        10100, "OK", "repair_order_opened",
    )  # fmt: skip


def test_a_reading_of_each_kind_of_event_is_kept_and_others_are_passed_over(desk):
    vehicle = uuid4()
    kinds = (VehicleDelivered, RepairOrderOpened)
    events = [reading(vehicle, 10 + place, place, kind) for place, kind in enumerate(kinds)]
    events.append(read_at_desk(vehicle, uuid4(), 12, 2, which="out"))
    keep_all(desk, [*events, received(made(VisitPlanned))], batch=4)
    assert judged(desk, vehicle) == [(10, "OK"), (11, "OK"), (12, "OK")]


@pytest.mark.parametrize("seed", range(4))
def test_no_reading_counts_twice_however_many_events_tell_it(desk, seed):
    """Taken in with 5 000 km, which two events tell; handed back with 5 012, of which the event of the return tells."""
    vehicle, order = uuid4(), uuid4()
    told = [
        reading(vehicle, 5_000, 1, RepairOrderOpened, ro_id=order),
        read_at_desk(vehicle, order, 5_000, 1, which="in"),
        read_at_desk(vehicle, order, 5_012, 2, which="out"),
        reading(vehicle, 5_012, 2, VehicleReturned, ro_id=order),
    ]
    for event in twice_shuffled(told, seed=seed):
        with desk.transaction() as session:
            odometer.keep(session, [event])
    assert judged(desk, vehicle) == [(5_000, "OK"), (5_012, "OK")]


@pytest.mark.parametrize("seed", range(4))
def test_each_reading_of_an_order_is_corrected_by_itself(desk, seed):
    vehicle, order = uuid4(), uuid4()
    told = [
        read_at_desk(vehicle, order, 50_000, 1, which="in"),
        read_at_desk(vehicle, order, 501_200, 2, which="out"),
        reading(vehicle, 5_000, 3, RepairOrderKmCorrected, ro_id=order, told_km=50_000),
        reading(vehicle, 5_012, 4, RepairOrderKmCorrected, ro_id=order, told_km=501_200, reading="out"),
    ]
    for event in twice_shuffled(told, seed=seed):
        keep_all(desk, [event])
    assert judged(desk, vehicle) == [(5_000, "OK"), (5_012, "OK")]


@pytest.mark.parametrize("seed", range(6))
def test_a_correction_of_the_workshop_stands_in_whatever_order_it_is_heard(desk, seed):
    vehicle, owner = add(desk, desk.register().customer_id, randoms.vin()), desk.register().customer_id
    order, corrected = uuid4(), uuid4()
    told: list[tuple[type[Any], UUID, dict[str, Any], float]] = [
        (RepairOrderOpened, order, {"km": 5_000}, 1),
        (RepairOrderOpened, corrected, {"km": 3_000_000}, 2),
        (RepairOrderKmCorrected, corrected, {"km": 5_3000, "told_km": 3_000_000}, 2.1),
        (RepairOrderKmCorrected, corrected, {"km": 5_300, "told_km": 53_000}, 2.2),
        (OdometerRecorded, corrected, {"km": 5_300, "reading": "out", "read_at": NOW + 2.3 * DAY}, 2.3),
        (VehicleReturned, corrected, {"km": 5_300}, 2.3),
        (RepairOrderOpened, uuid4(), {"km": 5_400}, 3),
    ]
    events = [
        received(
            made(kind, vehicle_id=vehicle, customer_id=owner, ro_id=ro_id, **said),
            subject_id=ro_id,
            occurred_at=NOW + day * DAY,
        )
        for kind, ro_id, said, day in told
    ]
    for event in twice_shuffled(events, seed=seed):
        with desk.transaction() as session:
            keeps = odometer.keep if isinstance(event.payload, OdometerRecorded) else timeline.tell
            keeps(session, [event])
    found = card(desk, vehicle)
    assert [(one.km, one.status, one.told_km) for one in found.odometer] == [
        (5_400, "OK", None), (5_300, "OK", None), (5_300, "OK", 3_000_000), (5_000, "OK", None),
    ]  # fmt: skip
    assert found.km == 5_400


def test_what_the_timeline_hears_of_a_vehicle_is_a_reading_of_its_odometer(desk):
    vehicle, owner = uuid4(), desk.register().customer_id
    told = made(RepairOrderOpened, vehicle_id=vehicle, customer_id=owner, km=5000)
    event = received(told, subject_id=told.ro_id, occurred_at=NOW)
    for _ in range(2):
        with desk.transaction() as session:
            timeline.tell(session, [event])
    assert judged(desk, vehicle) == [(5000, "OK")]


def test_readings_end_the_same_in_whatever_order_and_however_often_they_come(desk):
    @settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        told=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 30)), min_size=1, max_size=8),
        seed=st.integers(0, 10**6),
        batch=st.sampled_from([1, 3, 20]),
    )
    def check(told: list[tuple[int, int]], seed: int, batch: int) -> None:
        in_order, shuffled = uuid4(), uuid4()
        events = [reading(in_order, km, day) for km, day in told]
        keep_all(desk, sorted(events, key=lambda event: event.occurred_at))
        again = [
            received(
                made(RepairOrderOpened, vehicle_id=shuffled, km=event.payload.km, ro_id=event.payload.ro_id),
                subject_id=event.subject.id,
                occurred_at=event.occurred_at,
            )
            for event in events
        ]
        keep_all(desk, twice_shuffled(again, seed=seed), batch=batch)
        assert judged(desk, shuffled) == judged(desk, in_order)

    check()
