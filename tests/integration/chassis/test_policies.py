"""Policies: store before group before default, as they were at the moment that counts; published, tried and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import pytest
import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.database import Database
from chassis.store.policies import (
    GROUP,
    Effect,
    PolicyExists,
    PolicyInPast,
    PolicyOfGroup,
    PolicyUnknown,
    Publication,
)
from contracts.access import Actor, Matrix, Reach, Scope, matrix
from contracts.followup import policies as _of_followup  # noqa: F401  # declares them
from contracts.policies import (
    POLICIES,
    ListPolicies,
    PolicyByCode,
    PolicyEffect,
    PolicyKind,
    PolicyRecord,
    PolicyStanding,
    PublishPolicy,
)
from contracts.refusals import InvalidRequest, OperationNotAllowed, Refusal, StoreNotAllowed
from contracts.shapes import Between
from tests.integration.chassis.conftest import count, effect
from tests.support import publishing
from tests.support.publishing import LEADER, declare, planted

MONDAY = datetime(2026, 11, 2, tzinfo=LOCAL)
DAY = timedelta(days=1)
MANAGER = Actor("s-2", ("service_manager",), ("HN",))
EVERYWHERE = Scope(Reach.GROUP, (), "zong", "leader")
HERE = Scope(Reach.STORE, ("HN",), "s-2", "service_manager")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Plan:
    days: Annotated[int, Between(1, 30)] = 3
    hour: Annotated[int, Between(0, 23)] = 10
    colour: Colour = Colour.RED


Publish = Callable[..., PolicyEffect]


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch) -> PolicyKind[Plan]:
    kind = planted(f"TEST_{uuids.uuid7()}", Plan(), service="followup")
    declare(monkeypatch, [kind])
    return kind


@pytest.fixture
def publish(db: Database, policy: PolicyKind[Plan]) -> Publish:
    """`publish(value, store_id=…, effective_from=…)`, on MONDAY."""

    def run(value: dict[str, Any] | None, **more: Any) -> PolicyEffect:
        return publishing.publish(db, policy, value, **{"now": MONDAY, **more})

    return run


def at(db: Database, policy: PolicyKind[Plan], store: str, moment: datetime) -> Plan:
    with db.transaction() as session:
        return policies.resolve(session, policy, store_id=store, at=moment)


def rows(db: Database) -> int:
    return int(db.read(lambda connection: connection.exec_driver_sql("SELECT count(*) FROM policy").scalar_one()))


class TestResolving:
    def test_without_a_row_the_default_holds(self, db, policy):
        assert at(db, policy, "HN", MONDAY) == Plan(3, 10, Colour.RED)

    def test_a_row_of_the_group_holds_for_every_store(self, db, policy, publish):
        publish({"days": 5})
        assert at(db, policy, "HN", MONDAY) == at(db, policy, "NS", MONDAY) == Plan(5, 10)

    def test_a_value_has_the_types_of_its_shape(self, db, policy, publish):
        publish({"colour": "blue"})
        assert at(db, policy, GROUP, MONDAY).colour is Colour.BLUE

    def test_a_row_of_the_store_goes_before_the_group_s_even_when_it_is_older(self, db, policy, publish):
        publish({"days": 4}, store_id="HN")
        publish({"days": 9}, effective_from=MONDAY + DAY)
        assert at(db, policy, "HN", MONDAY + 2 * DAY).days == 4
        assert at(db, policy, "NS", MONDAY + 2 * DAY).days == 9

    def test_a_store_is_given_back_what_the_group_has_and_follows_it_from_then_on(self, db, policy, publish):
        publish({"days": 4}, store_id="HN")
        publish({"days": 9}, effective_from=MONDAY + DAY)
        publish(None, store_id="HN", effective_from=MONDAY + 2 * DAY)
        publish({"days": 8}, effective_from=MONDAY + 3 * DAY)
        publish({"days": 7}, store_id="HN", effective_from=MONDAY + 4 * DAY)
        assert [at(db, policy, "HN", MONDAY + days * DAY).days for days in range(5)] == [4, 4, 9, 8, 7]

    def test_a_store_that_was_given_back_what_nobody_changed_has_the_default(self, db, policy, publish):
        publish({"days": 4}, store_id="HN")
        publish(None, store_id="HN", effective_from=MONDAY + DAY)
        assert at(db, policy, "HN", MONDAY + DAY) == Plan()

    def test_a_row_holds_from_its_moment_on_and_not_before(self, db, policy, publish):
        publish({"days": 5}, effective_from=MONDAY + DAY)
        second = timedelta(seconds=1)
        assert [at(db, policy, "HN", MONDAY + DAY + step).days for step in (-second, 0 * second, second)] == [3, 5, 5]

    def test_a_later_row_takes_over_and_the_past_stays_as_it_was(self, db, policy, publish):
        publish({"days": 5})
        publish({"days": 7}, effective_from=MONDAY + 3 * DAY)
        assert at(db, policy, "HN", MONDAY + DAY).days == 5
        assert at(db, policy, "HN", MONDAY + 3 * DAY).days == 7

    def test_what_a_value_leaves_out_is_as_by_default_and_not_as_before(self, db, policy, publish):
        publish({"hour": 15, "days": 5})
        publish({"hour": 16}, effective_from=MONDAY + DAY)
        assert at(db, policy, "HN", MONDAY + DAY) == Plan(3, 16)

    def test_a_row_of_former_times_has_what_it_lacks_by_default_and_what_is_gone_is_left(self, db, policy):
        with db.transaction() as session:
            session.connection().exec_driver_sql(
                "INSERT INTO policy (code, effective_from, value, published_by, published_at)"
                """ VALUES (%s, %s, '{"days": 6, "weekday": "monday"}', 's-1', %s)""",
                (policy.code, MONDAY, MONDAY),
            )
        assert at(db, policy, "HN", MONDAY) == Plan(6, 10)

    def test_one_policy_knows_nothing_of_another(self, db, policy, publish):
        publish({"days": 5})
        assert at(db, planted(policy.code + "X", Plan(1), service="followup"), "HN", MONDAY) == Plan(1)

    def test_several_questions_are_answered_in_their_order(self, db, policy, publish):
        other = planted(policy.code + "X", Plan(1), service="followup")
        publish({"days": 4}, store_id="HN")
        with db.transaction() as session:
            found = policies.resolve_all(
                session,
                [policies.Asked(one, store, MONDAY) for one, store in ((policy, "NS"), (other, "HN"), (policy, "HN"))],
            )
        assert [plan.days for plan in found] == [3, 1, 4]


class TestPublishing:
    def test_without_a_moment_it_holds_from_now_on(self, db, policy, publish):
        done = publish({"days": 5})
        assert (done.published, done.effective_from, done.total, done.changes) == (True, MONDAY, 0, [])
        assert at(db, policy, GROUP, MONDAY).days == 5
        assert at(db, policy, GROUP, MONDAY - timedelta(microseconds=1)).days == 3

    def test_a_dry_run_says_the_same_and_leaves_nothing(self, db, policy, publish):
        before = rows(db)
        told = publish({"days": 5}, dry_run=True)
        assert rows(db) == before
        assert at(db, policy, GROUP, MONDAY) == Plan()
        done = publish({"days": 5})
        assert (told.published, done.published) == (False, True)
        assert (told.zh, told.en, told.total) == (done.zh, done.en, done.total) == ("0项改变", "0 change", 0)

    @pytest.mark.parametrize("dry_run", [True, False])
    @pytest.mark.parametrize(
        ("wrong", "refusal", "field"),
        [
            ({"value": {"days": 0}}, InvalidRequest, "value.days"),
            ({"value": {"days": 31}}, InvalidRequest, "value.days"),
            ({"value": {"days": "5"}}, InvalidRequest, "value.days"),
            ({"value": {"days": None}}, InvalidRequest, "value.days"),
            ({"value": {"colour": "green"}}, InvalidRequest, "value.colour"),
            ({"value": {"weeks": 1}}, InvalidRequest, "value.weeks"),
            ({"value": None}, InvalidRequest, "value"),
            ({"code": "NO_SUCH"}, PolicyUnknown, "code"),
            ({"code": "RETENTION"}, PolicyUnknown, "code"),
            ({"effective_from": MONDAY - timedelta(microseconds=1)}, PolicyInPast, "effective_from"),
            ({"effective_from": MONDAY + DAY}, PolicyExists, "effective_from"),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_field_and_leaves_nothing(
        self, db, policy, publish, wrong: dict[str, Any], refusal: type[Refusal], field: str, dry_run: bool
    ):
        publish({"days": 4}, effective_from=MONDAY + DAY)
        before = rows(db)
        asked = PublishPolicy(**{"code": policy.code, "value": {"days": 5}, "dry_run": dry_run, **wrong})
        with pytest.raises(refusal) as refused, db.transaction() as session:
            policies.publish(session, asked, service="followup", actor=LEADER, now=MONDAY, follows={})
        assert field_of(refused.value) == field
        assert rows(db) == before

    def test_a_second_row_of_the_same_moment_is_refused_and_the_transaction_goes_on(self, db, policy, publish):
        publish({"days": 5}, store_id="HN")
        asked = PublishPolicy(policy.code, {"days": 6}, MONDAY, "HN")
        with db.transaction() as session:
            with pytest.raises(PolicyExists):
                policies.publish(session, asked, service="followup", actor=LEADER, now=MONDAY, follows={})
            effect(session, "after")
        assert count(db, "after") == 1
        assert at(db, policy, "HN", MONDAY).days == 5
        assert publish({"days": 6}, effective_from=MONDAY).published, "the group's is another"

    def test_a_policy_of_the_group_is_set_for_no_store(self, db, monkeypatch):
        kind = planted(f"TEST_{uuids.uuid7()}", Plan(), service="followup", per_store=False)
        declare(monkeypatch, [kind])
        with pytest.raises(PolicyOfGroup) as refused:
            publishing.publish(db, kind, {"days": 5}, now=MONDAY, store_id="HN")
        assert field_of(refused.value) == "store_id"
        assert publishing.publish(db, kind, {"days": 5}, now=MONDAY).published

    def test_who_publishes_what_and_how_far_says_the_matrix(self, publish, monkeypatch):
        with pytest.raises(OperationNotAllowed):
            publish({"days": 5}, actor=MANAGER)
        monkeypatch.setattr(
            "chassis.store.policies.matrix", lambda: publishers(followup={"service_manager": Reach.STORE})
        )
        for store_id in (None, "YZ"):
            with pytest.raises(StoreNotAllowed):
                publish({"days": 5}, actor=MANAGER, store_id=store_id)
        with pytest.raises(OperationNotAllowed):
            publish({"days": 5}, actor=LEADER, store_id="HN")
        assert publish({"days": 5}, actor=MANAGER, store_id="HN").published

    def test_what_follows_a_policy_finds_it_in_force_and_a_dry_run_takes_it_back(self, db, policy, publish):
        found: list[tuple[Publication, int]] = []

        def follow(session: Session, made: Publication, *, now: datetime) -> Effect:
            found.append((made, policies.resolve(session, policy, store_id="HN", at=made.since).days))
            effect(session, policy.code)
            return Effect(2)

        for dry_run in (True, False):
            told = publish({"days": 5}, store_id="HN", follows={policy: follow}, dry_run=dry_run)
            assert (told.total, told.zh, told.en) == (2, "2项改变", "2 change")
            assert count(db, policy.code) == int(not dry_run)
        assert found == [(Publication(policy, "HN", MONDAY), 5)] * 2

    def test_what_follows_and_fails_takes_the_policy_with_it(self, db, policy, publish):
        def follow(session: Session, made: Publication, *, now: datetime) -> Effect:
            raise PolicyInPast

        with pytest.raises(PolicyInPast):
            publish({"days": 5}, follows={policy: follow})
        assert at(db, policy, "HN", MONDAY) == Plan()


class TestShowing:
    def standing(
        self,
        db: Database,
        policy: PolicyKind[Plan],
        *,
        store_id: str | None = None,
        scope: Scope = EVERYWHERE,
        days: int = 0,
    ) -> PolicyStanding:
        found = db.read(
            lambda connection: policies.standings(
                connection, ListPolicies(store_id), service="followup", scope=scope, now=MONDAY + days * DAY
            )
        )
        return next(one for one in found.items if one.code == policy.code)

    def record(
        self, db: Database, policy: PolicyKind[Plan], *, scope: Scope = EVERYWHERE, **asked: Any
    ) -> PolicyRecord:
        return db.read(
            lambda connection: policies.record(
                connection, PolicyByCode(policy.code, **asked), service="followup", scope=scope, now=MONDAY
            )
        )

    def test_what_nobody_published_is_the_default(self, db, policy):
        standing = self.standing(db, policy)
        assert (standing.value, standing.in_force, standing.coming) == (
            {"days": 3, "hour": 10, "colour": "red"},
            None,
            [],
        )

    def test_the_value_of_a_store_and_of_the_group_by_which_publication_and_what_is_coming(self, db, policy, publish):
        publish({"days": 5})
        publish({"days": 4}, store_id="HN", effective_from=MONDAY + DAY)
        publish({"days": 6}, effective_from=MONDAY + 2 * DAY)
        publish(None, store_id="HN", effective_from=MONDAY + 3 * DAY)

        here = self.standing(db, policy, store_id="HN", days=1)
        assert here.value["days"] == 4
        assert here.in_force is not None
        assert (here.in_force.store_id, here.in_force.effective_from) == ("HN", MONDAY + DAY)
        assert (here.in_force.published_by, here.in_force.published_at) == ("zong", MONDAY)
        assert [(one.store_id, one.value and one.value["days"]) for one in here.coming] == [(None, 6), ("HN", None)]
        there = self.standing(db, policy, store_id="NS", days=1)
        assert (there.value["days"], [one.store_id for one in there.coming]) == (5, [None])
        group = self.standing(db, policy, days=1)
        assert (group.value["days"], [one.store_id for one in group.coming]) == (5, [None, "HN"])
        back = self.standing(db, policy, store_id="HN", days=3)
        assert back.in_force is not None
        assert (back.value["days"], back.in_force.store_id, back.coming) == (6, None, [])

    def test_the_history_is_whole_the_latest_first_page_by_page(self, db, policy, publish):
        for days in range(1, 6):
            publish({"days": days}, effective_from=MONDAY + days * DAY, now=MONDAY + timedelta(hours=days))
        publish({"days": 9}, store_id="HN", effective_from=MONDAY + 3 * DAY)
        pages = [self.record(db, policy, page=page, size=4) for page in (1, 2, 3)]
        told = [one for page in pages for one in page.items]
        assert [(one.value or {})["days"] for one in told] == [5, 4, 3, 9, 2, 1]
        assert [(page.page, page.size, page.total) for page in pages] == [(1, 4, 6), (2, 4, 6), (3, 4, 6)]
        assert {one.published_at for one in told} == {MONDAY + timedelta(hours=hours) for hours in range(6)}
        assert pages[0].standing.value["days"] == 3
        assert len(pages[0].standing.coming) == 6

    def test_who_reaches_one_store_sees_the_group_s_values_and_those_of_his(self, db, policy, publish):
        publish({"days": 5})
        for store in ("HN", "NS"):
            publish({"days": 4}, store_id=store, effective_from=MONDAY + DAY)
        mine = self.record(db, policy, scope=HERE)
        assert ([one.store_id for one in mine.items], mine.total) == (["HN", None], 2)
        assert [one.store_id for one in mine.standing.coming] == ["HN"]
        assert self.record(db, policy, scope=HERE, store_id="HN").total == 2
        assert self.record(db, policy, store_id="NS").total == 2
        assert self.record(db, policy).total == 3
        for ask in (self.record, self.standing):
            with pytest.raises(StoreNotAllowed):
                ask(db, policy, scope=HERE, store_id="NS")

    def test_a_service_shows_its_own_policies_only(self, db, policy):
        with pytest.raises(PolicyUnknown):
            db.read(
                lambda connection: policies.record(
                    connection, PolicyByCode(policy.code), service="workshop", scope=EVERYWHERE, now=MONDAY
                )
            )
        shown = db.read(
            lambda connection: policies.standings(
                connection, ListPolicies(), service="followup", scope=EVERYWHERE, now=MONDAY
            )
        )
        codes = {one.code for one in shown.items}
        assert {"DELIVERY_D3", policy.code} <= codes
        assert codes.isdisjoint(one.code for one in POLICIES.values() if one.service != "followup")


def field_of(refusal: Refusal) -> object:
    """Which field it names: `value.days`."""
    if not isinstance(refusal, InvalidRequest):
        return refusal.details["field"]
    told: Any = refusal.details["errors"]
    names = []
    while isinstance(told, dict):
        ((name, told),) = told.items()
        names.append(name)
    return ".".join(names)


def publishers(**rows_: dict[str, Reach]) -> Matrix:
    """The matrix, with other rows for policies."""
    return replace(matrix(), policies=rows_)
