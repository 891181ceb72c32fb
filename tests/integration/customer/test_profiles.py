"""What must be known of a person to act is told when it changes, and only then; and nothing of who was forgotten."""

from __future__ import annotations

import gzip
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
import pytest
from alembic import command

from chassis.bus.replay import events_of
from chassis.bus.topology import HEARS
from chassis.process import clock
from chassis.process.clock import LOCAL
from chassis.store import migrations
from chassis.store.archive import archive
from contracts.customer.events import CustomerProfiled, CustomerRegistered
from contracts.customer.operations import Gender, Occupation
from contracts.envelope import read
from services.customer.record.usecases import profiles
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import merge, split, undo
from tests.integration.customer.privacy import erase
from tests.integration.customer.uploads import Office, as_csv
from tests.support import randoms
from tests.support.databases import Databases

TOLD = """
    SELECT subject_version AS version, envelope->'payload' AS payload, occurred_at, store_id FROM outbox
     WHERE event_type = 'customer_profiled' AND subject_id = :id ORDER BY position
"""
WANG = {"birth_date": date(1988, 5, 1), "gender": Gender.FEMALE, "address": "深圳市福田区深南大道1001号",
        "occupation": Occupation.EMPLOYEE}  # fmt: skip
HER: dict[str, Any] = {
    "kind": "person", "gender": "female", "age_band": "35-44", "district": "福田", "birth_month": 5, "birth_day": 1,
    "occupation": "employee",
}  # fmt: skip
NOTHING: dict[str, Any] = dict.fromkeys(HER)


def somebody(desk: Desk, **given: Any) -> UUID:
    """Somebody new, whoever has the same name and day of birth."""
    return desk.register(force_new=True, reason="同名", **given).customer_id


def told(desk: Desk, customer_id: UUID) -> list[dict[str, Any]]:
    """What was told of her, oldest first; each with a version of its own, one after the other."""
    rows = desk.rows(TOLD, id=str(customer_id))
    assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["payload"].pop("customer_id") for row in rows} <= {str(customer_id)}
    return [row["payload"] for row in rows]


def turn(desk: Desk, *, now: datetime = NOW) -> int:
    """Turns of the clock's work until nothing is left; how many customers."""
    done = 0
    while some := desk.database.run(lambda session: profiles.tell_profiles(session, now=now)):
        done += some
    return done


@pytest.fixture(autouse=True)
def nobody_waits(desk: Desk) -> None:
    """Whoever other tests left, or wrote past the service, is told of before."""
    note(desk)
    turn(desk)


def test_who_is_registered_is_told_of_at_once(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    assert told(desk, who) == [HER]
    (row,) = desk.rows(TOLD, id=str(who))
    assert (row["occurred_at"], row["store_id"]) == (NOW, "HN")
    company = desk.register(name="深圳市明德贸易有限公司", kind="company").customer_id
    assert told(desk, company) == [{**NOTHING, "kind": "company"}]


def test_every_fact_that_changes_is_told_and_nothing_else_is(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    given: dict[str, Any]
    for given in (
        {"email": "wang@example.com"},
        {"more_phones": [randoms.mobile()]},
        {"address": "深圳市福田区滨河大道9号"},
        {"employer": "明德贸易"},
        {"birth_date": date(1987, 5, 1)},
        {"tags": ["VIP"]},
    ):
        desk.update(who, **given)
        assert len(told(desk, who)) == 1, f"{given} is none of these facts"
    expected = [HER]
    for given, fact in (
        ({"address": "东莞市南城区鸿福路1号"}, {"district": "东莞"}),
        ({"birth_date": date(1987, 6, 1)}, {"birth_month": 6}),
        ({"birth_date": date(1987, 6, 2)}, {"birth_day": 2}),
        ({"birth_date": date(1960, 6, 2)}, {"age_band": "65+"}),
        ({"gender": Gender.MALE}, {"gender": "male"}),
        ({"gender": None}, {"gender": None}),
        ({"occupation": Occupation.RETIRED}, {"occupation": "retired"}),
        ({"occupation": None}, {"occupation": None}),
        ({"birth_date": None}, {"birth_month": None, "birth_day": None, "age_band": None}),
    ):
        desk.update(who, **given)
        expected.append({**expected[-1], **fact})
        assert told(desk, who) == expected


def test_a_band_of_ages_is_told_on_its_day_and_once(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    birthday = datetime(2033, 5, 1, 0, 30, tzinfo=LOCAL)
    turn(desk, now=birthday - timedelta(hours=1))
    assert told(desk, who) == [HER]
    turn(desk, now=birthday)
    assert turn(desk, now=birthday + timedelta(hours=1)) == 0
    assert told(desk, who) == [HER, {**HER, "age_band": "45-54"}]


def test_a_year_of_birth_that_was_corrected_within_the_band_moves_the_day(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    desk.update(who, birth_date=date(1987, 5, 1))
    turn(desk, now=datetime(2032, 5, 1, 12, tzinfo=LOCAL))
    assert told(desk, who) == [HER, {**HER, "age_band": "45-54"}]


def test_an_import_tells_of_whom_it_brings_and_of_whom_it_knows_more(desk: Desk) -> None:
    known = desk.register(name="王芳芳", mobile=(mobile := randoms.mobile()), gender=Gender.FEMALE).customer_id
    new = randoms.mobile()
    rows = [["王芳芳", mobile, "深圳市福田区1号", "教师"], ["赵一鸣", new, "深圳市南山区2号", "神仙"]]
    Office(desk).bring_in(as_csv(rows, headings=("姓名", "手机", "地址", "职业")))
    her = {**NOTHING, "kind": "person", "gender": "female"}
    assert told(desk, known) == [her, {**her, "district": "福田", "occupation": "professional"}]
    (other,) = desk.found(new)
    assert told(desk, other) == [{**NOTHING, "kind": "person", "district": "南山"}]


def test_of_merged_records_one_is_somebody_and_apart_again_each_is(desk: Desk) -> None:
    survivor = somebody(desk, **{**WANG, "address": None})
    loser = somebody(desk, address=WANG["address"])
    alone = [told(desk, survivor), told(desk, loser)]
    assert alone == [[{**HER, "district": None}], [{**NOTHING, "kind": "person", "district": "福田"}]]

    done = merge(desk, [loser], into=survivor)
    assert told(desk, survivor) == [*alone[0], HER]
    assert told(desk, loser) == [*alone[1], NOTHING]

    undo(desk, done.merge_id)
    assert told(desk, survivor) == [*alone[0], HER, *alone[0]]
    assert told(desk, loser) == [*alone[1], NOTHING, *alone[1]]


def test_who_was_split_off_is_told_of_and_the_first_one_if_it_is_another(desk: Desk) -> None:
    second = randoms.mobile()
    one = somebody(desk, more_phones=[second], **WANG)
    other = split(desk, one, "李强", phones=[second], addresses=[WANG["address"]])
    assert told(desk, one) == [HER, {**HER, "district": None}]
    assert told(desk, other) == [{**NOTHING, "kind": "person", "district": "福田"}]


# -- those who were there before -------------------------------------------------------------------------------


def as_if_never_told(desk: Desk, *customers: UUID) -> None:
    """As if they had been registered by a version that told nothing."""
    ids = [str(one) for one in customers]
    desk.databases.as_owner("customer", "DELETE FROM profile_told WHERE customer_id = ANY(%s::uuid[])", ids)
    gone = "DELETE FROM outbox WHERE event_type = 'customer_profiled' AND subject_id = ANY(%s)"
    desk.databases.as_owner("customer", gone, ids)


def note(desk: Desk) -> int:
    """One look at who was registered lately; how many nothing was written of."""
    return desk.database.run(lambda session: profiles.note_untold(session, real_now=clock.now()))


def test_who_was_there_before_is_told_of_once_batch_by_batch_however_often_it_is_begun(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    those = [somebody(desk, **WANG) for _ in range(5)]
    merged = somebody(desk)
    merge(desk, [merged], into=those[0])
    erased = desk.register().customer_id
    erase(desk, erased)
    as_if_never_told(desk, *those, merged, erased)
    assert note(desk) == 5
    assert note(desk) == 0
    monkeypatch.setattr(profiles, "AT_ONCE", 2)

    with pytest.raises(RuntimeError), desk.transaction() as session:  # killed within the first batch
        profiles.tell_profiles(session, now=NOW)
        raise RuntimeError
    assert [told(desk, one) for one in those] == [[]] * 5
    assert desk.database.run(lambda session: profiles.tell_profiles(session, now=NOW)) == 2
    assert sum(len(told(desk, one)) for one in those) == 2
    assert turn(desk) == 3
    assert [told(desk, one) for one in those] == [[HER]] * 5
    assert turn(desk) == 0
    assert (told(desk, merged), told(desk, erased)) == ([], []), "nobody is no news"


def test_after_the_migration_whoever_is_somebody_is_due(databases: Databases) -> None:
    url = databases.empty()
    config = migrations._config("customer", url)
    command.upgrade(config, "0014")
    with psycopg.connect(url) as database:
        for number, status in enumerate(("active", "merged", "erased"), 1):
            row = (UUID(int=number), status)
            database.execute(
                """
                INSERT INTO customer
                       (id, kind, name, mobile, source, store_id, registered_at, updated_at, version, status)
                VALUES (%s, 'person', '王芳', '', 'desk', 'HN', now(), now(), 1, %s)
                """,
                row,
            )
    command.upgrade(config, "0015")
    with psycopg.connect(url) as database:
        due = database.execute("SELECT customer_id, version FROM profile_told WHERE older_on <= now()").fetchall()
    assert due == [(UUID(int=1), 0)]


@pytest.mark.parametrize("noted", [True, False])
def test_who_was_there_before_and_is_changed_first_is_told_of_once(desk: Desk, noted: bool) -> None:
    who = somebody(desk, **WANG)
    as_if_never_told(desk, who)
    if noted:
        note(desk)
    desk.update(who, gender=Gender.MALE)
    note(desk)
    turn(desk)
    assert told(desk, who) == [{**HER, "gender": "male"}]


def test_one_who_is_being_changed_is_left_to_whoever_changes_him(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    as_if_never_told(desk, who)
    note(desk)
    with desk.transaction() as session:
        session.connection().exec_driver_sql("SELECT FROM customer WHERE id = %s FOR UPDATE", (who,))
        assert turn(desk) == 0
    assert turn(desk) == 1


# -- forgotten -------------------------------------------------------------------------------------------------


def test_of_who_was_erased_the_log_tells_nothing_any_more(desk: Desk) -> None:
    survivor = somebody(desk, **WANG)
    loser = somebody(desk, **WANG)
    bystander = somebody(desk, **WANG)
    merge(desk, [loser], into=survivor)
    erase(desk, survivor)
    empty: dict[str, Any] = {}
    assert told(desk, survivor) == [empty, NOTHING], "what was told, and that there is nothing"
    assert told(desk, loser) == [empty, empty], "that he is nobody was told when he was merged"
    assert told(desk, bystander) == [HER]
    kept = desk.rows("SELECT * FROM profile_told WHERE customer_id = ANY(:ids)", ids=[survivor, loser])
    assert {(row["kind"], row["gender"], row["district"], row["birth_day"], row["occupation"]) for row in kept} == {
        (None,) * 5
    }
    assert turn(desk, now=NOW + timedelta(days=20000)) >= 0
    assert len(told(desk, survivor)) == 2, "and no birthday brings him back"


def test_a_replay_brings_nothing_back(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(HEARS, "reporting", (CustomerProfiled, CustomerRegistered))
    who, other = somebody(desk, **WANG), somebody(desk, **WANG)
    desk.update(who, gender=Gender.MALE)

    def replayed(customer_id: UUID) -> list[Any]:
        again = events_of(
            "reporting",
            since=NOW - timedelta(days=36500),
            until=NOW + timedelta(days=36500),
            environment=desk.databases.environment("customer"),
            archives=tmp_path,
        )
        heard = [read(row[5]) for row in again if row[2] == "customer_profiled"]
        return [one.payload for one in heard if one.payload.customer_id == customer_id]

    assert [one.gender for one in replayed(who)] == ["female", "male"]
    erase(desk, who)
    assert replayed(who) == [CustomerProfiled(customer_id=who)] * 3
    assert replayed(other) == [CustomerProfiled(customer_id=other, **HER)]


def test_no_archive_holds_it_and_of_the_log_the_newest_stays(desk: Desk, tmp_path: Path) -> None:
    who = somebody(desk, **WANG)
    desk.update(who, gender=Gender.MALE)
    old = "UPDATE outbox SET recorded_at = '2020-03-05', published_at = '2020-03-05' WHERE subject_id = %s"
    desk.databases.as_owner("customer", old, str(who))
    before = datetime(2020, 5, 1, tzinfo=LOCAL)

    for _ in range(2):
        archive("customer", before=before, folder=tmp_path, environment=desk.databases.environment("customer"))

    with gzip.open(tmp_path / "customer-2020-03.jsonl.gz", "rb") as lines:
        kinds = [orjson.loads(line)["type"] for line in lines]
    assert sorted(kinds) == ["customer_registered", "customer_updated"]
    left = desk.rows("SELECT event_type, subject_version FROM outbox WHERE subject_id = :id", id=str(who))
    assert left == [{"event_type": "customer_profiled", "subject_version": 2}]


def test_the_service_empties_profiles_and_can_change_nothing_else_of_the_log(desk: Desk) -> None:
    who = somebody(desk, **WANG)
    with psycopg.connect(desk.databases.url("customer"), autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE outbox SET envelope = '{}' WHERE subject_id = %s", (str(who),))
        app.execute("SELECT empty_profiles(%s)", ([str(who)],))
    assert told(desk, who) == [{}]
    registration = TOLD.replace("customer_profiled", "customer_registered")
    (registered,) = desk.rows(registration, id=str(who))
    assert registered["payload"]["kind"] == "person"
