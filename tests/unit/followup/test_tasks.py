"""What a task makes of the words it hears, at their limits of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.process.clock import LOCAL
from contracts.followup.operations import complete_visit
from contracts.followup.tasks import Handing
from contracts.refusals import StaleVersion
from services.followup.tasks.errors import TaskClosed
from services.followup.tasks.kinds.visit_due import VISIT_DUE
from services.followup.tasks.models import Task
from services.followup.tasks.rules import Move, Opening, end_of_day, late_before, may_do

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=LOCAL)
TICK = timedelta(microseconds=1)


def opening(**more: Any) -> Opening:
    said: dict[str, Any] = {"customer_id": uuid4(), "due_at": NOON, "zh": "一", "en": "one", **more}
    return Opening(subject_id="s", store_id="HN", role="advisor", **said)


def new() -> Task:
    return Task.of(VISIT_DUE, "s")


def opened(at: datetime = NOON, **more: Any) -> Task:
    task = new()
    task.hear_opening(opening(**more), at=at)
    return task


def test_a_task_of_which_nothing_was_said_is_not_open() -> None:
    assert not new().open


def test_a_closing_after_the_opening_or_of_its_very_moment_closes() -> None:
    for later in (timedelta(0), TICK):
        task = opened()
        task.hear_closing(at=NOON + later)
        assert not task.open


def test_a_closing_before_the_opening_closes_nothing_whenever_it_is_heard() -> None:
    early, late = new(), opened()
    early.hear_closing(at=NOON - TICK)
    early.hear_opening(opening(), at=NOON)
    late.hear_closing(at=NOON - TICK)
    assert early.open
    assert late.open


def test_an_opening_that_comes_after_its_closing_leaves_it_closed() -> None:
    for earlier in (timedelta(0), TICK):
        task = new()
        task.hear_closing(at=NOON)
        task.hear_opening(opening(), at=NOON - earlier)
        assert not task.open


def test_the_newest_opening_says_until_when_and_why() -> None:
    task = opened(zh="一")
    later = NOON + timedelta(hours=1)
    task.hear_opening(opening(zh="二", due_at=later), at=NOON + TICK)
    task.hear_opening(opening(zh="零"), at=NOON - TICK)
    assert (task.open, task.zh, task.due_at) == (True, "二", later)


def test_a_word_heard_again_changes_nothing() -> None:
    task = opened()
    before = task.version
    task.hear_opening(opening(zh="二"), at=NOON)
    task.hear_closing(at=NOON - TICK)
    assert (task.open, task.zh, task.version) == (True, "一", before)


def test_the_newest_word_says_whose_it_is_whether_it_opens_or_moves() -> None:
    task = new()
    task.hear_move(Move("s", "wang"), at=NOON + TICK)
    assert not task.open
    task.hear_opening(opening(staff_id="li"), at=NOON)
    assert (task.open, task.staff_id) == (True, "wang")
    task.hear_move(Move("s", None), at=NOON + 2 * TICK)
    assert task.staff_id is None


def test_who_is_named_again_does_not_get_back_what_was_handed_over() -> None:
    task = opened(staff_id="li")
    task.hand(Handing.HANDED_OVER, to="wang", by="li", at=NOON)
    task.hear_opening(opening(staff_id="li"), at=NOON + TICK)
    assert task.staff_id == "wang"
    task.hear_move(Move("s", "zhao"), at=NOON + 2 * TICK)
    assert task.staff_id == "zhao"


def test_by_the_word_of_its_own_service_it_opens_again_in_the_moment_it_closed() -> None:
    task = new()
    for _ in range(2):
        task.stand(opening(), at=NOON)
        assert task.open
        task.fall(at=NOON)
        assert not task.open


def test_one_that_stands_open_already_stays_as_it_is() -> None:
    task = new()
    task.stand(opening(), at=NOON)
    before = task.version
    task.stand(opening(zh="二"), at=NOON + TICK)
    assert (task.zh, task.version) == ("一", before)


def test_what_is_closed_is_not_handed_over_and_what_changed_is_looked_at_again() -> None:
    task = opened()
    task.require_open()
    task.require_version(None)
    task.require_version(task.version)
    with pytest.raises(StaleVersion):
        task.require_version(task.version - 1)
    task.hear_closing(at=NOON)
    with pytest.raises(TaskClosed):
        task.require_open()


def test_each_change_of_hands_is_written_down_with_both_ends() -> None:
    task = opened(staff_id="li")
    before = task.version
    handed = task.hand(Handing.HANDED_OVER, to="wang", by="chief", reason="病假", at=NOON)
    assert (handed.from_staff_id, handed.to_staff_id, handed.by_staff_id, handed.reason) == (
        "li",
        "wang",
        "chief",
        "病假",
    )
    assert (task.staff_id, task.version) == ("wang", before + 1)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 10, 0, 0, tzinfo=LOCAL), datetime(2026, 11, 11, 0, 0, tzinfo=LOCAL)),
        (datetime(2026, 11, 10, 23, 59, 59, tzinfo=LOCAL), datetime(2026, 11, 11, 0, 0, tzinfo=LOCAL)),
        (datetime(2026, 11, 10, 16, 0, tzinfo=UTC), datetime(2026, 11, 12, 0, 0, tzinfo=LOCAL)),
    ],
    ids=["midnight", "just before", "another zone's yesterday"],
)
def test_today_ends_at_the_stores_midnight(now: datetime, end: datetime) -> None:
    assert end_of_day(now, LOCAL) == end


def test_what_has_the_whole_day_is_overdue_when_the_day_is_over_and_another_task_at_its_moment() -> None:
    midnight = NOON.replace(hour=0)
    assert late_before(NOON, LOCAL, all_day=False) == NOON
    assert late_before(NOON, LOCAL, all_day=True) == midnight
    assert late_before(midnight - TICK, LOCAL, all_day=True) == midnight - timedelta(days=1)
    assert late_before(NOON.astimezone(UTC), LOCAL, all_day=True) == midnight


def test_a_visit_has_the_whole_day_for_its_moment_is_when_to_begin() -> None:
    assert VISIT_DUE.all_day


def test_who_may_use_the_command_may_be_given_the_task() -> None:
    assert may_do(complete_visit, ["technician", "cr_agent"])
    assert not may_do(complete_visit, ["technician"])
    assert not may_do(complete_visit, [])
