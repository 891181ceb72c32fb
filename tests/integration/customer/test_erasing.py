"""A customer who asks for it is forgotten, for good, but for what the law says is to be kept (PIPL 47, I13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.customer.folder import (
    AddDocument,
    DocumentsAsked,
    DocumentType,
    PrefillAsked,
    Purpose,
    RecordConsent,
    RemoveDocument,
)
from contracts.customer.operations import ById, HistoryAsked, Preferences, RevealContact, VehicleGiven
from contracts.customer.privacy import Asked
from contracts.customer.relations import AddRelation, RelationKind
from contracts.customer.segments import CreateSegment
from contracts.envelope import Received
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from services.customer.folder.queries import completeness, contents, prefill
from services.customer.folder.usecases import consents, documents, relations
from services.customer.privacy.errors import ErasureBlocked
from services.customer.privacy.usecases import erasing
from services.customer.record import queries
from services.customer.record.errors import CustomerErased
from services.customer.record.models import Customer
from services.customer.record.usecases import pairs
from services.customer.segments import usecases
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.joining import merge, split, undo
from tests.integration.customer.privacy import LEADER, ask, asked, carry_out, erase
from tests.integration.customer.test_merging import delivery
from tests.integration.customer.test_segments import MANAGER, judge, members
from tests.integration.customer.test_timeline import life, play
from tests.integration.customer.uploads import Office, as_csv
from tests.integration.followup.tables import somebody_waits
from tests.support import randoms
from tests.support.events import made, received, twice_shuffled
from tests.support.polling import eventually
from tests.support.searching import standing

LATER = NOW + timedelta(days=400)
LAWFUL = {
    "consent.evidence": "proof that we were allowed to",
    "vehicle.vin": "the vehicle's",
    "vehicle_plate.plate": "the vehicle's",
    "outbox.envelope": "the vehicle's VIN and plate in the log",
    "timeline_entry.summary": "the VIN in other customers' lines",
}
"""Columns that keep something by law (docs/data-map.toml): what, see `Somebody`."""


@dataclass(frozen=True)
class Somebody:
    """A customer with something unmistakable in every column, after an eventful life."""

    ids: list[UUID]
    marks: list[str]
    kept: list[str]
    """What stays by law, and may stand in the columns of LAWFUL alone."""
    called: str
    mobile: str
    id_no: str
    vin: str
    plate: str
    merge_id: UUID
    segment_id: UUID


def rare_name() -> str:
    """A name of which nobody else has the three signs after its surname's two."""
    count = randoms.number()
    return "欧阳" + "".join("骐骥骅骝骢骖骠骧骓骎"[count // 10**place % 10] for place in range(3)) + "然"


def closed_life(who: UUID) -> list[Received[Any]]:
    """A life with us in which nothing is open any more."""
    return [event for event in life(who) if not isinstance(event.payload, RepairOrderOpened)]


def run(desk: Desk, use_case: Any, request: Any, *, scope: Any = DESK) -> Any:
    return desk.database.run(lambda session: use_case(session, request, scope=scope, now=NOW))


def somebody(desk: Desk) -> Somebody:
    """Registered, edited, found again, merged, imported, related, in a segment, with a full folder."""
    n, called = f"{randoms.number() % 10**7:07d}", rare_name()
    mobiles = [randoms.mobile() for _ in range(5)]
    id_no, vin, plate = randoms.resident_id(), randoms.vin(), randoms.plate()
    words = {
        "email": f"m{n}@example.com", "address": f"深圳市福田区紫薇{n}号", "employer": f"白露{n}商行",
        "tag": f"标{n}", "moved": f"深圳市罗湖区青桐{n}号", "forced": f"缘由{n}", "how": f"口信{n}",
        "taken": f"取走{n}", "why": f"归并{n}", "told": f"辨认{n}", "cell": f"备注{n}",
    }  # fmt: skip
    evidence = f"签字{n}"
    one = desk.register(
        name=called[:-1], mobile=mobiles[0], more_phones=[mobiles[1]], id_no=id_no, email=words["email"],
        address=words["address"], employer=words["employer"], vehicle=VehicleGiven(vin, "GL8", plate),
    ).customer_id  # fmt: skip
    other = desk.register(name=called[:2], mobile=mobiles[2], force_new=True, reason=words["forced"]).customer_id
    desk.update(
        one, name=called, mobile=mobiles[3], address=words["moved"], tags=[words["tag"], f"组{n}"],
        preferences=Preferences(from_hour=9, to_hour=12),
    )  # fmt: skip
    office = Office(desk)
    headings = ("姓名", "手机", "身份证号", "备注")
    office.bring_in(as_csv([(called, mobiles[4], id_no, words["cell"])], headings=headings))
    run(desk, consents.record_consent, RecordConsent(one, Purpose.SURVEY, True, text_version="1", evidence=evidence))
    for kind, number in (
        (DocumentType.CONTRACT, f"HT{n}"),
        (DocumentType.ID_COPY, id_no),
        (DocumentType.INSURANCE_POLICY, f"BX{n}"),
    ):  # fmt: skip
        paper = run(desk, documents.add_document, AddDocument(one, kind, number, "HN", "A-1"))
    run(desk, documents.remove_document, RemoveDocument(one, paper.document_id, words["taken"]))
    wife = desk.register(now=NOW).customer_id
    run(desk, relations.add_relation, AddRelation(one, wife, RelationKind.SPOUSE_OF))
    desk.database.run(
        lambda session: pairs.told_apart(session, [(one, wife)], by="s-1", store_id="HN", at=NOW, reason=words["told"])
    )
    predicate = {"fact": "tags", "has": f"组{n}"}
    segment = run(desk, usecases.create_segment, CreateSegment(f"分组{randoms.number()}", predicate), scope=MANAGER)
    done = merge(desk, [other], into=one, reason=words["why"])
    for who in (one, other):
        play(desk, closed_life(who), batch=10)
    judge(desk)
    assert one in members(desk, segment.segment_id)
    ask(desk, one, how=words["how"])
    marks = [called[2:-1], *mobiles, id_no, *words.values()]
    return Somebody(
        [one, other], marks, [evidence, vin, plate], called, mobiles[0], id_no, vin, plate,
        done.merge_id, segment.segment_id,
    )  # fmt: skip


def found(desk: Desk, marks: list[str]) -> set[tuple[str, str]]:
    return standing(lambda query: [tuple(row.values()) for row in desk.rows(query)], marks)


def rows_of(desk: Desk, him: Somebody) -> dict[str, int]:
    """How many rows there are of him in the tables of which nothing of his stays."""
    leads = {
        "subject_key": ("customer_id",),
        "search_key": ("customer_id",),
        "relation": ("customer_id", "other_id"),
        "pair": ("a", "b"),
        "segment_member": ("customer_id",),
        "timeline_entry": ("customer_id",),
        "glance": ("customer_id",),
    }
    return {
        table: len(
            desk.rows(f"SELECT 1 FROM {table} WHERE " + " OR ".join(f"{one} = ANY(:ids)" for one in by), ids=him.ids)
        )
        for table, by in leads.items()
    }


def answered(desk: Desk, who: UUID) -> list[UUID]:
    """Carry out what he asked."""
    (request,) = asked(desk, customer_id=who).items
    return carry_out(desk, request.request_id, now=LATER).erased_ids


def test_nothing_personal_stands_anywhere_but_where_the_law_keeps_it(desk):
    him = somebody(desk)
    assert {mark for _, mark in found(desk, him.marks)} == set(him.marks)
    assert all(rows_of(desk, him).values())
    assert answered(desk, him.ids[0]) == him.ids
    assert found(desk, him.marks) == set()
    assert not any(rows_of(desk, him).values())
    assert {column for column, _ in found(desk, him.kept)} <= set(LAWFUL)


def test_a_tombstone_keeps_what_it_says_and_nothing_else(desk):
    him = somebody(desk)
    before = desk.rows("SELECT * FROM customer WHERE id = ANY(:ids) ORDER BY id", ids=him.ids)
    answered(desk, him.ids[0])
    after = desk.rows("SELECT * FROM customer WHERE id = ANY(:ids) ORDER BY id", ids=him.ids)
    for was, row in zip(before, after, strict=True):
        assert row["status"] == "erased"
        assert (row["version"], row["updated_at"]) == (was["version"] + 1, LATER)
        same = erasing.KEPT - {"status", "version", "updated_at"}
        assert {name: row[name] for name in same} == {name: was[name] for name in same}
        assert not any(row[column.name] for column in Customer.__table__.columns if column.name not in erasing.KEPT)


def test_who_changed_what_and_when_stays_without_the_values(desk):
    him = somebody(desk)
    kept = (
        "SELECT id, field, version, at, staff_id, department, origin FROM change"
        " WHERE customer_id = ANY(:ids) ORDER BY id"
    )
    before = desk.rows(kept, ids=him.ids)
    answered(desk, him.ids[0])
    assert desk.rows(kept, ids=him.ids) == before
    shown = desk.read(lambda reading: queries.history(reading, HistoryAsked(him.ids[0], limit=200))).items
    assert shown
    assert all(row.old is None and row.new is None for row in shown)


def test_he_is_found_by_nothing_and_everything_about_him_is_refused(desk):
    him = somebody(desk)
    one, other = him.ids
    stranger = desk.register().customer_id
    answered(desk, one)
    for typed in (him.mobile, him.mobile[-4:], him.id_no, him.called, him.vin, him.plate):
        assert not set(him.ids) & set(desk.found(typed)), typed
    known = desk.read(lambda reading: prefill.prefill(reading, PrefillAsked(vin=him.vin, id_no=him.id_no), now=NOW))
    assert known.bearer is None
    assert known.vehicle is not None
    assert known.vehicle.owner is None
    for who in him.ids:
        shown = desk.view(who)
        assert (shown.customer_id, shown.status, shown.name, shown.mobile) == (one, "erased", "", "")
        assert shown.vehicles == shown.timeline == shown.alerts == []
    refused: list[Any] = [
        lambda: desk.update(one, name="谁"),
        lambda: desk.update(other, name="谁"),
        lambda: merge(desk, [stranger], into=one),
        lambda: merge(desk, [one, stranger]),
        lambda: undo(desk, him.merge_id),
        lambda: split(desk, one, "谁"),
        lambda: ask(desk, one, Asked.COPY),
        lambda: erase(desk, one),
        lambda: run(desk, consents.record_consent, RecordConsent(one, Purpose.SURVEY, False)),
        lambda: run(desk, documents.add_document, AddDocument(one, DocumentType.INVOICE, "1", "HN", "A")),
        lambda: run(desk, relations.add_relation, AddRelation(stranger, one, RelationKind.REFERRER_OF)),
        lambda: desk.read(lambda reading: queries.reveal_contact(reading, RevealContact(one, "回访"))),
        lambda: desk.read(lambda reading: completeness.completeness(reading, ById(one))),
    ]
    for attempt in refused:
        with pytest.raises(CustomerErased):
            attempt()
    assert len(desk.read(lambda reading: contents.documents(reading, DocumentsAsked(one, removed=True))).items) == 3
    assert len(desk.read(lambda reading: contents.consents(reading, ById(one))).history) == 1


def test_whoever_comes_with_his_old_number_card_or_car_is_somebody_new(desk):
    him = somebody(desk)
    answered(desk, him.ids[0])
    again = desk.register(name=him.called, mobile=him.mobile, id_no=him.id_no, vehicle=him.vin)
    assert again.created
    assert again.customer_id not in him.ids
    assert desk.found(him.id_no) == [again.customer_id]


def test_the_row_of_a_list_he_came_in_makes_a_new_customer_when_it_comes_again(desk):
    office, mobile = Office(desk), randoms.mobile()
    list_ = as_csv([("殷墟蔚", mobile)], headings=("姓名", "手机"))
    (row,) = office.report(office.bring_in(list_))
    assert row.customer_id is not None
    erase(desk, row.customer_id)
    (again,) = office.report(office.bring_in(list_))
    assert again.outcome == "created"
    assert again.customer_id != row.customer_id


def test_no_segment_takes_him_back(desk):
    him = somebody(desk)
    answered(desk, him.ids[0])
    everybody = run(
        desk,
        usecases.create_segment,
        CreateSegment(f"分组{randoms.number()}", {"fact": "registered", "before": "2030-01-01"}),
        scope=MANAGER,
    )
    judge(desk, now=LATER)
    for segment in (him.segment_id, everybody.segment_id):
        assert not set(him.ids) & members(desk, segment)
    assert desk.rows("SELECT 1 FROM segment_member WHERE customer_id = ANY(:ids)", ids=him.ids) == []


def test_what_is_told_late_again_or_by_a_rebuild_brings_nothing_back(desk):
    one, other = (desk.register().customer_id for _ in range(2))
    told = [*closed_life(one), *closed_life(other)]
    play(desk, told, batch=10)
    merge(desk, [other], into=one)
    erase(desk, one, now=LATER)
    late = [*life(one), delivery(one), delivery(other, days=500)]
    recorded: list[Received[Any]] = twice_shuffled([*told, *late], seed=3)
    with desk.transaction() as session:
        session.execute(text("DELETE FROM inbox"))
    play(desk, recorded)
    with desk.transaction() as session:
        session.execute(text("DELETE FROM inbox"))
    play(desk, twice_shuffled(recorded, seed=4), batch=7)
    ids = [one, other]
    for table in ("timeline_entry", "glance", "segment_due"):
        assert desk.rows(f"SELECT * FROM {table} WHERE customer_id = ANY(:ids)", ids=ids) == [], table
    roles = desk.rows("SELECT * FROM vehicle_party WHERE customer_id = ANY(:ids)", ids=ids)
    assert roles
    assert all(row["until"] is not None for row in roles)
    assert desk.view(one).timeline == []


def test_a_late_delivery_to_a_record_that_lived_on_in_his_makes_nobody_an_owner(desk):
    his, joined = (desk.register().customer_id for _ in range(2))
    merge(desk, [joined], into=his)
    erase(desk, his, now=LATER)
    play(desk, [delivery(joined, days=500)])
    (role,) = desk.rows("SELECT * FROM vehicle_party WHERE customer_id = ANY(:ids)", ids=[his, joined])
    assert role["until"] is not None


def test_what_others_keep_of_the_time_when_they_were_one_with_him_goes_too(desk):
    mobile = randoms.mobile()
    called = rare_name()
    him, other = desk.register(name=called, mobile=mobile).customer_id, desk.register(name="赵某人").customer_id
    undo(desk, merge(desk, [him], into=other).merge_id)
    assert found(desk, [mobile])
    erase(desk, him)
    assert found(desk, [mobile, called[2:]]) == set()
    assert desk.view(other).name == "赵某人"


def test_what_was_kept_of_a_third_one_s_merge_meanwhile_goes_too(desk):
    mobile = randoms.mobile()
    him, other, third = (
        desk.register(mobile=number).customer_id for number in (mobile, randoms.mobile(), randoms.mobile())
    )
    first, second = merge(desk, [him], into=other), merge(desk, [third], into=other)
    undo(desk, second.merge_id)
    undo(desk, first.merge_id)
    erase(desk, him)
    assert found(desk, [mobile]) == set()


def test_whoever_is_just_judged_for_a_segment_is_not_taken_into_it(desk):
    who, predicate = desk.register().customer_id, {"fact": "registered", "before": "2030-01-01"}
    run(desk, usecases.create_segment, CreateSegment(f"分组{randoms.number()}", predicate), scope=MANAGER)
    with ThreadPoolExecutor(1) as pool:
        with desk.transaction() as session:
            session.execute(text("INSERT INTO segment_due VALUES (:who) ON CONFLICT DO NOTHING"), {"who": who})
            session.execute(text("UPDATE segment SET sweep_at = NULL"))
            usecases.judge_segments(session, now=LATER)
            erased = pool.submit(erase, desk, who)
            eventually(lambda: somebody_waits(desk.database), within=10)
        erased.result(timeout=10)
    assert desk.rows("SELECT 1 FROM segment_member WHERE customer_id = :who", who=who) == []


def test_whoever_was_split_off_leaves_nothing_in_the_record_he_came_from(desk):
    mobile, called = randoms.mobile(), rare_name()
    first = desk.register(name="赵某人", more_phones=[mobile]).customer_id
    desk.update(first, tags=["旧"])
    second = split(desk, first, called, phones=[mobile])
    erase(desk, second)
    assert found(desk, [mobile, called[2:]]) == set()


@pytest.mark.parametrize(
    ("event", "detail"),
    [(OrderSigned, "open_orders"), (RepairOrderOpened, "open_repair_orders")],
)
def test_while_something_is_open_it_is_refused_and_nothing_is_done(desk, event, detail):
    who = desk.register().customer_id
    begun = received(made(event, customer_id=who), subject_version=2)
    play(desk, [begun])
    request = ask(desk, who).request_id
    with pytest.raises(ErasureBlocked) as refused:
        carry_out(desk, request)
    assert refused.value.details[detail]
    assert desk.view(who).status == "active"
    ends: Any = VehicleReturned if event is RepairOrderOpened else VehicleDelivered
    over = received(made(ends, customer_id=who, **({"vin": randoms.vin()} if ends is VehicleDelivered else {})),
                    subject_id=begun.subject.id, subject_version=9)  # fmt: skip
    play(desk, [over])
    assert carry_out(desk, request).erased_ids == [who]


def test_what_is_open_of_a_record_that_lives_on_in_his_counts_until_it_is_closed(desk):
    his, joined = (desk.register().customer_id for _ in range(2))
    begun = received(made(RepairOrderOpened, customer_id=joined), subject_version=2)
    play(desk, [begun])
    merge(desk, [joined], into=his)
    request = ask(desk, his).request_id
    with pytest.raises(ErasureBlocked):
        carry_out(desk, request)
    play(desk, [received(made(VehicleReturned, customer_id=joined), subject_id=begun.subject.id, subject_version=9)])
    assert carry_out(desk, request).erased_ids == [his, joined]


def test_it_is_told_once_with_all_his_records(desk):
    one, other = (desk.register().customer_id for _ in range(2))
    merge(desk, [other], into=one)
    erase(desk, one, now=LATER)
    rows = desk.rows(
        "SELECT subject_version, envelope->'payload' AS payload FROM outbox WHERE event_type = 'customer_erased'"
        " AND subject_id = :id",
        id=str(one),
    )
    (row,) = rows
    assert row["payload"]["erased_ids"] == [str(one), str(other)]
    assert row["subject_version"] == desk.view(one).version


def test_a_leader_decides_and_stands_in_the_ledger(desk):
    who = desk.register().customer_id
    request = erase(desk, who)
    (row,) = desk.rows("SELECT * FROM privacy_request WHERE id = :id", id=request.request_id)
    assert (row["status"], row["decided_by"], row["how"]) == ("carried_out", LEADER.staff_id, "")
