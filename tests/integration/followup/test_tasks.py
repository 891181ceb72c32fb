"""Tasks are opened, moved and closed by events in any order, and handed on by people."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.store.database import Database
from contracts.customer.events import DocumentMoved
from contracts.envelope import Received
from contracts.followup.tasks import Handing
from contracts.refusals import Refusal, StaleVersion
from services.followup.tasks import usecases
from services.followup.tasks.errors import ColleagueUnknown, NotForColleague, TaskClosed, TaskNotFound, TaskTaken
from services.followup.visits.usecases import planning
from tests.integration.followup.business import AFTERNOON
from tests.integration.followup.kinds import (
    FETCH_WITHIN,
    delivered,
    hand_over,
    hear,
    may,
    paid,
    ready,
    signed,
    standing,
    take,
    the_task,
    today,
    works,
)
from tests.integration.followup.tables import forget, rows
from tests.support.events import deliver
from tests.support.examples import examples
from tests.support.publishing import declare, publish
from tests.support.records import erased, merged, parted, unmerged

LI, WANG = ("li.na", "consultant"), ("wang.wei", "consultant")
ZHAO, SUN = ("zhao.min", "advisor"), ("sun.li", "advisor")
CHIEF = ("chief", "sales_manager")
TABLES = ("task_hand_over", "task", "staff_member", "customer_alias", "document_owner", "outbox")


def follow(database: Database, *events: Received[Any]) -> None:
    """Changes of customers' records, as the consumer hears them."""
    deliver(database.transaction, lambda session, some: planning.rekey_visits(session, some[0]), events)


def only(database: Database, who: tuple[str, str], **asked: Any) -> Any:
    """The one task on somebody's list."""
    (task,) = today(database, *who, **asked).items
    return task


class TestWords:
    def test_the_department_s_word_opens_a_task_with_reason_due_and_where_to_go(self, house: Database) -> None:
        event = signed(consultant="li.na")
        hear(house, event)
        task = only(house, LI)
        assert (task.kind, task.zh, task.en) == ("CHASE", "收余款 1 分", "1 fen are open")
        assert (task.staff_id, task.role, task.store_id, task.overdue) == ("li.na", "consultant", "HN", False)
        assert task.customer_id == event.payload.customer_id
        assert task.api == f"/api/v1/orders/{event.subject.id}"
        assert task.console == f"/console/HN/orders/{event.subject.id}"

    def test_what_says_no_due_time_is_due_by_the_policy_of_its_store_when_it_happened(
        self, house: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        declare(monkeypatch, [FETCH_WITHIN])
        later = AFTERNOON + timedelta(hours=1)
        publish(house, FETCH_WITHIN, {"hours": 5}, now=AFTERNOON, effective_from=later, store_id="HN")
        before, after, elsewhere = ready(), ready(hours=1), ready(hours=1, store_id="FT")
        hear(house, before, after, elsewhere)
        due = {row["subject_id"]: row["due_at"] for row in standing(house)}
        assert due == {
            before.subject.id: AFTERNOON + timedelta(hours=2),
            after.subject.id: later + timedelta(hours=5),
            elsewhere.subject.id: later + timedelta(hours=2),
        }

    def test_the_department_s_own_command_closes_it(self, house: Database) -> None:
        event = signed()
        hear(house, event, paid(event.subject.id, hours=1))
        assert today(house, *LI).items == []
        assert not the_task(house)["open"]

    def test_a_closing_that_is_heard_first_leaves_it_closed(self, house: Database) -> None:
        event = signed()
        hear(house, paid(event.subject.id, hours=1), event)
        assert today(house, *LI).total == 0

    def test_the_department_moves_it_to_somebody_else_whoever_has_it(self, house: Database) -> None:
        event = signed(consultant="li.na")
        hear(house, event)
        hand_over(house, only(house, LI).task_id, "wang.wei", by=LI)
        hear(house, works("he.ping", "consultant"), delivered(event.subject.id, consultant="he.ping", hours=1))
        assert only(house, ("he.ping", "consultant")).staff_id == "he.ping"

    def test_opened_again_it_is_the_same_task_with_its_history(self, house: Database) -> None:
        event = signed(consultant="li.na")
        order = UUID(event.subject.id)
        hear(house, event)
        before = hand_over(house, only(house, LI).task_id, "wang.wei", by=LI)
        hear(house, paid(order, hours=1), signed(order=order, consultant="li.na", hours=2))
        again = only(house, WANG, hours=3)
        assert again.task_id == before.task_id
        assert again.hand_overs == before.hand_overs

    def test_an_event_that_no_kind_hears_leaves_nothing(self, house: Database) -> None:
        deliver(house.transaction, usecases.keep, [works("x", "advisor")])
        assert standing(house) == []


ORDERS = [uuids.uuid7() for _ in range(3)]
A, B = uuids.uuid7(), uuids.uuid7()
EVENTS = [
    signed(order=ORDERS[0], consultant="li.na", customer=A),
    delivered(ORDERS[0], consultant="wang.wei", hours=1),
    paid(ORDERS[0], hours=2),
    signed(order=ORDERS[0], consultant="li.na", customer=A, hours=3),
    signed(order=ORDERS[1], consultant="wang.wei", customer=B),
    paid(ORDERS[1], hours=1),
    signed(order=ORDERS[2], consultant="gone", customer=B),
    ready(customer=B),
    works("li.na", "consultant"),
    works("gone", "consultant", version=1),
    works("gone", "consultant", version=2, active=False),
    merged([B], into=A),
]


def test_in_any_order_and_twice_every_task_ends_the_same(house: Database) -> None:
    """Openings, moves, closings and openings anew; somebody who left, before or after; a merge at any time."""

    def play(events: list[Received[Any]]) -> list[dict[str, Any]]:
        forget(house, *TABLES)
        for event in events:
            follow(house, event) if "customer_merged" in event.envelope.event_type else hear(house, event)
        return standing(house)

    straight = play(EVENTS)
    assert [(one["kind"], one["open"], one["staff_id"]) for one in straight if one["customer_id"] == A] == [
        ("CHASE", True, "li.na"),
        ("CHASE", False, "wang.wei"),
        ("CHASE", True, None),
        ("FETCH", True, None),
    ]

    @settings(max_examples=examples(25))
    @given(order=st.permutations([*EVENTS, *EVENTS]))
    def check(order: list[Received[Any]]) -> None:
        assert play(order) == straight

    check()


def test_heard_at_once_in_several_processes_nothing_is_missed(house: Database) -> None:
    orders = [uuids.uuid7() for _ in range(12)]
    events = [
        event
        for order in orders
        for event in (signed(order=order), delivered(order, consultant="wang.wei", hours=1), paid(order, hours=2))
    ]
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(hear, house, *events[start::6]) for start in range(6)]:
            done.result()
    assert rows(house, "SELECT open, staff_id, count(*) FROM task GROUP BY 1, 2") == [
        {"open": False, "staff_id": "wang.wei", "count": 12}
    ]


class TestHands:
    def test_a_role_s_task_is_on_the_list_of_everybody_of_it_until_one_takes_it(self, house: Database) -> None:
        hear(house, ready())
        task = only(house, ZHAO)
        assert only(house, SUN).task_id == task.task_id
        taken = take(house, task.task_id, *ZHAO)
        assert (taken.staff_id, [one.how for one in taken.hand_overs]) == ("zhao.min", [Handing.TAKEN])
        assert today(house, *SUN).items == []
        with pytest.raises(TaskTaken) as refused:
            take(house, task.task_id, *SUN)
        assert refused.value.details == {"staff_id": "zhao.min"}
        assert take(house, task.task_id, *ZHAO).version == taken.version, "his own stays his"

    def test_a_task_is_handed_over_with_a_reason_that_the_other_one_reads(self, house: Database) -> None:
        hear(house, signed(consultant="li.na"))
        hand_over(house, only(house, LI).task_id, "wang.wei", by=LI, reason="客户要求同一位顾问")
        assert today(house, *LI).items == []
        (handed,) = only(house, WANG).hand_overs
        assert (handed.how, handed.by_staff_id, handed.from_staff_id, handed.to_staff_id, handed.reason) == (
            Handing.HANDED_OVER, "li.na", "li.na", "wang.wei", "客户要求同一位顾问",
        )  # fmt: skip

    def test_what_was_taken_by_mistake_is_given_back_to_its_role(self, house: Database) -> None:
        hear(house, ready())
        task = take(house, only(house, ZHAO).task_id, *ZHAO)
        hand_over(house, task.task_id, None, by=ZHAO, reason="拿错了")
        assert [one.how for one in only(house, SUN).hand_overs] == [Handing.TAKEN, Handing.GIVEN_BACK]

    def test_that_it_changed_hands_is_told_with_both_and_its_role_and_why_is_not(self, house: Database) -> None:
        event = ready()
        hear(house, event)
        task = take(house, only(house, ZHAO).task_id, *ZHAO)
        hand_over(house, task.task_id, "sun.li", by=ZHAO, reason="休假")
        hear(house, works("sun.li", "advisor", active=False, version=2))
        told = "SELECT envelope, subject_version FROM outbox WHERE event_type = 'task_handed_over' ORDER BY position"
        found = rows(house, told)
        assert [(row["envelope"]["payload"]["how"], row["envelope"]["payload"]["from_staff_id"],
                 row["envelope"]["payload"]["to_staff_id"]) for row in found] == [
            ("taken", None, "zhao.min"), ("handed_over", "zhao.min", "sun.li"), ("left", "sun.li", None),
        ]  # fmt: skip
        assert {row["envelope"]["payload"]["role"] for row in found} == {"advisor"}
        assert {row["envelope"]["payload"]["customer_id"] for row in found} == {str(event.payload.customer_id)}
        assert [row["subject_version"] for row in found] == sorted({row["subject_version"] for row in found})
        assert "休假" not in str(found)

    def test_who_has_it_already_keeps_it_and_nothing_is_written(self, house: Database) -> None:
        hear(house, signed(consultant="li.na"))
        task = only(house, LI)
        assert hand_over(house, task.task_id, "li.na", by=CHIEF) == task

    def test_a_manager_hands_over_what_is_anybody_s_in_his_store_and_nobody_hands_over_a_colleague_s(
        self, house: Database
    ) -> None:
        hear(house, signed(consultant="li.na"))
        task = only(house, LI)
        with pytest.raises(TaskNotFound):
            hand_over(house, task.task_id, "wang.wei", by=WANG)
        assert hand_over(house, task.task_id, "wang.wei", by=CHIEF).staff_id == "wang.wei"

    def test_a_manager_of_another_store_finds_nothing(self, house: Database) -> None:
        hear(house, signed(consultant="li.na", store_id="HN"))
        task_id = the_task(house)["id"]
        given = may("hand_over_task", "chief", "sales_manager", stores=("FT",))
        with pytest.raises(TaskNotFound):
            hand_over(house, task_id, "far.away", by=given["scope"])

    @pytest.mark.parametrize(
        ("to", "refusal"),
        [("nobody", ColleagueUnknown), ("far.away", ColleagueUnknown), ("chen.gang", NotForColleague)],
        ids=["unknown", "of another store", "whose role does not do this"],
    )
    def test_a_colleague_must_work_there_and_be_one_who_does_this(
        self, house: Database, to: str, refusal: type[Refusal]
    ) -> None:
        hear(house, signed(consultant="li.na"))
        before = standing(house)
        with pytest.raises(refusal):
            hand_over(house, the_task(house)["id"], to, by=LI)
        assert standing(house) == before

    def test_somebody_who_left_is_no_colleague(self, house: Database) -> None:
        hear(house, signed(consultant="li.na"), works("wang.wei", "consultant", active=False, version=2))
        with pytest.raises(ColleagueUnknown) as refused:
            hand_over(house, the_task(house)["id"], "wang.wei", by=LI)
        assert refused.value.details["field"] == "to"

    def test_what_is_closed_or_looked_at_too_long_ago_is_not_handed_over(self, house: Database) -> None:
        event = signed(consultant="li.na")
        hear(house, event)
        task = only(house, LI)
        with pytest.raises(StaleVersion):
            hand_over(house, task.task_id, "wang.wei", by=LI, expected_version=task.version + 1)
        hear(house, paid(event.subject.id, hours=1))
        with pytest.raises(TaskClosed):
            hand_over(house, task.task_id, "wang.wei", by=LI, expected_version=task.version + 1)
        with pytest.raises(TaskClosed):
            take(house, task.task_id, *LI)

    def test_a_task_nobody_opened_yet_is_none(self, house: Database) -> None:
        event = signed(consultant="li.na")
        hear(house, paid(event.subject.id, hours=1))
        for refused in (uuids.uuid7(), the_task(house)["id"]):
            with pytest.raises(TaskNotFound):
                take(house, refused, *CHIEF)

    def test_two_who_take_it_at_once_are_one_who_has_it_and_one_who_hears_so(self, house: Database) -> None:
        hear(house, *(ready() for _ in range(20)))
        start = Barrier(2)

        def takes(who: tuple[str, str], task_id: UUID) -> str:
            start.wait()
            try:
                take(house, task_id, *who)
            except TaskTaken:
                return "refused"
            return "taken"

        with ThreadPoolExecutor(2) as pool:
            for task in today(house, *ZHAO, size=100).items:
                tried = [pool.submit(takes, who, task.task_id) for who in (ZHAO, SUN)]
                assert sorted(each.result() for each in tried) == ["refused", "taken"]
        assert rows(house, "SELECT count(*) FROM task_hand_over") == [{"count": 20}]

    def test_a_hand_over_and_a_closing_at_once_end_closed_and_the_hand_over_was_before_or_is_refused(
        self, house: Database
    ) -> None:
        events = [signed(consultant="li.na") for _ in range(30)]
        hear(house, *events)
        tasks = {row["subject_id"]: row["id"] for row in rows(house, "SELECT subject_id, id FROM task")}
        start = Barrier(2)

        def hands(subject: str) -> bool:
            start.wait()
            try:
                hand_over(house, tasks[subject], "wang.wei", by=LI)
            except TaskClosed:
                return False
            return True

        def closes(subject: str) -> None:
            start.wait()
            hear(house, paid(subject, hours=1))

        done = {}
        with ThreadPoolExecutor(2) as pool:
            for subject in tasks:
                handed, closed = pool.submit(hands, subject), pool.submit(closes, subject)
                closed.result()
                done[subject] = handed.result()
        assert {row["open"] for row in standing(house)} == {False}
        assert {row["subject_id"]: row["staff_id"] == "wang.wei" for row in standing(house)} == done
        assert {row["subject_id"]: len(row["handed"]) == 1 for row in standing(house)} == done


class TestLeaving:
    def test_the_open_tasks_of_somebody_who_left_are_his_role_s_again_and_say_so(self, house: Database) -> None:
        closed = signed(consultant="li.na")
        hear(house, closed, paid(closed.subject.id, hours=1), signed(consultant="li.na"), signed(consultant="wang.wei"))
        hear(house, works("li.na", "consultant", active=False, version=2))
        (fallen,) = [task for task in today(house, *WANG).items if task.staff_id is None]
        (handed,) = fallen.hand_overs
        assert (handed.how, handed.from_staff_id, handed.by_staff_id) == (Handing.LEFT, "li.na", None)
        assert {row["staff_id"] for row in standing(house) if not row["open"]} == {"li.na"}, "what is done stays his"

    def test_who_left_before_his_task_was_opened_never_has_it(self, house: Database) -> None:
        hear(house, works("li.na", "consultant", active=False, version=2), signed(consultant="li.na"))
        (handed,) = only(house, WANG).hand_overs
        assert (handed.how, handed.from_staff_id) == (Handing.LEFT, "li.na")

    @pytest.mark.parametrize(
        "changed",
        [
            works("li.na", "consultant", stores=("FT",), version=2),
            works("li.na", "technician", version=2),
        ],
        ids=["works in another store", "does something else"],
    )
    def test_who_is_still_here_but_does_not_do_this_any_more_has_none_either(
        self, house: Database, changed: Received[Any]
    ) -> None:
        hear(house, signed(consultant="li.na"), changed)
        assert only(house, WANG).staff_id is None

    def test_an_old_word_of_him_takes_nothing_away(self, house: Database) -> None:
        hear(house, works("li.na", "consultant", version=3), signed(consultant="li.na"))
        hear(house, works("li.na", "consultant", active=False, version=2))
        assert only(house, LI).staff_id == "li.na"

    def test_of_whom_nothing_was_heard_yet_the_department_is_believed(self, house: Database) -> None:
        hear(house, signed(consultant="new.one"))
        assert only(house, ("new.one", "consultant")).staff_id == "new.one"

    def test_a_hand_over_and_his_leaving_at_once_never_leave_a_task_with_him(self, house: Database) -> None:
        events = [signed(consultant="li.na") for _ in range(20)]
        hear(house, *events)
        start = Barrier(2)
        (one, *_others) = [row["id"] for row in rows(house, "SELECT id FROM task")]

        def hands() -> None:
            start.wait()
            with contextlib.suppress(ColleagueUnknown):
                hand_over(house, one, "wang.wei", by=LI)

        def leaves(version: int) -> None:
            start.wait()
            hear(house, works("wang.wei", "consultant", active=False, version=version))

        with ThreadPoolExecutor(2) as pool:
            for turn in range(10):
                hear(house, works("wang.wei", "consultant", version=2 * turn + 2))
                both = [pool.submit(hands), pool.submit(leaves, 2 * turn + 3)]
                assert [each.result() for each in both] == [None, None]
                (row,) = rows(house, f"SELECT staff_id FROM task WHERE id = '{one}'")
                assert row["staff_id"] in ("li.na", None)
                if row["staff_id"] is None:
                    hand_over(house, one, "li.na", by=CHIEF)


class TestCustomers:
    def test_tasks_follow_their_customer_and_an_undoing_gives_them_back(self, house: Database) -> None:
        hear(house, signed(customer=B), ready(customer=A))
        before = standing(house)
        follow(house, merged([B], into=A))
        assert {task.customer_id for task in today(house, *CHIEF, of="li.na").items} == {A}
        follow(house, unmerged([B], of=A))
        assert standing(house) == before

    def test_a_task_that_opens_late_is_of_whom_its_customer_lives_on_in(self, house: Database) -> None:
        follow(house, merged([B], into=A))
        hear(house, signed(customer=B))
        assert only(house, LI).customer_id == A
        follow(house, unmerged([B], of=A))
        assert only(house, LI).customer_id == B

    def test_a_task_goes_with_the_document_that_was_given_to_another(self, house: Database) -> None:
        goes, stays = signed(customer=A), signed(customer=A)
        follow(house, parted(A, B, DocumentMoved("order", goes.subject.id, B, 1)))
        hear(house, goes, stays)
        assert {task.subject_id: task.customer_id for task in today(house, *LI).items} == {
            goes.subject.id: B,
            stays.subject.id: A,
        }

    def test_when_he_is_erased_why_his_tasks_were_handed_over_is_gone_and_of_others_it_stays(
        self, house: Database
    ) -> None:
        for customer in (A, B):
            hear(house, signed(customer=customer, consultant="li.na"))
        for task in today(house, *LI).items:
            hand_over(house, task.task_id, "wang.wei", by=LI, reason="孩子在第三小学")
        deliver(house.transaction, lambda session, some: usecases.forget(session, some[0]), [erased(A)])
        reasons = {task.customer_id: task.hand_overs[0].reason for task in today(house, *WANG).items}
        assert reasons == {A: "", B: "孩子在第三小学"}
