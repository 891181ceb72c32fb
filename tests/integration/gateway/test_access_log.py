"""The access log: how many phone numbers a person sees in an hour, and that the log can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from chassis.process import clock
from chassis.store import migrations
from chassis.store.database import Database
from contracts.gateway.operations import ListAccess
from gateway import access_log, auditing
from gateway.access_log import Access, AccessLog
from gateway.errors import RevealLimit
from tests.support.databases import Databases
from tests.support.randoms import code

MOST = 30
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.LOCAL)
REVEAL = "customer.reveal_contact"


@pytest.fixture
def database(databases: Databases) -> Database:
    return databases("gateway")


def access(staff_id: str, **said: Any) -> Access:
    values = {"operation": REVEAL, "subject_id": str(uuid4()), "reason": "回访", "request_id": code("request-")}
    return Access(**{"staff_id": staff_id, **values, **said})


def reveal(database: Database, staff_id: str, *, now: datetime, **said: Any) -> access_log.Link:
    one = access(staff_id, **said)

    def work(session: Session) -> access_log.Link:
        link = access_log.write(session, one, now=now)
        access_log.require_left(session, one, now=now, most=MOST)
        return link

    return database.run(work)


def entries(databases: Databases, staff_id: str) -> int:
    with databases.admin("gateway") as admin:
        row = admin.execute("SELECT count(*) FROM access_log WHERE staff_id = %s", (staff_id,)).fetchone()
    assert row is not None
    return int(str(row[0]))


# -- the ration ---------------------------------------------------------------------------------------------------


def test_thirty_numbers_an_hour_and_not_one_more(databases: Databases, database: Database) -> None:
    person = code("P")
    for minute in range(MOST):
        reveal(database, person, now=NOON + timedelta(minutes=minute))
    with pytest.raises(RevealLimit) as refused:
        reveal(database, person, now=NOON + timedelta(minutes=45))
    assert refused.value.details == {"most": MOST, "retry_after": 15 * 60}, "until the first is an hour old"
    assert entries(databases, person) == MOST, "what is refused is no access"
    reveal(database, code("P"), now=NOON + timedelta(minutes=45))


def test_when_the_hour_has_passed_the_next_is_shown_and_only_one(databases: Databases, database: Database) -> None:
    person = code("P")
    for minute in range(MOST):
        reveal(database, person, now=NOON + timedelta(minutes=minute))
    with pytest.raises(RevealLimit):
        reveal(database, person, now=NOON + timedelta(minutes=60) - timedelta(microseconds=1))
    reveal(database, person, now=NOON + timedelta(minutes=60))
    with pytest.raises(RevealLimit) as refused:
        reveal(database, person, now=NOON + timedelta(minutes=60, seconds=1))
    assert refused.value.details["retry_after"] == 59
    assert entries(databases, person) == MOST + 1


def left_of(database: Database, staff_id: str, *, now: datetime) -> tuple[int, str, str]:
    """After one more: what is left, and what HTTP says."""
    log = AccessLog(database, reveals_per_hour=3)
    left = log.write_down(access(staff_id), rationed=True, now=now)
    assert left is not None
    (_, remaining), (_, reset) = access_log.headers_of(left, now=now)
    return left.left, remaining, reset


def test_after_each_number_it_is_told_how_many_are_left_and_when_there_is_one_more(database: Database) -> None:
    person = code("P")
    assert left_of(database, person, now=NOON) == (2, "2", "3600")
    assert left_of(database, person, now=NOON + timedelta(minutes=20)) == (1, "1", "2400")
    assert left_of(database, person, now=NOON + timedelta(minutes=59, seconds=59.5)) == (0, "0", "1")
    with pytest.raises(RevealLimit):
        left_of(database, person, now=NOON + timedelta(hours=1) - timedelta(microseconds=1))
    assert left_of(database, person, now=NOON + timedelta(hours=1)) == (0, "0", "1200"), "the first has come back"
    assert left_of(database, person, now=NOON + timedelta(hours=3)) == (2, "2", "3600"), "full again"
    log = AccessLog(database, reveals_per_hour=3)
    assert log.write_down(access(person, operation="customer.dossier"), rationed=False, now=NOON) is None


def test_of_many_at_once_no_more_than_the_ration_pass(databases: Databases, database: Database) -> None:
    person = code("P")
    for _ in range(MOST - 3):
        reveal(database, person, now=NOON)

    def one(_: int) -> bool:
        try:
            reveal(database, person, now=NOON + timedelta(seconds=1))
        except RevealLimit:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(10))) == 3
    assert entries(databases, person) == MOST


def test_dossiers_and_exports_are_written_down_without_end(databases: Databases, database: Database) -> None:
    person, log = code("P"), AccessLog(database, reveals_per_hour=1)
    for _ in range(3):
        log.write_down(access(person, operation="customer.dossier"), rationed=False, now=NOON)
    log.write_down(access(person), rationed=True, now=NOON)
    assert entries(databases, person) == 4


def test_a_refusal_is_an_alarm_and_every_access_an_anchor_without_the_customer(database: Database) -> None:
    person, log, asked = code("P"), AccessLog(database, reveals_per_hour=1), str(uuid4())
    refused, written = access_log.REFUSED, access_log.ACCESSES.labels(REVEAL)
    before = refused._value.get(), written._value.get()
    with capture_logs() as lines:
        log.write_down(access(person, subject_id=asked), rationed=True, now=NOON)
        with pytest.raises(RevealLimit):
            log.write_down(access(person, subject_id=asked), rationed=True, now=NOON)
    assert (refused._value.get(), written._value.get()) == (before[0] + 1, before[1] + 1)
    kept, alarm = lines
    assert (kept["log_level"], kept["staff_id"], len(kept["hash"])) == ("info", person, 64)
    assert (alarm["log_level"], alarm["staff_id"], alarm["most"]) == ("warning", person, 1)
    assert asked not in str(lines)


# -- the chain ----------------------------------------------------------------------------------------------------


MOVE, AT = "UPDATE access_log SET position = position", "WHERE position = %(it)s"
PUT_IN = """
    INSERT INTO access_log SELECT gen_random_uuid(), at, staff_id, operation, subject_id, reason, request_id, customers,
           position - 1, hash FROM access_log WHERE position = %(it)s + 1
"""


@contextmanager
def tampering(databases: Databases) -> Iterator[psycopg.Connection[Any]]:
    """What a superuser does to the log past its trigger, undone in the end."""
    with databases.admin("gateway") as admin, admin.transaction(force_rollback=True):
        admin.execute("SET LOCAL session_replication_role = replica")
        yield admin


@pytest.fixture
def links(database: Database) -> list[access_log.Link]:
    """Five entries, a file among them, with signs that could be taken for something else."""
    person = code("P")
    log = [
        access(person),
        access(person, reason="'=1+1,2:x,\"\\\t\n客户\U0001f600"),
        access(person, operation="customer.download_export", customers=(uuid4(), uuid4())),
        access(person, reason=""),
        access(person, request_id="r" * 64),
    ]
    return [
        database.run(lambda session, one=one: access_log.write(session, one, now=NOON.replace(microsecond=7)))  # type: ignore[misc]
        for one in log
    ]


def test_the_database_and_the_check_make_the_same_hashes(databases: Databases, links: list[access_log.Link]) -> None:
    assert [link.position for link in links] == list(range(links[0].position, links[0].position + 5))
    with auditing.opened(databases.environment("gateway")) as connection:
        found = auditing.check(connection, anchors={links[2].hash})
    assert (found.broken, found.entries, found.head) == ("", links[-1].position, links[-1].hash)
    assert found.met == {links[2].hash}


@pytest.mark.parametrize(
    ("statements", "found_at"),
    [
        (["UPDATE access_log SET reason = 'another' WHERE position = %(it)s"], 2),
        (["UPDATE access_log SET at = at - interval '1 microsecond' WHERE position = %(it)s"], 2),
        (["UPDATE access_log SET customers = customers[1:1] WHERE position = %(it)s"], 2),
        (["UPDATE access_log SET customers = NULL WHERE position = %(it)s"], 2),
        (["UPDATE access_log SET hash = sha256('x') WHERE position = %(it)s"], 2),
        (["DELETE FROM access_log WHERE position = %(it)s"], 3),
        (["DELETE FROM access_log WHERE position = %(it)s", *(f"{MOVE} - 1 {AT} + {one}" for one in (1, 2))], 2),
        ([*(f"{MOVE} + 1 {AT} + {one}" for one in (2, 1, 0)), PUT_IN], 2),
    ],
    ids=["reason", "moment", "a file's customer", "a file's customers", "hash", "gone", "gone, renumbered", "put in"],
)
def test_what_a_superuser_changes_takes_out_or_puts_in_is_found(
    databases: Databases, links: list[access_log.Link], statements: list[str], found_at: int
) -> None:
    with tampering(databases) as admin:
        for statement in statements:
            admin.execute(statement.encode(), {"it": links[2].position})
        found = auditing.check(admin)
    assert found.broken.startswith(f"entry {links[0].position + found_at} ")
    assert found.entries == links[1].position


def test_the_newest_entries_gone_are_told_by_an_anchor_only(databases: Databases, links: list[access_log.Link]) -> None:
    with tampering(databases) as admin:
        admin.execute("DELETE FROM access_log WHERE position >= %s", (links[3].position,))
        found = auditing.check(admin, anchors={links[2].hash, links[4].hash})
    assert (found.broken, found.met) == ("", {links[2].hash})


def test_writers_at_once_make_one_chain(databases: Databases, database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: reveal(database, code("P"), now=NOON), range(40)))
    assert len({link.position for link in made}) == 40
    with auditing.opened(databases.environment("gateway")) as connection:
        assert auditing.check(connection).broken == ""


def test_several_rows_of_one_statement_are_linked_each_to_the_one_before(databases: Databases) -> None:
    with databases.admin("gateway") as admin, admin.transaction(force_rollback=True):
        admin.execute(
            "INSERT INTO access_log SELECT gen_random_uuid(), now(), 'X', 'x', 'x', 'x', 'x' FROM generate_series(1, 9)"
        )
        assert auditing.check(admin).broken == ""


def test_nobody_says_himself_where_his_entry_stands(database: Database) -> None:
    values = {"id": uuid4(), "at": NOON, "position": 1, "hash": b"mine"}
    said = {"staff_id": "X", "operation": "x", "subject_id": "x", "reason": "x", "request_id": "x"}

    def work(session: Any) -> Any:
        from sqlalchemy import insert

        from gateway.models import AccessEntry

        row = session.execute(insert(AccessEntry).values(values | said).returning(AccessEntry.position)).one()
        return row.position

    head = database.read(access_log.head)
    assert database.run(work) == head.position + 1
    assert database.read(access_log.head).hash != b"mine"


def test_entries_of_the_first_release_are_linked_in_the_order_of_their_time(databases: Databases) -> None:
    databases("gateway")
    url = databases.empty()
    config = migrations._config("gateway", url)
    command.upgrade(config, "0001")
    add = "INSERT INTO access_log VALUES (gen_random_uuid(), %s, 'HN05', %s, 'somebody', '回访', 'request')"
    with psycopg.connect(url, autocommit=True) as admin:
        for minute in (3, 1, 2, 1):
            admin.execute(add, (NOON + timedelta(minutes=minute), REVEAL))
        command.upgrade(config, "head")
        admin.execute(
            "INSERT INTO access_log (id, at, staff_id, operation, subject_id, reason, request_id)"
            " VALUES (gen_random_uuid(), %s, 'HN05', 'x', 'x', 'by a process of the old release', 'x')",
            (NOON + timedelta(minutes=9),),
        )
        rows = admin.execute("SELECT at FROM access_log ORDER BY position").fetchall()
        assert [(row[0] - NOON).seconds // 60 for row in rows] == [1, 1, 2, 3, 9]
        with admin.transaction():
            found = auditing.check(admin)
    assert (found.broken, found.entries) == ("", 5)


def test_the_head_is_told_once_a_day_and_is_a_metric_all_the_time(
    database: Database, links: list[access_log.Link]
) -> None:
    log = AccessLog(database, reveals_per_hour=MOST)
    with capture_logs() as lines:
        log.tell_head(now=NOON)
        newest = reveal(database, code("P"), now=NOON)
        log.tell_head(now=NOON + timedelta(hours=11))
        log.tell_head(now=NOON + timedelta(hours=12))
    told = [(line["position"], line["hash"]) for line in lines]
    assert told == [(one.position, one.hash.hex()) for one in (links[-1], newest)]
    assert access_log.HEAD._value == {"position": str(newest.position), "hash": newest.hash.hex()}


# -- asking -------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(database: Database) -> Callable[..., list[str]]:
    """`asked(staff_id=…)`: the requests of the entries found, newest first."""

    def ask(**wanted: Any) -> list[str]:
        page = database.read(lambda connection: access_log.list_access(connection, ListAccess(**wanted)))
        assert page.total == len(page.items)
        return [one.request_id for one in page.items]

    return ask


def test_the_log_is_asked_by_reader_subject_operation_and_time(
    database: Database, asked: Callable[..., list[str]]
) -> None:
    person, other, customer = code("P"), code("P"), uuid4()
    export, revealed, foreign = (code("request-") for _ in range(3))
    one = access(person, operation="customer.download_export", customers=(uuid4(), customer), request_id=export)
    database.run(lambda session: access_log.write(session, one, now=NOON))
    subject = str(customer)
    reveal(database, person, now=NOON + timedelta(minutes=1), subject_id=subject, request_id=revealed)
    reveal(database, other, now=NOON + timedelta(minutes=2), subject_id=subject, request_id=foreign)

    assert asked(staff_id=person) == [revealed, export]
    assert asked(subject_id=customer) == [foreign, revealed, export], "in a file too"
    assert asked(subject_id=UUID(one.subject_id)) == [export], "the segment"
    assert asked(subject_id=customer, operation=REVEAL) == [foreign, revealed]
    assert asked(subject_id=customer, since=NOON + timedelta(minutes=1)) == [foreign, revealed]
    assert asked(subject_id=customer, until=NOON + timedelta(minutes=1)) == [export]
    assert asked(staff_id=other, subject_id=customer, operation=REVEAL, since=NOON, until=clock.now()) == [foreign]
    assert asked(staff_id=person, operation="customer.dossier") == []
