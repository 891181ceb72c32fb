"""Policies: store before group before default, as they were at the moment that counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import uuid_utils.compat as uuids

from chassis.process.clock import LOCAL
from chassis.store.policies import GROUP, Policy, PolicyExists, publish, resolve
from tests.integration.chassis.conftest import count, effect

MONDAY = datetime(2026, 11, 2, tzinfo=LOCAL)
DAY = timedelta(days=1)


@pytest.fixture
def policy() -> Policy:
    return Policy(f"TEST_{uuids.uuid7()}", {"days": 3, "hour": 10})


def put(db, policy, store, at, **value) -> None:
    with db.transaction() as session:
        publish(session, policy, store_id=store, effective_from=at, value=value, by="s-1", now=MONDAY)


def at(db, policy, store, moment) -> dict:
    with db.transaction() as session:
        return resolve(session, policy, store_id=store, at=moment)


def test_without_a_row_the_default_holds(db, policy):
    assert at(db, policy, "HN", MONDAY) == {"days": 3, "hour": 10}


def test_a_row_of_the_group_holds_for_every_store(db, policy):
    put(db, policy, GROUP, MONDAY, days=5)
    assert at(db, policy, "HN", MONDAY) == at(db, policy, "NS", MONDAY) == {"days": 5, "hour": 10}


def test_a_row_of_the_store_goes_before_the_group_s_even_when_it_is_older(db, policy):
    put(db, policy, "HN", MONDAY, days=4)
    put(db, policy, GROUP, MONDAY + DAY, days=9)
    assert at(db, policy, "HN", MONDAY + 2 * DAY)["days"] == 4
    assert at(db, policy, "NS", MONDAY + 2 * DAY)["days"] == 9


def test_a_row_holds_from_its_moment_on_and_not_before(db, policy):
    put(db, policy, GROUP, MONDAY, days=5)
    second = timedelta(seconds=1)
    assert [at(db, policy, "HN", MONDAY + step)["days"] for step in (-second, 0 * second, second)] == [3, 5, 5]


def test_a_later_row_takes_over_and_the_past_stays_as_it_was(db, policy):
    put(db, policy, GROUP, MONDAY, days=5)
    put(db, policy, GROUP, MONDAY + 3 * DAY, days=7)
    assert at(db, policy, "HN", MONDAY + DAY)["days"] == 5
    assert at(db, policy, "HN", MONDAY + 3 * DAY)["days"] == 7


def test_a_row_changes_only_what_it_names(db, policy):
    put(db, policy, GROUP, MONDAY, hour=15)
    assert at(db, policy, "HN", MONDAY) == {"days": 3, "hour": 15}


def test_a_second_row_of_the_same_moment_is_refused_and_the_transaction_goes_on(db, policy):
    put(db, policy, "HN", MONDAY, days=5)
    with db.transaction() as session:
        with pytest.raises(PolicyExists):
            publish(session, policy, store_id="HN", effective_from=MONDAY, value={"days": 6}, by="s-1", now=MONDAY)
        effect(session, "after")
    assert count(db, "after") == 1
    assert at(db, policy, "HN", MONDAY)["days"] == 5


def test_one_policy_knows_nothing_of_another(db, policy):
    put(db, policy, GROUP, MONDAY, days=5)
    assert at(db, Policy(policy.code + "X", {"days": 1}), "HN", MONDAY) == {"days": 1}
