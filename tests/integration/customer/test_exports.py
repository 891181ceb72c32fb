"""A segment's members taken home as a file: who may, after whose word, and what is in it (R18, R62)."""

from __future__ import annotations

import csv
import io
import threading
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import uuid_utils.compat as uuids

from contracts.access import Reach, Scope
from contracts.customer import exports as contract
from contracts.customer.exports import (
    AskExport,
    ExportById,
    ExportStatus,
    FileFormat,
    ListExports,
    RefuseExport,
)
from contracts.customer.operations import VehicleGiven
from contracts.customer.policies import EXPORT_APPROVAL
from services.customer.exports import queries, usecases
from services.customer.exports.errors import (
    ExportDecided,
    ExportExpired,
    ExportNotFound,
    ExportNotReady,
    ExportOwn,
    ExportTooLarge,
)
from services.customer.segments.errors import SegmentNotFound, SegmentTooLarge
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.test_segments import LATER, create, judge, served
from tests.support import randoms
from tests.support.publishing import publish

ASKED = LATER + timedelta(minutes=1)
AGENT = Scope(Reach.GROUP, ("HN",), "agent", "cr_agent")
BOSS = Scope(Reach.GROUP, (), "boss", "leader")
SEES_OWN = Scope(Reach.OWN, ("HN",), "agent", "cr_agent")


@pytest.fixture
def segment(desk: Desk) -> UUID:
    """A segment that nobody fits; the tests say who is in it."""
    return create(desk, {"fact": "service_visits", "at_least": 1_000_000})


def enter(desk: Desk, segment: UUID, *, at: datetime = LATER, **given: Any) -> UUID:
    """Somebody is in the segment since that moment."""
    who = desk.register(**given).customer_id
    with desk.transaction() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO segment_member (segment_id, customer_id, version, entered_at) VALUES (%s, %s, 1, %s)",
            (segment, who, at),
        )
    return who


@pytest.fixture
def two_at_once(desk: Desk) -> Any:
    """More than two customers in a day need a second person's word, for this test; nobody took any before."""
    with desk.transaction() as session:
        session.connection().exec_driver_sql("UPDATE export SET requested_at = requested_at - interval '30 days'")
    publish(desk.database, EXPORT_APPROVAL, {"above": 2}, now=NOW)
    yield
    with desk.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM policy WHERE code = 'EXPORT_APPROVAL'")


def ask(
    desk: Desk,
    segment: UUID,
    *,
    kind: FileFormat = FileFormat.CSV,
    scope: Scope = AGENT,
    now: datetime = ASKED,
) -> contract.Export:
    request = AskExport(segment, kind, "春季活动")
    return desk.database.run(lambda session: usecases.ask_export(session, request, scope=scope, now=now))


def approve(desk: Desk, export: contract.Export, *, scope: Scope = BOSS, now: datetime = ASKED) -> contract.Export:
    request = ExportById(export.export_id)
    return desk.database.run(lambda session: usecases.approve(session, request, scope=scope, now=now))


def refuse(desk: Desk, export: contract.Export, *, scope: Scope = BOSS, now: datetime = ASKED) -> contract.Export:
    request = RefuseExport(export.export_id, "名单过大")
    return desk.database.run(lambda session: usecases.refuse(session, request, scope=scope, now=now))


def download(
    desk: Desk,
    export: contract.Export,
    *,
    scope: Scope = SEES_OWN,
    roles: tuple[str, ...] = ("cr_agent",),
    now: datetime = ASKED,
) -> contract.ExportFile:
    return desk.read(
        lambda connection: queries.download(connection, ExportById(export.export_id), scope=scope, roles=roles, now=now)
    )


def rows(file: contract.ExportFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b64decode(file.content).decode("utf-8-sig"))))


def people(file: contract.ExportFile) -> set[str]:
    return {row["customer_id"] for row in rows(file)}


def test_few_members_are_ready_at_once_and_the_file_says_what_for(desk, segment):
    two = {str(enter(desk, segment)) for _ in range(2)}
    export = ask(desk, segment)
    assert (export.status, export.rows, export.decided_by) == (ExportStatus.READY, 2, None)
    assert export.expires_at == ASKED + timedelta(days=7)
    file = download(desk, export)
    assert (file.rows, file.reason, file.file_name) == (2, "春季活动", f"segment-{segment}.csv")
    assert people(file) == two


@pytest.mark.usefixtures("two_at_once")
def test_many_members_need_the_word_of_a_second_person(desk, segment):
    for _ in range(2):
        enter(desk, segment)
    assert ask(desk, segment).status is ExportStatus.READY
    enter(desk, segment)
    export = ask(desk, segment)
    assert export.status is ExportStatus.AWAITING_APPROVAL
    with pytest.raises(ExportNotReady):
        download(desk, export)
    approved = approve(desk, export)
    assert (approved.status, approved.decided_by, approved.decided_at) == (ExportStatus.READY, "boss", ASKED)
    assert download(desk, export).rows == 3


@pytest.mark.usefixtures("two_at_once")
def test_a_list_in_slices_is_one_list(desk):
    """R62: what a person takes in a day is summed, each customer once."""
    slices = [create(desk, {"fact": "service_visits", "at_least": 1_000_000 + n}) for n in range(4)]
    for one in slices:
        enter(desk, one)
    assert [ask(desk, one).status.value for one in slices] == ["ready", "ready", *["awaiting_approval"] * 2]
    assert ask(desk, slices[0], kind=FileFormat.XLSX).status is ExportStatus.READY, "the same customers again"
    assert ask(desk, slices[3], now=ASKED + timedelta(days=1)).status is ExportStatus.READY, "another day"
    other = Scope(Reach.GROUP, ("HN",), "another agent", "cr_agent")
    assert ask(desk, slices[3], scope=other).status is ExportStatus.READY, "another person"


@pytest.mark.usefixtures("two_at_once")
def test_what_a_second_person_allowed_uses_up_nothing(desk, segment):
    for _ in range(3):
        enter(desk, segment)
    approve(desk, ask(desk, segment))
    small = create(desk, {"fact": "service_visits", "at_least": 1_000_000})
    enter(desk, small)
    assert ask(desk, small).status is ExportStatus.READY


@pytest.mark.usefixtures("two_at_once")
def test_slices_asked_for_at_once_are_summed_too(desk):
    from concurrent.futures import ThreadPoolExecutor

    slices = [create(desk, {"fact": "service_visits", "at_least": 1_000_000 + n}) for n in range(8)]
    for one in slices:
        enter(desk, one)
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda one: ask(desk, one).status, slices))
    assert asked.count(ExportStatus.READY) == 2


@pytest.mark.usefixtures("two_at_once")
def test_whoever_asks_never_decides_and_nobody_decides_twice(desk, segment):
    for _ in range(3):
        enter(desk, segment)
    own = ask(desk, segment, scope=BOSS)
    for decide in (approve, refuse):
        with pytest.raises(ExportOwn):
            decide(desk, own)
    refused = refuse(desk, own, scope=Scope(Reach.GROUP, (), "other-boss", "leader"))
    assert (refused.status, refused.decision_reason) == (ExportStatus.REFUSED, "名单过大")
    for decide in (approve, refuse):
        with pytest.raises(ExportDecided):
            decide(desk, own, scope=Scope(Reach.GROUP, (), "third-boss", "admin"))
    with pytest.raises(ExportNotReady):
        download(desk, own, scope=BOSS)


def test_what_was_ready_at_once_awaits_nobody_s_word(desk, segment):
    with pytest.raises(ExportDecided):
        refuse(desk, ask(desk, segment))


@pytest.mark.usefixtures("two_at_once")
def test_two_who_decide_at_once_are_one_decision(desk, segment):
    from concurrent.futures import ThreadPoolExecutor

    for _ in range(3):
        enter(desk, segment)
    for _ in range(5):
        export = ask(desk, segment)

        def decide(number: int, export: contract.Export = export, words: tuple[Any, Any] = (approve, refuse)) -> bool:
            try:
                words[number % 2](desk, export, scope=Scope(Reach.GROUP, (), f"boss-{number}", "leader"))
            except ExportDecided:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(decide, range(4))) == 1


@pytest.mark.usefixtures("two_at_once")
def test_after_a_week_there_is_neither_a_file_nor_a_decision(desk, segment):
    ready = ask(desk, segment)
    for _ in range(3):
        enter(desk, segment)
    waiting = ask(desk, segment)
    just, over = ASKED + timedelta(days=7, microseconds=-1), ASKED + timedelta(days=7)
    assert download(desk, ready, now=just).rows == 0
    with pytest.raises(ExportExpired):
        download(desk, ready, now=over)
    with pytest.raises(ExportExpired):
        approve(desk, waiting, now=over)
    approve(desk, waiting, now=just)


def test_the_file_is_for_whoever_asked_alone(desk, segment):
    export = ask(desk, segment)
    for somebody in (BOSS, Scope(Reach.OWN, ("HN",), "colleague", "cr_agent")):
        with pytest.raises(ExportNotFound):
            download(desk, export, scope=somebody, roles=(somebody.role,))
    with pytest.raises(ExportNotFound):
        desk.read(
            lambda c: queries.download(c, ExportById(uuids.uuid7()), scope=SEES_OWN, roles=("cr_agent",), now=ASKED)
        )


def test_what_goes_out_is_who_was_in_when_it_was_asked_for_and_still_is(desk, segment):
    stays, leaves, erased = (enter(desk, segment) for _ in range(3))
    export = ask(desk, segment)
    comes = enter(desk, segment, at=ASKED + timedelta(seconds=1))
    with desk.transaction() as session:
        run = session.connection().exec_driver_sql
        run("UPDATE segment_member SET left_at = %s WHERE customer_id = %s", (ASKED, leaves))
        run("UPDATE customer SET status = 'merged', merged_into = %s WHERE id = %s", (stays, erased))
    file = download(desk, export)
    assert people(file) == {str(stays)}
    assert (export.rows, file.rows) == (3, 1)
    assert str(comes) in people(download(desk, ask(desk, segment, now=ASKED + timedelta(minutes=1))))


def test_who_was_judged_while_it_was_asked_for_makes_it_no_larger_than_was_approved(desk, segment):
    first = enter(desk, segment, at=LATER)
    export = ask(desk, segment)
    enter(desk, segment, at=LATER + timedelta(seconds=1))
    assert people(download(desk, export)) == {str(first)}


def test_the_file_shows_what_the_caller_s_role_may_see(desk, segment):
    mobile = randoms.mobile()
    enter(
        desk, segment, name="张伟", mobile=mobile, address="深圳市福田区1号",
        vehicle=VehicleGiven(randoms.vin(), model="GL8"),
    )  # fmt: skip
    export = ask(desk, segment)
    for role, house in (("cr_agent", "深圳市福田区1号"), ("leader", "")):
        file = download(desk, export, roles=(role,))
        (mine,) = rows(file)
        assert (mine["姓名"], mine["电话"], mine["车型"], mine["地址"]) == ("张伟", f"****{mobile[-4:]}", "GL8", house)
        assert mobile not in b64decode(file.content).decode()


def test_a_workbook_shows_what_looks_like_a_formula_as_the_text_it_is(desk, segment):
    who = enter(desk, segment, employer="=1+1")
    with desk.transaction() as session:
        session.connection().exec_driver_sql("UPDATE customer SET name = '=1+1' WHERE id = %s", (who,))
    file = download(desk, ask(desk, segment, kind=FileFormat.XLSX))
    assert (file.format, file.file_name) == (FileFormat.XLSX, f"segment-{segment}.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b64decode(file.content))).worksheets[0]
    heading, line = sheet.iter_rows()
    assert [cell.value for cell in heading] == list(queries.HEADINGS)
    assert (line[0].value, line[1].value, line[1].data_type) == (str(who), "=1+1", "s")


def test_a_file_has_a_bound_in_members_and_in_bytes(desk, segment, monkeypatch):
    enter(desk, segment)
    export = ask(desk, segment)
    monkeypatch.setattr(usecases, "MOST_EXPORTED", 0)
    with pytest.raises(SegmentTooLarge):
        ask(desk, segment)
    monkeypatch.setattr(queries, "MOST_MEGABYTES", 0)
    with pytest.raises(ExportTooLarge):
        download(desk, export)
    with pytest.raises(SegmentNotFound):
        ask(desk, uuids.uuid7())


def test_more_members_than_are_read_at_a_time_are_all_there_once(desk, segment, monkeypatch):
    monkeypatch.setattr(queries, "TOGETHER", 2)
    five = {str(enter(desk, segment)) for _ in range(5)}
    file = download(desk, ask(desk, segment))
    assert (file.rows, people(file)) == (5, five)


@pytest.mark.parametrize("kind", FileFormat)
def test_a_file_that_nobody_waits_for_any_more_is_not_made_to_its_end(kind):
    with pytest.raises(queries.GivenUp):
        queries._file([object()], kind, roles=(), given_up=given_up())


def given_up() -> threading.Event:
    made = threading.Event()
    made.set()
    return made


def test_one_sees_one_s_own_and_who_decides_sees_all(desk, segment):
    me, colleague = (Scope(Reach.OWN, ("HN",), f"m-{randoms.number()}", "sales_manager") for _ in range(2))
    mine = [ask(desk, segment, scope=me, now=ASKED + timedelta(seconds=number)).export_id for number in range(3)]
    other = ask(desk, segment, scope=colleague).export_id

    def listed(scope: Scope, **asked: Any) -> contract.Exports:
        return desk.read(lambda c: queries.list_exports(c, ListExports(**asked), scope=scope))

    own = listed(me)
    assert ([one.export_id for one in own.items], own.total) == (mine[::-1], 3)
    assert [one.export_id for one in listed(me, page=2, size=2).items] == mine[:1]
    assert listed(me, page=9).total == 3
    assert listed(me, status=ExportStatus.REFUSED).items == []
    everything = listed(BOSS, size=100)
    assert {*mine, other} <= {one.export_id for one in everything.items}
    assert desk.read(lambda c: queries.get_export(c, ExportById(other), scope=BOSS)).export_id == other
    for export_id, scope in ((other, me), (uuids.uuid7(), BOSS)):
        with pytest.raises(ExportNotFound):
            desk.read(lambda c, one=export_id, who=scope: queries.get_export(c, ExportById(one), scope=who))


def test_members_found_by_the_turns_are_counted(desk):
    who = desk.register().customer_id
    served(desk, who)
    found = create(desk, {"fact": "service_visits", "equals": 1})
    judge(desk)
    assert str(who) in people(download(desk, ask(desk, found)))
