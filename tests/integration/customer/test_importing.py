"""A department's list comes in: in parts, looked at before it is started, watched, stopped, taken up again (R25)."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import Workbook

from contracts import shapes
from contracts.access import Reach, Scope
from contracts.customer.imports import (
    LARGEST_PART,
    ColumnChosen,
    Department,
    ImportStatus,
    ListImports,
    Outcome,
    Preview,
    PreviewImport,
    PutPart,
)
from contracts.refusals import InvalidRequest, Refusal, StoreNotAllowed
from services.customer.importing import queries
from services.customer.importing.errors import (
    ImportAltered,
    ImportEnded,
    ImportIncomplete,
    ImportNotFound,
    ImportStarted,
    PartInvalid,
)
from services.customer.importing.spreadsheets.writing import write_xlsx
from services.customer.importing.usecases import matching, staging, uploading
from services.customer.importing.usecases.batch import Batch
from services.customer.record.errors import MobileInvalid
from services.customer.record.usecases.identifying import known_to
from services.customer.record.usecases.records import Overtaken
from tests.integration.customer.conftest import NOW
from tests.integration.customer.uploads import HEADINGS, MANAGER, Office, as_csv
from tests.support import randoms


@pytest.fixture
def office(desk) -> Office:
    made = Office(desk)
    made.finish()
    return made


def people(count: int) -> list[list[str]]:
    return [[randoms.name(), randoms.mobile(), "", randoms.vin(), "", ""] for _ in range(count)]


def preview(office: Office, import_id, *, scope: Scope = MANAGER) -> Preview:
    return office.desk.read(lambda connection: queries.preview(connection, PreviewImport(import_id), scope=scope))


# -- uploading ------------------------------------------------------------------------------------------------------


def test_a_file_comes_in_parts_in_any_order_and_a_part_may_come_again(office):
    content = as_csv(people(30))
    import_id = office.announce(content)
    office.put(import_id, 2, content[500:])
    assert office.put(import_id, 1, b"x" * 400).received == len(content) - 100
    for _ in range(2):
        assert office.put(import_id, 1, content[:500]).received == len(content)
    assert office.start(import_id).status == ImportStatus.STAGING


def test_what_is_missing_or_altered_is_not_started(office):
    content = as_csv(people(3))
    import_id = office.announce(content)
    office.put(import_id, 1, content[:50])
    with pytest.raises(ImportIncomplete) as missing:
        office.start(import_id)
    assert missing.value.details == {"received": 50, "size": len(content)}
    office.put(import_id, 2, content[50:-1] + b"?")
    for attempt in (office.start, lambda one: preview(office, one)):
        with pytest.raises(ImportAltered):
            attempt(import_id)
    assert office.state(import_id).status == ImportStatus.UPLOADING


@pytest.mark.parametrize("part", [b"x" * 101, b"x" * (LARGEST_PART + 1)])
def test_more_than_was_announced_or_than_a_part_holds_is_refused(office, part):
    import_id = office.announce(b"x" * 100, size=100 if len(part) == 101 else 10 * LARGEST_PART)
    with pytest.raises(PartInvalid):
        office.put(import_id, 1, part)
    assert office.state(import_id).received == 0


@pytest.mark.parametrize("text", ["!", "YQ", "１３８０", "𠮷😀", "\u2028", " ", "YQ==\n"])
def test_a_part_that_is_no_base64_is_refused_whatever_letters_it_has(office, text):
    import_id = office.announce(b"x" * 100)
    with pytest.raises(PartInvalid), office.desk.transaction() as session:
        uploading.put_part(session, PutPart(import_id, 1, text), scope=MANAGER)


def test_a_digest_that_is_none_is_refused(office):
    with pytest.raises(InvalidRequest):
        office.announce(b"x", sha256="z" * 64)


def test_an_import_of_another_store_does_not_exist(office):
    abroad = Scope(Reach.STORE, ("FT",), "m-2", "sales_manager")
    content = as_csv(people(1))
    with pytest.raises(StoreNotAllowed):
        office.announce(content, scope=abroad)
    import_id = office.uploaded(content)
    for attempt in (
        lambda: office.state(import_id, scope=abroad),
        lambda: office.put(import_id, 1, content, scope=abroad),
        lambda: office.start(import_id, scope=abroad),
        lambda: preview(office, import_id, scope=abroad),
    ):
        with pytest.raises(ImportNotFound):
            attempt()
    seen = office.desk.read(lambda connection: queries.list_imports(connection, ListImports(), scope=abroad))
    assert import_id not in [one.import_id for one in seen.items]
    with pytest.raises(StoreNotAllowed):
        office.desk.read(lambda connection: queries.list_imports(connection, ListImports("HN"), scope=abroad))


# -- looking at it ------------------------------------------------------------------------------------------------


def test_the_preview_tells_the_file_its_columns_and_its_first_rows_without_whole_numbers(office):
    rows = [["陈晓明", "13800138000", "440301197510200018", "LSGDC82C02S716214", "粤B12345", "福田"]] * 30
    import_id = office.uploaded(as_csv(rows, encoding="gb18030"))
    seen = preview(office, import_id)
    assert (seen.kind, seen.encoding, seen.separator, seen.heading_row) == ("CSV", "gb18030", ",", 1)
    assert [one.field for one in seen.columns] == ["name", "mobile", "id_no", "vin", "plate", "address"]
    assert all(one.confidence >= 90 for one in seen.columns)
    assert len(seen.rows) == 20
    assert seen.rows[0].number == 2
    assert seen.rows[0].cells[:3] == ["陈晓明", "138****8000", "4****************8"]
    assert "mobile" in seen.fields
    assert shapes.plain(seen)["import_id"] == str(import_id)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("138 0013 8000", "138****8000"),
        ("1380013-8000", "138****8000"),
        ("138-0013-8000/13900139000", "138****8000/139****9000"),
        ("+86 138.0013.8000", "+86 138****8000"),
        ("130102197510200018", "1****************8"),
        ("440301 19751020 001X", "4****************X"),
        ("0755-83001234", "0755-****34"),
        ("2026-01-02 13:00", "2026-01-02 13:00"),
        ("LSGDC82C02S716214", "LSGDC82C02S716214"),
        ("粤B12345", "粤B12345"),
    ],
)
def test_a_number_written_in_groups_is_not_shown_whole_either(office, written, seen):
    import_id = office.uploaded(as_csv([["陈晓明", written, "", "", "", ""]]))
    assert preview(office, import_id).rows[0].cells[1] == seen


def as_workbook(rows: list[list[str]]) -> bytes:
    made = io.BytesIO()
    write_xlsx([HEADINGS, *rows], made)
    return made.getvalue()


def test_a_workbook_of_another_program_is_read_too(office):
    book = Workbook()
    sheet = book.create_sheet("客户", 0)
    sheet.append(("客户姓名", "手机号码"))
    mobile = randoms.mobile()
    sheet.append(("赵敏", mobile))
    kept = io.BytesIO()
    book.save(kept)
    import_id = office.bring_in(kept.getvalue(), filename="客户.xlsx")
    assert office.outcomes(import_id) == ["created"]
    assert office.desk.found(mobile)


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"%PDF-1.4 nothing", "list.csv", "FILE_TYPE"),
        (b"\n\n", "list.csv", "FILE_EMPTY"),
        ("姓名,手机\n".encode(), "list.csv", "FILE_EMPTY"),
        (b"PK\x03\x04 no workbook", "list.xlsx", "FILE_BROKEN"),
        (b"\xff\xfe\x00\xd8\x00\x00", "list.csv", "FILE_ENCODING"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(office, content, filename, code):
    import_id = office.uploaded(content, filename=filename)
    with pytest.raises(Refusal) as refused:
        office.start(import_id)
    assert refused.value.code == code
    assert refused.value.wire()["zh"] != refused.value.wire()["en"]
    assert office.state(import_id).status == ImportStatus.UPLOADING


def test_a_fault_far_down_in_the_file_refuses_the_import_and_keeps_nothing(office):
    content = as_csv(people(300)) + b"x" * 40_000 + b",1\n"
    import_id = office.uploaded(content)
    office.start(import_id)
    office.finish()
    state = office.state(import_id)
    assert (state.status, state.code) == (ImportStatus.REFUSED, "FILE_TOO_LARGE")
    assert state.zh and state.en
    assert office.desk.rows("SELECT 1 FROM import_row WHERE import_id = :id", id=import_id) == []


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ([ColumnChosen(9, "name")], "COLUMN_UNKNOWN"),
        ([ColumnChosen(0, "name"), ColumnChosen(0, "mobile")], "COLUMN_TWICE"),
        ([ColumnChosen(0, "name"), ColumnChosen(1, "name")], "FIELD_TWICE"),
        ([ColumnChosen(5, "address")], "KEY_MISSING"),
        ([ColumnChosen(0, "horoscope")], "INVALID_REQUEST"),
    ],
)
def test_columns_that_cannot_be_imported_are_refused(office, mapping, code):
    import_id = office.uploaded(as_csv(people(2)))
    with pytest.raises(Refusal) as refused:
        office.start(import_id, mapping=mapping)
    assert refused.value.code == code


def test_the_chosen_columns_are_taken_not_the_proposed(office):
    mobile = randoms.mobile()
    content = as_csv([["孙悟空", mobile, "猪八戒"]], headings=("姓名", "手机", "备注"))
    office.bring_in(content, mapping=[ColumnChosen(2, "name"), ColumnChosen(1, "mobile")])
    assert [hit.name for hit in office.desk.look_up(mobile)] == ["猪八戒"]


# -- running ------------------------------------------------------------------------------------------------------


def test_its_state_can_be_read_while_it_runs(office):
    import_id = office.uploaded(as_csv(people(matching.AT_ONCE + 20)))
    office.start(import_id, now=NOW + timedelta(seconds=1))
    assert office.state(import_id).total is None
    office.go_on()
    assert (office.state(import_id).total, office.state(import_id).done) == (matching.AT_ONCE + 20, 0)
    office.go_on()
    half = office.state(import_id)
    assert (half.status, half.done, half.counts.created) == (
        ImportStatus.MATCHING,
        matching.AT_ONCE,
        matching.AT_ONCE,
    )
    office.finish(now=NOW + timedelta(seconds=9))
    whole = office.state(import_id)
    assert (whole.status, whole.done, whole.counts.created) == (ImportStatus.FINISHED, whole.total, whole.total)
    assert whole.finished_at == NOW + timedelta(seconds=9)
    assert office.desk.rows("SELECT 1 FROM import_part WHERE import_id = :id", id=import_id) == []


def test_each_step_of_it_is_told_once_with_how_far_it_is(office):
    count = matching.AT_ONCE + 20
    import_id = office.uploaded(as_csv(people(count)))
    office.start(import_id)
    office.finish()
    told = office.told(import_id)
    steps = [(row["payload"]["status"], row["payload"]["done"], row["payload"]["total"]) for row in told]
    assert steps == [
        ("uploading", 0, None),
        ("staging", 0, None),
        ("matching", 0, count),
        ("matching", matching.AT_ONCE, count),
        ("matching", count, count),
        ("finished", count, count),
    ]
    versions = [row["subject_version"] for row in told]
    assert versions == sorted(set(versions))
    assert {row["by"] for row in told[2:]} == {MANAGER.staff_id}
    other = office.announce(b"x")
    office.cancel(other)
    assert [row["payload"]["status"] for row in office.told(other)] == ["uploading", "cancelled"]


@pytest.mark.parametrize(("count", "filename"), [(15, "list.csv"), (14, "list.csv"), (15, "list.xlsx")])
def test_a_file_larger_than_a_piece_is_read_to_its_end(office, monkeypatch, count, filename):
    monkeypatch.setattr(staging, "AT_ONCE", 7)
    rows = people(count)
    import_id = office.bring_in(as_csv(rows) if filename.endswith("csv") else as_workbook(rows), filename=filename)
    assert [row.number for row in office.report(import_id)] == list(range(2, count + 2))
    assert office.state(import_id).counts.created == count


def test_a_cancelled_import_keeps_what_it_wrote_and_goes_no_further(office):
    import_id = office.uploaded(as_csv(people(matching.AT_ONCE + 5)))
    office.start(import_id)
    office.go_on()
    office.go_on()
    assert office.cancel(import_id).status == ImportStatus.CANCELLED
    office.finish()
    state = office.state(import_id)
    assert (state.status, state.done) == (ImportStatus.CANCELLED, matching.AT_ONCE)
    with pytest.raises(ImportEnded):
        office.cancel(import_id)
    with pytest.raises(ImportStarted):
        office.start(import_id)


def test_whoever_dies_in_the_middle_of_a_batch_leaves_nothing_of_it_and_goes_on(office, monkeypatch):
    rows = people(matching.AT_ONCE + 30)
    import_id = office.uploaded(as_csv(rows))
    office.start(import_id)
    office.go_on()

    class Killed(BaseException):
        """As by `kill -9`: nobody handles it."""

    genuine = Batch.write

    def write_and_die(self, session) -> None:
        genuine(self, session)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "write", write_and_die)
        with pytest.raises(Killed):
            office.go_on()
    assert office.state(import_id).done == 0
    assert (
        office.desk.rows("SELECT 1 FROM import_row WHERE import_id = :id AND outcome IS NOT NULL", id=import_id) == []
    )
    assert not office.desk.found(rows[0][1])

    office.finish()
    assert office.state(import_id).counts.created == len(rows)
    assert len(office.desk.found(rows[0][1])) == 1


def test_a_row_that_nobody_foresaw_is_rejected_alone(office, monkeypatch):
    rows = people(20)
    rows[7][0] = "冯不测"
    genuine = Batch.take

    def take(self, row):
        if row.given.name.text == "冯不测":
            raise ZeroDivisionError
        return genuine(self, row)

    monkeypatch.setattr(Batch, "take", take)
    import_id = office.bring_in(as_csv(rows))
    (rejected,) = office.report(import_id, outcome=Outcome.REJECTED)
    assert (rejected.number, rejected.code) == (9, "ROW_FAILED")
    assert office.state(import_id).counts.created == 19


def test_a_desk_that_was_first_is_not_overwritten(office, monkeypatch):
    mobile, card = randoms.mobile(), randoms.resident_id()
    known = office.desk.register(name="孙权", mobile=mobile).customer_id
    import_id = office.uploaded(as_csv([["孙权", mobile, card, "", "", ""]]))
    office.start(import_id)
    office.go_on()

    def known_and_changed(session, facts, *, at):
        found = known_to(session, facts, at=at)
        office.desk.update(known, email="sun@example.com")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(matching, "known_to", known_and_changed)
        with pytest.raises(Overtaken):
            office.go_on()
    assert office.state(import_id).done == 0

    office.finish()
    seen = office.desk.view(known)
    assert (seen.email, seen.id_number) == ("sun@example.com", card)
    assert office.outcomes(import_id) == ["enriched"]


def test_two_replicas_do_each_row_once(office):
    rows = people(3 * matching.AT_ONCE)
    import_id = office.uploaded(as_csv(rows))
    office.start(import_id)

    def replica(_: int) -> None:
        while office.state(import_id).status != ImportStatus.FINISHED:
            office.go_on()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(replica, range(2)))
    assert office.state(import_id).counts.created == len(rows)
    found = "SELECT count(*) AS n FROM customer WHERE mobile = ANY(:mobiles)"
    assert office.desk.rows(found, mobiles=[row[1] for row in rows]) == [{"n": len(rows)}]


def test_a_turn_without_work_changes_nothing(office):
    import_id = office.bring_in(as_csv(people(2)))
    before = office.state(import_id)
    assert office.go_on() == 0
    assert office.state(import_id) == before


# -- the report ---------------------------------------------------------------------------------------------------


def test_the_report_comes_in_pages_and_by_outcome(office):
    rows = people(5)
    rows[2][1] = "12345678901"
    import_id = office.bring_in(as_csv(rows))
    page = office.report(import_id, limit=2)
    assert [row.number for row in page] == [2, 3]
    assert [row.number for row in office.report(import_id, after=3)] == [4, 5, 6]
    (rejected,) = office.report(import_id, outcome=Outcome.REJECTED)
    assert (rejected.number, rejected.field, rejected.code) == (4, "mobile", "MOBILE_INVALID")
    assert (rejected.zh, rejected.en) == (MobileInvalid.zh, MobileInvalid.en)
    assert rejected.customer_id is None


def test_the_report_follows_a_merge(office):
    import_id = office.bring_in(as_csv(people(2)))
    one, other = (row.customer_id for row in office.report(import_id))
    with office.desk.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE customer SET status = 'merged', merged_into = %s WHERE id = %s", (other, one)
        )
    assert [row.customer_id for row in office.report(import_id)] == [other, other]


def test_imports_are_listed_newest_first(office):
    first = office.uploaded(as_csv(people(1)))
    second = office.bring_in(as_csv(people(1)), department=Department.FINANCE)
    asked = ListImports("HN", limit=2)
    seen = office.desk.read(lambda connection: queries.list_imports(connection, asked, scope=MANAGER)).items
    assert [one.import_id for one in seen] == [second, first]
    assert (seen[0].department, seen[0].status) == (Department.FINANCE, ImportStatus.FINISHED)
    only = replace(asked, status=ImportStatus.UPLOADING)
    waiting = office.desk.read(lambda connection: queries.list_imports(connection, only, scope=MANAGER)).items
    assert waiting[0].import_id == first
