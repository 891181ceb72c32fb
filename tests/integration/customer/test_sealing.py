"""No ID number stands readable in the database, and everything that works with numbers goes on (PIPL 28, 51)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from chassis.process import metrics
from chassis.process.settings import INDEX, new_sealing_keys
from chassis.store.rows import as_json
from chassis.store.scheduled import run_scheduled
from contracts.customer.folder import DocumentType, PrefillAsked
from contracts.customer.operations import HistoryAsked, UpdateCustomer
from services.customer.folder.queries import prefill
from services.customer.record import queries, sealing
from services.customer.record.rules.resident_id import to_18
from services.customer.record.sealing import Unopenable
from services.customer.record.usecases import editing, subject_keys
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.joining import everything, merge, split, undo
from tests.integration.customer.test_documents import add, listed
from tests.integration.customer.uploads import Office, as_csv
from tests.support import randoms
from tests.support.polling import eventually

LATER = NOW + timedelta(days=3)
KEYS = "CRM_CUSTOMER_SEALING_KEYS"


def fifteen() -> str:
    """A valid number of the first kind nobody else has."""
    while True:
        number = randoms.resident_id()
        if to_18(number[:6] + number[8:17]) == number:
            return number[:6] + number[8:17]


def found_in(desk: Desk, number: str) -> set[str]:
    """The tables in which the number can be read, in text, in JSON, or in bytes."""
    tables = desk.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'")
    return {
        table["name"]
        for table in tables
        if desk.rows(
            f"SELECT 1 FROM {table['name']} t WHERE t::text LIKE :number OR t::text LIKE :as_bytes LIMIT 1",
            number=f"%{number}%",
            as_bytes=f"%{number.encode().hex()}%",
        )
    }


def history(desk: Desk, customer_id: UUID) -> dict[str, tuple[Any, ...]]:
    """The last change of each field of the card: what was told before and since."""
    read = desk.read(partial(queries.history, asked=HistoryAsked(customer_id)))
    return {
        one.field: tuple((said or {}).get(one.field) for said in (one.old, one.new))
        for one in reversed(read.items)
        if one.field in sealing.SEALED
    }


@contextmanager
def altered(desk: Desk, table: str, key: str, whose: Sequence[UUID], statement: str, **values: Any) -> Iterator[None]:
    """Rows as somebody altered them behind the service's back; afterwards they are what they were."""
    kept = as_json(desk.rows(f"SELECT * FROM {table} WHERE {key} = ANY(:ids)", ids=list(whose)))
    with desk.transaction() as session:
        session.execute(text(statement), values)
    try:
        yield
    finally:
        back = f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))"
        with desk.transaction() as session:
            session.execute(text(f"DELETE FROM {table} WHERE {key} = ANY(:ids)"), {"ids": list(whose)})
            session.execute(text(back), {"rows": kept})


def without_keys(desk: Desk, ids: Sequence[UUID]) -> AbstractContextManager[None]:
    """As if the keys of these customers had been thrown away."""
    gone = "DELETE FROM subject_key WHERE customer_id = ANY(:ids)"
    return altered(desk, "subject_key", "customer_id", ids, gone, ids=list(ids))


def test_a_number_is_nowhere_readable_whatever_becomes_of_its_bearer(desk):
    old, first, second, third = fifteen(), randoms.resident_id(), randoms.resident_id(), randoms.resident_id()
    survivor = desk.register(id_no=old).customer_id
    desk.update(survivor, id_no=first, now=LATER)
    add(desk, survivor, type=DocumentType.ID_COPY, number=first)
    loser, bare = desk.register(id_no=second).customer_id, desk.register().customer_id
    add(desk, loser, type=DocumentType.OTHER, number=f"驾驶证 {second}")
    undo(desk, merge(desk, [loser], into=bare, now=LATER).merge_id, now=LATER)
    merge(desk, [loser], into=bare, now=LATER)
    parted = split(desk, bare, "黄两人", card=True)
    assert desk.view(parted).id_number == second
    told = desk.register(id_no=third, mobile=(mobile := randoms.mobile()), name="关羽").customer_id
    desk.register(id_no=third, mobile=mobile, name="关羽", email="guan@example.com")

    numbers = [old, to_18(old), first, second, third]
    assert {number: found_in(desk, number) for number in numbers} == {number: set() for number in numbers}
    assert history(desk, survivor) == {"id_number": (old, first), "id18": (to_18(old), first)}
    assert [desk.found(number) for number in (old, first, second, third)] == [[], [survivor], [parted], [told]]


def test_of_an_imported_file_only_the_file_s_own_rows_can_be_read(desk):
    office = Office(desk)
    known, card, new = randoms.mobile(), randoms.resident_id(), randoms.resident_id()
    enriched = desk.register(name="周瑜", mobile=known).customer_id
    office.bring_in(as_csv([["周瑜", known, card, "", "", ""], ["鲁肃", randoms.mobile(), new, "", "", ""]]))
    assert desk.found(card) == [enriched]
    assert len(desk.found(new)) == 1
    assert found_in(desk, card) == found_in(desk, new) == {"import_row"}


def test_what_somebody_is_found_by_stays_his_alone(desk):
    card = randoms.resident_id()
    first, other = desk.register(id_no=card).customer_id, desk.register().customer_id
    read = desk.read(lambda connection: prefill.prefill(connection, PrefillAsked(id_no=card), now=NOW))
    assert read.bearer.customer_id == first
    copied = """
        INSERT INTO search_key SELECT kind, key, :other FROM search_key WHERE kind = 'id18' AND customer_id = :first
    """
    with pytest.raises(Exception, match="search_key_one_bearer"), desk.transaction() as session:
        session.execute(text(copied), {"first": first, "other": other})


def test_a_merge_seals_the_number_for_the_survivor_and_its_undoing_puts_back_the_same_rows(desk):
    card = randoms.resident_id()
    loser, survivor = desk.register(id_no=card).customer_id, desk.register().customer_id
    add(desk, loser, type=DocumentType.ID_COPY, number=card)
    before = everything(desk, [loser, survivor])
    done = merge(desk, [loser], into=survivor, now=LATER)
    kept = {row["id"]: row["id18"] for row in everything(desk, [loser, survivor])["customer"]}
    assert kept[survivor] != kept[loser]
    assert desk.view(survivor).id_number == card
    assert [one.id_number for one in listed(desk, survivor)] == [card]
    undo(desk, done.merge_id, now=LATER)
    assert everything(desk, [loser, survivor]) == before
    assert desk.view(loser).id_number == card


def test_a_number_copied_to_another_customer_is_not_taken_for_his(desk):
    one, other = (desk.register(id_no=randoms.resident_id()).customer_id for _ in range(2))
    copied = "UPDATE customer SET id_number = (SELECT id_number FROM customer WHERE id = :one) WHERE id = :other"
    with altered(desk, "customer", "id", [other], copied, one=one, other=other), pytest.raises(Unopenable):
        desk.view(other)


def test_without_his_key_a_customer_s_numbers_are_gone_wherever_a_copy_is(desk):
    card = randoms.resident_id()
    loser, survivor = desk.register(id_no=card).customer_id, desk.register().customer_id
    add(desk, loser, type=DocumentType.ID_COPY, number=card)
    desk.update(loser, id_no=randoms.resident_id(), now=LATER)
    done = merge(desk, [loser], into=survivor, now=LATER)
    with without_keys(desk, [loser, survivor]):
        assert desk.view(survivor).id_number is None
        assert set(history(desk, loser).values()) == {(None, None)}
        assert [(one.number, one.id_number) for one in listed(desk, survivor)] == [("", None)]
        with pytest.raises(Unopenable):
            undo(desk, done.merge_id, now=LATER)


def test_a_record_whose_key_is_gone_is_not_written_without_its_number(desk):
    customer = desk.register(id_no=randoms.resident_id()).customer_id
    before = everything(desk, [customer], without=())
    with without_keys(desk, [customer]), pytest.raises(Unopenable, match="restore it, or erase him"):
        desk.update(customer, email="a@b.cn")
    assert everything(desk, [customer], without=()) == before


def waits_for_a_lock(desk: Desk) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(desk.rows(waiting))


def test_whoever_waited_for_the_first_number_of_a_record_does_not_lose_it(desk):
    customer, card = desk.register().customer_id, randoms.resident_id()
    with ThreadPoolExecutor(1) as pool:
        with desk.transaction() as session:
            editing.update_customer(session, UpdateCustomer(customer, id_no=card), scope=DESK, now=NOW)
            waiting = pool.submit(desk.update, customer, email="a@b.cn")
            eventually(lambda: waits_for_a_lock(desk))
        waiting.result()
    seen = desk.view(customer)
    assert (seen.id_number, seen.email) == (card, "a@b.cn")


def test_two_who_need_a_customer_s_first_key_at_once_get_the_same(desk):
    customer = desk.register().customer_id
    sealed = []

    def seal() -> None:
        with desk.transaction() as session:
            sealed.append(subject_keys.key_of(session, customer).seal("number", "一"))

    with ThreadPoolExecutor(1) as pool:
        with desk.transaction() as session:
            sealed.append(subject_keys.key_of(session, customer).seal("number", "一"))
            waiting = pool.submit(seal)
            eventually(lambda: waits_for_a_lock(desk))
        waiting.result()
    assert len(set(sealed)) == 1


def statements(desk: Desk, work: Callable[[], object]) -> int:
    """How many statements the work takes."""
    counted = []

    def count(*_: object) -> None:
        counted.append(1)

    engines = (desk.database._writers, desk.database._readers)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_a_number_costs_no_statement_but_where_it_changes(desk):
    card = randoms.resident_id()
    bare = desk.register().customer_id
    assert statements(desk, lambda: desk.register(id_no=card)) == statements(desk, desk.register)
    (bearer,) = desk.found(card)
    assert statements(desk, lambda: desk.look_up(card)) == 1
    assert statements(desk, lambda: desk.view(bearer)) == 1
    edits = [statements(desk, partial(desk.update, one, email="a@b.cn")) for one in (bare, bearer)]
    assert edits[0] == edits[1]


# -- another master key -------------------------------------------------------------------------------------------


@pytest.fixture
def settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`settings(k2=…, index=…)` gives the process other keys; afterwards everything is under the old one again."""
    before = dict(entry.split(":") for entry in own_keys().split(","))

    def give(**keys: str) -> None:
        monkeypatch.setenv(KEYS, ",".join(f"{name}:{key}" for name, key in keys.items()))
        sealing.masters.cache_clear()

    yield give
    given = dict(entry.split(":") for entry in own_keys().split(","))
    give(**before, **{name: key for name, key in given.items() if name not in before})
    seal_anew(desk)
    give(**before)


def own_keys() -> str:
    return os.environ[KEYS]


def seal_anew(desk: Desk) -> int:
    """All turns of the scheduled work; how many keys it sealed anew."""
    done = 0
    while count := run_scheduled(desk.database, "subject_keys", subject_keys.seal_anew):
        done += count
    return done


def behind() -> float:
    return next(iter(metrics.SUBJECT_KEYS_BEHIND.collect())).samples[0].value


def test_keys_go_over_to_a_new_master_key_and_no_number_is_touched(desk, settings, monkeypatch):
    monkeypatch.setattr(subject_keys, "AT_ONCE", 50)
    card = randoms.resident_id()
    customer = desk.register(id_no=card).customer_id
    row = "SELECT * FROM customer WHERE id = :id"
    under = "SELECT DISTINCT split_part(sealed_key, ':', 1) AS master FROM subject_key"
    before = desk.rows(row, id=customer)
    known = dict(entry.split(":") for entry in own_keys().split(","))
    new = new_sealing_keys().split(",")[0].partition(":")[2]

    settings(k2=new, **known)
    assert seal_anew(desk) > 0
    assert (seal_anew(desk), behind()) == (0, 0)
    assert desk.rows(under) == [{"master": "k2"}]

    settings(k2=new, **{INDEX: known[INDEX]})
    assert desk.rows(row, id=customer) == before
    assert desk.view(customer).id_number == card
    assert desk.found(card) == [customer]


def test_a_master_key_taken_away_too_early_is_said_and_nothing_is_changed(desk, settings):
    customer = desk.register(id_no=randoms.resident_id()).customer_id
    known = dict(entry.split(":") for entry in own_keys().split(","))
    kept = desk.rows("SELECT * FROM subject_key ORDER BY customer_id")
    settings(k3=new_sealing_keys().split(",")[0].partition(":")[2], **{INDEX: known[INDEX]})
    with pytest.raises(Unopenable, match="'k1', which CRM_CUSTOMER_SEALING_KEYS lacks"):
        desk.view(customer)
    with pytest.raises(Unopenable):
        seal_anew(desk)
    assert desk.rows("SELECT * FROM subject_key ORDER BY customer_id") == kept
