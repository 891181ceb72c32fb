"""Whoever hears what is told of pairs knows which ones wait for a human, whatever becomes of the records (E7, E8)."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from alembic import command

from chassis.store import migrations
from contracts.customer.duplicates import Decision
from contracts.customer.relations import RelationKind
from contracts.envelope import Received, read
from contracts.refusals import Refusal
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.joining import decide, merge, split, undo
from tests.integration.customer.privacy import erase
from tests.integration.customer.test_merging import randoms_id
from tests.support import randoms
from tests.support.databases import Databases


@pytest.fixture
def fresh(desk: Desk) -> Desk:
    """Nobody was ever suspected, and nothing was told of it."""
    desk.forget_suspicions()
    return desk


def suspected(desk: Desk, *, mobile: str | None = None) -> tuple[UUID, UUID]:
    """Two records with one number and two names."""
    mobile = mobile or randoms.mobile()
    one = desk.register(name="张伟", mobile=mobile, force_new=True, reason="家人").customer_id
    other = desk.register(name="刘芳", mobile=mobile, force_new=True, reason="家人").customer_id
    return one, other


def told(desk: Desk) -> list[Received[Any]]:
    """Everything that was told of pairs, as it travels."""
    rows = desk.rows("SELECT envelope::text AS e FROM outbox WHERE subject_type = 'customer_pair' ORDER BY position")
    return [read(row["e"]) for row in rows]


def waiting_as_told(desk: Desk) -> set[str]:
    """The pairs that wait for a human, by what was told of them: the newest word of each."""
    newest = {event.subject.id: event for event in sorted(told(desk), key=lambda one: one.envelope.recorded_at)}
    return {pair for pair, event in newest.items() if event.envelope.event_type == "duplicate_suspected"}


def waiting(desk: Desk) -> set[str]:
    """The same by the table."""
    return {row["pair"] for row in desk.rows("SELECT a || '/' || b AS pair FROM pair WHERE status = 'open'")}


def statuses(desk: Desk) -> list[str]:
    """What became of pairs, in the order it was told."""
    return [one.payload.status for one in told(desk) if one.envelope.event_type == "duplicate_decided"]


def test_a_pair_is_suspected_once_and_its_decision_is_told_once(fresh: Desk) -> None:
    one, other = suspected(fresh)
    assert waiting_as_told(fresh) == waiting(fresh) == {f"{min(one, other)}/{max(one, other)}"}
    fresh.update(one, email="zhang@crm.cn")
    decide(fresh, one, other, Decision.NOT_SAME)
    names = [(event.envelope.event_type, event.envelope.store_id) for event in told(fresh)]
    assert names == [("duplicate_suspected", "HN"), ("duplicate_decided", "HN")]
    assert waiting_as_told(fresh) == set()


@pytest.mark.parametrize(
    ("decision", "status", "more"),
    [
        (Decision.SAME, "merged", {}),
        (Decision.NOT_SAME, "not_same", {}),
        (Decision.RELATED, "related", {"relation": RelationKind.SPOUSE_OF}),
    ],
)
def test_the_decision_is_told(fresh: Desk, decision: Decision, status: str, more: dict[str, Any]) -> None:
    one, other = suspected(fresh)
    decide(fresh, one, other, decision, **more)
    assert statuses(fresh) == [status]
    assert told(fresh)[-1].occurred_at == NOW


def test_a_merge_past_the_queue_tells_that_the_pair_is_decided(fresh: Desk) -> None:
    one, other = suspected(fresh)
    merge(fresh, [one], into=other)
    assert statuses(fresh) == ["merged"]


def test_two_told_apart_are_suspected_again_when_a_card_changes(fresh: Desk) -> None:
    one, other = suspected(fresh)
    decide(fresh, one, other, Decision.NOT_SAME)
    fresh.update(other, id_no=randoms_id())
    assert waiting_as_told(fresh) == waiting(fresh) != set()


def test_who_lives_on_in_another_takes_the_question_along_and_brings_it_back(fresh: Desk) -> None:
    one, other = suspected(fresh)
    before = waiting_as_told(fresh)
    survivor = fresh.register().customer_id
    done = merge(fresh, [one], into=survivor)
    assert waiting_as_told(fresh) == waiting(fresh) == {f"{min(survivor, other)}/{max(survivor, other)}"}
    assert statuses(fresh) == ["withdrawn"]
    undo(fresh, done.merge_id)
    assert waiting_as_told(fresh) == waiting(fresh) == before


def test_who_is_erased_is_asked_about_no_more(fresh: Desk) -> None:
    one, _ = suspected(fresh)
    erase(fresh, one)
    assert waiting_as_told(fresh) == waiting(fresh) == set()
    assert statuses(fresh) == ["withdrawn"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_what_is_told_and_what_stands_are_the_same(fresh: Desk, seed: int) -> None:
    """Registrations under one number, decisions, merges, undoings, splits, changes of cards, erasures, by chance."""
    chance = random.Random(seed)
    mobile, people, merges = randoms.mobile(), [], []

    def register() -> None:
        name = randoms.name()
        people.append(fresh.register(name=name, mobile=mobile, force_new=True, reason="家人").customer_id)

    def some_pair() -> tuple[UUID, UUID]:
        row = chance.choice(fresh.rows("SELECT a, b FROM pair") or [{"a": people[0], "b": people[1]}])
        return row["a"], row["b"]

    steps: list[Callable[[], object]] = [
        register,
        lambda: decide(fresh, *some_pair(), chance.choice([Decision.SAME, Decision.NOT_SAME])),
        lambda: decide(fresh, *some_pair(), Decision.RELATED, relation=RelationKind.SPOUSE_OF),
        lambda: merges.append(merge(fresh, chance.sample(people, 2)).merge_id),
        lambda: undo(fresh, merges.pop()),
        lambda: fresh.update(chance.choice(people), id_no=randoms_id()),
        lambda: people.append(split(fresh, chance.choice(people), randoms.name())),
        lambda: erase(fresh, chance.choice(people)),
    ]
    for _ in range(4):
        register()
    done = 0
    for _ in range(30):
        try:
            chance.choice(steps)()
        except (Refusal, IndexError):
            continue
        done += 1
        assert waiting_as_told(fresh) == waiting(fresh)
    assert done > 8


def test_an_older_database_tells_what_stands(databases: Databases) -> None:
    """Decided pairs, one that a merge made without a word, one that is gone; and the rest stays as it was told."""
    url = databases.empty()
    config = migrations._config("customer", url)
    command.upgrade(config, "0013")
    a, b, c, d = (UUID(int=number) for number in (1, 2, 3, 4))
    with psycopg.connect(url) as database:
        for one, other, status in ((a, b, "not_same"), (a, c, "open"), (b, c, "open")):
            database.execute(
                """
                INSERT INTO pair
                       (a, b, status, points, evidence, vetoes, attach_contact, store_id, found_by, found_at)
                VALUES (%s, %s, %s, 62, '[{"kind": "mobile", "points": 62}]', '[]', false, 'HN', 'desk', now())
                """,
                (one, other, status),
            )
        for one, other in ((a, b), (a, c), (c, d)):
            database.execute(
                """
                INSERT INTO outbox (event_id, event_type, version, store_id, subject_type, subject_id, subject_version,
                                    occurred_at, recorded_at, envelope)
                VALUES (gen_random_uuid(), 'duplicate_suspected', 1, 'HN', 'customer_pair', %s, 1, now(), now(), %s)
                """,
                (f"{one}/{other}", f'{{"payload": {{"customer_id": "{one}", "other_id": "{other}"}}}}'),
            )
    command.upgrade(config, "0014")
    with psycopg.connect(url) as database:
        rows = database.execute(
            "SELECT envelope::text FROM outbox WHERE subject_version > 1 AND published_at IS NULL ORDER BY position"
        ).fetchall()
        names = database.execute("SELECT count(DISTINCT subject_version) FROM outbox WHERE subject_version > 1")
        assert names.fetchone() == (3,)
    found = [read(row[0]) for row in rows]
    assert {(one.envelope.event_type, one.subject.id, getattr(one.payload, "status", "")) for one in found} == {
        ("duplicate_decided", f"{a}/{b}", "not_same"),
        ("duplicate_suspected", f"{b}/{c}", ""),
        ("duplicate_decided", f"{c}/{d}", "withdrawn"),
    }
    assert next(one.payload.evidence for one in found if one.subject.id == f"{b}/{c}") == ["mobile"]
