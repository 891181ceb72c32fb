"""An import is undone: what it created and nobody has touched since goes; what stays says why (R25)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.store.scheduled import run_scheduled
from contracts.access import Reach, Scope
from contracts.customer.duplicates import DecidePair, Decision
from contracts.customer.folder import AddDocument, DocumentType, Purpose, RecordConsent
from contracts.customer.imports import Import, ImportAsked, ImportStatus, Undone
from contracts.customer.operations import VehicleRole
from contracts.customer.privacy import Asked
from contracts.customer.relations import AddRelation, RelationKind
from contracts.customer.vehicles import AddVehicle, ChangePlate, EndRole, VehicleById
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import RepairOrderOpened
from services.customer.folder.usecases import consents, documents, relations
from services.customer.importing.errors import ImportNotFound
from services.customer.importing.usecases import matching
from services.customer.merging.usecases import reviewing
from services.customer.taking_back import usecases
from services.customer.taking_back.errors import ImportNothingLeft, ImportRunning
from services.customer.vehicles import queries as vehicle_queries
from services.customer.vehicles.usecases import adding, parties, plates
from services.customer.view.usecases import timeline
from tests.integration.customer import joining, privacy
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.uploads import HEADINGS, MANAGER, Office, as_csv
from tests.support import randoms
from tests.support.events import made, received
from tests.support.polling import eventually

LATER = NOW + timedelta(days=1)
EVENING = LATER + timedelta(hours=8)


@dataclass(frozen=True)
class Undoing(Office):
    """The office, when a list was the wrong one."""

    def ask(self, import_id: UUID, *, scope: Scope = MANAGER) -> Import:
        asked = ImportAsked(import_id)
        return self.desk.database.run(lambda session: usecases.undo_import(session, asked, scope=scope, now=LATER))

    def turn(self) -> int:
        return run_scheduled(self.desk.database, "undoing", partial(usecases.go_on, now=EVENING))

    def undo(self, import_id: UUID) -> Import:
        self.ask(import_id)
        while self.turn():
            pass
        return self.state(import_id)

    def fates(self, import_id: UUID) -> list[str | None]:
        return [row.undone for row in self.report(import_id)]


@pytest.fixture
def office(desk: Desk) -> Undoing:
    found = Undoing(desk)
    found.finish()
    while found.turn():
        pass
    return found


def person(name: str | None = None, *, mobile: str = "", vin: str = "", plate: str = "") -> list[str]:
    return [name or randoms.name(), mobile or randoms.mobile(), "", vin, plate, ""]


def customer_of(office: Office, import_id: UUID, place: int = 0) -> UUID:
    found = office.report(import_id)[place].customer_id
    assert found is not None
    return found


# -- what goes -----------------------------------------------------------------------------------------------------


def test_what_an_import_created_is_found_by_nothing_any_more_and_the_same_list_creates_it_anew(office: Undoing) -> None:
    desk, rows = office.desk, [person(vin=randoms.vin(), plate=randoms.plate()) for _ in range(5)]
    rows.append(person(mobile="123"))
    import_id = office.bring_in(as_csv(rows))
    gone = [customer_of(office, import_id, place) for place in range(5)]
    state = office.undo(import_id)

    assert (state.status, state.finished_at) == (ImportStatus.UNDONE, NOW)
    assert state.undo is not None
    assert (state.undo.undo_by, state.undo.undo_asked_at, state.undo.undone_at) == ("m-1", LATER, EVENING)
    assert (state.undo.counts.taken_back, office.told(import_id)[-1]["payload"]["status"]) == (5, "undone")
    assert office.fates(import_id) == ["taken_back"] * 5 + [None]
    for row, who in zip(rows, gone, strict=False):
        assert [who in desk.found(typed) for typed in (row[0], row[1], row[3], row[4])] == [False] * 4
        assert desk.view(who).status == "erased"
        assert desk.events(who) == ["customer_registered", "customer_erased"]

    again = office.bring_in(as_csv(rows))
    assert office.outcomes(again) == ["created"] * 5 + ["rejected"]
    assert {row.customer_id for row in office.report(again)}.isdisjoint(gone)


def test_who_was_there_before_stays_with_what_the_import_added(office: Undoing) -> None:
    mobile, vin = randoms.mobile(), randoms.vin()
    known = office.desk.register(name="赵志强", mobile=mobile, now=NOW - timedelta(days=9))
    import_id = office.bring_in(as_csv([["赵志强", mobile, "", vin, "", "福田区深南大道1001号"], person()]))
    office.undo(import_id)
    assert office.fates(import_id) == ["was_there", "taken_back"]
    assert office.desk.found(vin) == [known.customer_id]
    assert [one.text for one in office.desk.view(known.customer_id).addresses] == ["福田区深南大道1001号"]


def test_all_rows_of_one_person_share_his_fate_however_far_apart_they_stand(
    office: Undoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 2)
    monkeypatch.setattr(usecases, "AT_ONCE", 2)
    mobile, other = randoms.mobile(), randoms.mobile()
    rows = [
        person("钱进", mobile=mobile), person("赵志强", mobile=other), person(), person(),
        person("钱进", mobile=mobile, vin=randoms.vin()), person("赵志强", mobile=other, vin=randoms.vin()),
    ]  # fmt: skip
    rows[4][5] = "福田区深南大道1001号"  # changes the record, and has its place in its history
    import_id = office.uploaded(as_csv(rows))
    office.start(import_id)
    moment = NOW
    while office.go_on(now=moment):
        moment += timedelta(seconds=1)
    assert [row.outcome for row in office.report(import_id)][4:] == ["enriched", "enriched"]
    office.desk.update(customer_of(office, import_id, 1), now=LATER, email="zhao@example.cn")
    office.undo(import_id)
    fates = office.fates(import_id)
    assert fates == ["taken_back", "changed", "taken_back", "taken_back", "taken_back", "changed"]


def test_questions_about_them_are_withdrawn_and_those_of_others_wait_on(office: Undoing) -> None:
    mobile = randoms.mobile()
    known = office.desk.register(name="张伟", mobile=mobile, now=NOW - timedelta(days=9))
    office.desk.register(name="刘芳", mobile=mobile, force_new=True, reason="家人", now=NOW - timedelta(days=8))
    import_id = office.bring_in(as_csv([person("李丽", mobile=mobile)]))
    who = customer_of(office, import_id)
    open_pairs = "SELECT a, b FROM pair WHERE status = 'open' AND (a = :id OR b = :id)"
    assert len(office.desk.rows(open_pairs, id=who)) == 2
    office.undo(import_id)
    assert office.desk.rows(open_pairs, id=who) == []
    assert len(office.desk.rows(open_pairs, id=known.customer_id)) == 1
    pair = f"{min(who, known.customer_id)}/{max(who, known.customer_id)}"
    assert office.desk.events(pair) == ["duplicate_suspected", "duplicate_decided"]


def test_what_the_file_said_of_two_of_its_people_touches_nobody(office: Undoing) -> None:
    vin, headings = randoms.vin(), ("姓名", "手机", "车架号", "与车主关系")
    mobile = randoms.mobile()
    rows = [["陈文伟", mobile, vin, ""], ["王建国", mobile, vin, "司机"]]
    import_id = office.bring_in(as_csv(rows, headings=headings))
    owner = customer_of(office, import_id)
    assert office.desk.rows("SELECT kind FROM relation WHERE other_id = :id", id=owner) == [{"kind": "driver_of"}]
    decided = "SELECT status FROM pair WHERE a = :id OR b = :id"
    assert office.desk.rows(decided, id=owner) == [{"status": "related"}]
    office.undo(import_id)
    assert office.fates(import_id) == ["taken_back", "taken_back"]
    assert office.desk.rows("SELECT kind FROM relation WHERE other_id = :id", id=owner) == []


def test_a_car_the_import_registered_keeps_its_vin_and_nothing_else_the_list_said_of_it(office: Undoing) -> None:
    desk, vin, plate = office.desk, randoms.vin(), randoms.plate()
    import_id = office.bring_in(
        as_csv([["张伟", randoms.mobile(), vin, plate, "8000"]], headings=("姓名", "手机", "车架号", "车牌", "里程"))
    )
    asked = VehicleById(vehicle_id(vin))
    before = desk.read(lambda reading: vehicle_queries.vehicle(reading, asked, now=NOW))
    assert (len(before.plates), len(before.parties), len(before.odometer)) == (1, 1, 1)
    office.undo(import_id)
    after = desk.read(lambda reading: vehicle_queries.vehicle(reading, asked, now=NOW))
    assert (after.vin, after.plates, after.parties, after.odometer) == (vin, [], [], [])
    mine = desk.register(name="刘洋", now=EVENING)
    given = AddVehicle(mine.customer_id, vin, plate=plate)
    desk.database.run(lambda session: adding.add_vehicle(session, given, scope=DESK, now=EVENING))
    assert desk.found(plate) == [mine.customer_id]


def test_a_car_that_was_there_or_that_somebody_else_has_is_left_to_them(office: Undoing) -> None:
    desk, known_vin, shared = office.desk, randoms.vin(), randoms.vin()
    plate, other = randoms.plate(), randoms.plate()
    owner = desk.register(name="张伟", vehicle=known_vin, now=NOW - timedelta(days=9))
    own = ChangePlate(vehicle_id(known_vin), plate, since=NOW - timedelta(days=8))
    desk.database.run(lambda session: plates.change_plate(session, own, scope=DESK, now=NOW))
    import_id = office.bring_in(as_csv([person("李丽", vin=known_vin), person("王芳", vin=shared, plate=other)]))
    driver = desk.register(name="刘洋", now=LATER)
    given = AddVehicle(driver.customer_id, shared, role=VehicleRole.USER)
    desk.database.run(lambda session: adding.add_vehicle(session, given, scope=DESK, now=LATER))
    office.undo(import_id)
    assert office.fates(import_id) == ["taken_back", "taken_back"]
    assert desk.found(plate) == [owner.customer_id]
    assert desk.found(other) == [driver.customer_id]


def test_a_car_that_was_nobody_s_before_the_import_keeps_its_plate(office: Undoing) -> None:
    desk, vin, plate = office.desk, randoms.vin(), randoms.plate()
    office.undo(office.bring_in(as_csv([person(vin=vin)])))
    own = ChangePlate(vehicle_id(vin), plate)
    desk.database.run(lambda session: plates.change_plate(session, own, scope=DESK, now=LATER))
    import_id = office.bring_in(as_csv([person(vin=vin)]), now=EVENING)
    office.undo(import_id)
    assert office.fates(import_id) == ["taken_back"]
    card = desk.read(lambda reading: vehicle_queries.vehicle(reading, VehicleById(vehicle_id(vin)), now=EVENING))
    assert [one.plate for one in card.plates] == [plate]


# -- what stays ----------------------------------------------------------------------------------------------------


def changed(office: Undoing, who: UUID) -> None:
    office.desk.update(who, now=LATER, email="a@example.cn")


def elsewhere(office: Undoing, who: UUID) -> None:
    (row,) = office.desk.rows("SELECT name, mobile FROM customer WHERE id = :id", id=who)
    other = office.bring_in(as_csv([person(row["name"], mobile=row["mobile"])], headings=HEADINGS), now=LATER,
                            department="survey")  # fmt: skip
    assert customer_of(office, other) == who


def happened(office: Undoing, who: UUID) -> None:
    opened = received(made(RepairOrderOpened, customer_id=who, km=1), occurred_at=LATER)
    office.desk.database.run(lambda session: timeline.tell(session, [opened]))


def consented(office: Undoing, who: UUID) -> None:
    said = RecordConsent(who, Purpose.SURVEY, allowed=False)
    office.desk.database.run(lambda session: consents.record_consent(session, said, scope=DESK, now=LATER))


def papers(office: Undoing, who: UUID) -> None:
    paper = AddDocument(who, DocumentType.CONTRACT, "C-1", "HN", "A1")
    office.desk.database.run(lambda session: documents.add_document(session, paper, scope=DESK, now=LATER))


def related(office: Undoing, who: UUID) -> None:
    other = office.desk.register(now=LATER)
    said = AddRelation(who, other.customer_id, RelationKind.DRIVER_OF)
    office.desk.database.run(lambda session: relations.add_relation(session, said, scope=DESK, now=LATER))


def asked_for_a_copy(office: Undoing, who: UUID) -> None:
    privacy.ask(office.desk, who, Asked.COPY, now=LATER)


def told_apart(office: Undoing, who: UUID) -> None:
    (row,) = office.desk.rows("SELECT mobile FROM customer WHERE id = :id", id=who)
    other = office.desk.register(name="尉迟敬", mobile=row["mobile"], force_new=True, reason="家人", now=LATER)
    a, b = sorted((who, other.customer_id))
    said = DecidePair(a, b, Decision.NOT_SAME, "两个人")
    office.desk.database.run(lambda session: reviewing.decide_pair(session, said, scope=joining.AGENT, now=LATER))


def merged(office: Undoing, who: UUID) -> None:
    joining.merge(office.desk, [office.desk.register(now=LATER).customer_id], into=who, now=LATER)


def lives_on_elsewhere(office: Undoing, who: UUID) -> None:
    joining.merge(office.desk, [who], into=office.desk.register(now=LATER).customer_id, now=LATER)


def merged_for_a_while(office: Undoing, who: UUID) -> None:
    other = office.desk.register(now=LATER).customer_id
    joining.undo(office.desk, joining.merge(office.desk, [who], into=other, now=LATER).merge_id, now=LATER)


def has_another_car(office: Undoing, who: UUID) -> None:
    (row,) = office.desk.rows("SELECT name, mobile FROM customer WHERE id = :id", id=who)
    found = office.desk.register(name=row["name"], mobile=row["mobile"], vehicle=randoms.vin(), now=LATER)
    assert found.customer_id == who


def has_sold_the_car(office: Undoing, who: UUID) -> None:
    (row,) = office.desk.rows("SELECT vehicle_id FROM vehicle_party WHERE customer_id = :id", id=who)
    said = EndRole(who, row["vehicle_id"], VehicleRole.OWNER)
    office.desk.database.run(lambda session: parties.end_role(session, said, scope=DESK, now=LATER))


def was_erased(office: Undoing, who: UUID) -> None:
    privacy.erase(office.desk, who, now=LATER)


TOUCHES: list[tuple[Callable[[Undoing, UUID], None], Undone]] = [
    (changed, Undone.CHANGED),
    (elsewhere, Undone.ELSEWHERE),
    (happened, Undone.HAPPENED),
    (consented, Undone.FILED),
    (papers, Undone.FILED),
    (related, Undone.FILED),
    (asked_for_a_copy, Undone.FILED),
    (told_apart, Undone.DECIDED),
    (merged, Undone.MERGED),
    (lives_on_elsewhere, Undone.MERGED),
    (merged_for_a_while, Undone.MERGED),
    (has_another_car, Undone.VEHICLE),
    (has_sold_the_car, Undone.VEHICLE),
    (was_erased, Undone.GONE),
]


@pytest.mark.parametrize(("touch", "why"), TOUCHES, ids=[touch.__name__ for touch, _ in TOUCHES])
def test_whoever_was_touched_since_stays_and_the_row_says_why(
    office: Undoing, touch: Callable[[Undoing, UUID], None], why: Undone
) -> None:
    import_id = office.bring_in(as_csv([person(vin=randoms.vin()), person(vin=randoms.vin())]))
    who = customer_of(office, import_id)
    touch(office, who)
    before = office.desk.rows("SELECT to_jsonb(c) AS c FROM customer c WHERE id = :id", id=who)
    cars = office.desk.rows("SELECT * FROM vehicle_party WHERE customer_id = :id ORDER BY vehicle_id", id=who)
    state = office.undo(import_id)
    assert office.fates(import_id) == [why.value, "taken_back"]
    assert state.undo is not None
    assert (getattr(state.undo.counts, why.value), state.undo.counts.taken_back) == (1, 1)
    assert office.desk.rows("SELECT to_jsonb(c) AS c FROM customer c WHERE id = :id", id=who) == before
    assert office.desk.rows("SELECT * FROM vehicle_party WHERE customer_id = :id ORDER BY vehicle_id", id=who) == cars
    assert [row.number for row in office.report(import_id, stays=True)] == [2]
    assert [row.number for row in office.report(import_id, undone=Undone.TAKEN_BACK)] == [3]


def test_every_reason_to_stay_is_told_by_a_test() -> None:
    assert {why for _, why in TOUCHES} | {Undone.TAKEN_BACK, Undone.WAS_THERE} == set(Undone)


# -- once, and whatever happens on the way -------------------------------------------------------------------------


def test_who_dies_in_the_middle_has_done_nothing_of_his_turn_and_the_next_goes_on(
    office: Undoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "AT_ONCE", 2)
    import_id = office.bring_in(as_csv([person() for _ in range(5)]))
    everybody = [customer_of(office, import_id, place) for place in range(5)]
    office.ask(import_id)
    assert office.turn() == 2
    with pytest.raises(KeyboardInterrupt), office.desk.transaction() as session:
        usecases.go_on(session, now=EVENING)
        raise KeyboardInterrupt
    assert office.fates(import_id) == ["taken_back"] * 2 + [None] * 3
    state = office.undo(import_id)
    assert state.undo is not None
    assert state.undo.counts.taken_back == 5
    for who in everybody:
        assert office.desk.events(who) == ["customer_registered", "customer_erased"]


def test_twice_is_once_whether_it_still_runs_or_is_over(office: Undoing) -> None:
    import_id = office.bring_in(as_csv([person()]))
    who = customer_of(office, import_id)
    with ThreadPoolExecutor(4) as pool:
        assert {one.status for one in pool.map(lambda _: office.ask(import_id), range(8))} == {ImportStatus.UNDOING}
    over = office.undo(import_id)
    assert office.ask(import_id) == over
    assert office.turn() == 0
    assert office.desk.events(who) == ["customer_registered", "customer_erased"]


def test_while_it_is_uploaded_or_runs_it_is_not_undone_and_stopped_it_is(
    office: Undoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 2)
    import_id = office.uploaded(as_csv([person() for _ in range(5)]))
    with pytest.raises(ImportRunning):
        office.ask(import_id)
    office.start(import_id)
    with pytest.raises(ImportRunning):
        office.ask(import_id)
    office.go_on()
    office.go_on()
    with pytest.raises(ImportRunning):
        office.ask(import_id)
    office.cancel(import_id)
    state = office.undo(import_id)
    assert state.undo is not None
    assert (state.status, state.undo.counts.taken_back) == (ImportStatus.UNDONE, 2)
    assert office.fates(import_id) == ["taken_back"] * 2


def test_what_took_no_row_or_is_past_its_retention_has_nothing_to_undo(office: Undoing) -> None:
    rejected = office.bring_in(as_csv([person(mobile="123")]))
    stopped = office.uploaded(as_csv([person()]))
    office.cancel(stopped)
    past = office.bring_in(as_csv([person()]))
    with office.desk.transaction() as session:
        session.execute(text("DELETE FROM import_row WHERE import_id = :id"), {"id": past})
    for import_id in (rejected, stopped, past):
        with pytest.raises(ImportNothingLeft):
            office.ask(import_id)
        assert office.state(import_id).undo is None


def test_an_import_of_another_store_is_nobody_s_to_undo(office: Undoing) -> None:
    import_id = office.bring_in(as_csv([person()]))
    with pytest.raises(ImportNotFound):
        office.ask(import_id, scope=Scope(Reach.STORE, ("FT",), "m-2", "sales_manager"))
    assert office.state(import_id).status == ImportStatus.FINISHED


def test_of_rows_worked_on_before_their_moments_were_kept_what_is_not_sure_stays(office: Undoing) -> None:
    rows = [person(vin=randoms.vin()), person()]
    import_id = office.bring_in(as_csv(rows))
    with office.desk.transaction() as session:
        session.execute(text("UPDATE import_row SET worked_at = NULL WHERE import_id = :id"), {"id": import_id})
    office.undo(import_id)
    assert office.fates(import_id) == ["taken_back", "taken_back"], "what has the moment of the record itself is its"


def test_a_desk_that_changes_him_meanwhile_is_waited_for_and_then_he_stays(office: Undoing) -> None:
    import_id = office.bring_in(as_csv([person()]))
    who = customer_of(office, import_id)
    office.ask(import_id)
    with ThreadPoolExecutor(1) as pool:
        with office.desk.transaction() as session:
            session.execute(text("SELECT FROM customer WHERE id = :id FOR UPDATE"), {"id": who})
            undoing = pool.submit(office.turn)
            waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            eventually(lambda: office.desk.rows(waiting), within=10, what="the undoing to wait for him")
            session.execute(
                text(
                    "INSERT INTO change (id, customer_id, version, field, at, staff_id, department, origin)"
                    " VALUES (gen_random_uuid(), :id, 2, 'email', now(), 's-1', 'desk', 'desk')"
                ),
                {"id": who},
            )
        undoing.result(timeout=20)
    assert office.fates(import_id) == ["changed"]


def test_it_is_told_who_had_it_undone(office: Undoing) -> None:
    import_id = office.bring_in(as_csv([person()]))
    who = customer_of(office, import_id)
    office.undo(import_id)
    (row,) = office.desk.rows(
        "SELECT envelope FROM outbox WHERE subject_id = :id AND event_type = :type",
        id=str(who),
        type="customer_erased",
    )
    assert row["envelope"]["actor"] == {"staff_id": "m-1", "role": "sales_manager"}
    assert row["envelope"]["correlation_id"] == str(import_id)
    assert date.fromisoformat(row["envelope"]["occurred_at"][:10]) == EVENING.date()
