"""What may become of a visit (C12)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.customers.rekeying import Owner
from chassis.process.clock import LOCAL
from contracts.customer.operations import Channel
from contracts.followup.operations import SuppressedBecause, VisitStatus
from contracts.refusals import StaleVersion
from services.followup.visits.errors import JudgedPersonAsks, VisitClosed, VisitLocked, VisitNotBegun
from services.followup.visits.models import NEXT, OPEN, Visit
from services.followup.visits.rules import LOCKED_FOR, Trigger

NOW = datetime(2026, 11, 10, 10, 0, tzinfo=LOCAL)
ORDER = UUID("01930000-0000-7000-8000-000000000001")


def planned(*, purpose: str = "DELIVERY_D7", judged: str | None = "li.na") -> Visit:
    return Visit.plan(
        Trigger(document=("order", str(ORDER)), at=NOW, judges=judged),
        purpose=purpose,
        store_id="HN",
        owner=Owner(uuid4(), None),
        due_at=NOW,
    )


def due() -> Visit:
    visit = planned()
    visit.fall_due()
    return visit


def completed() -> Visit:
    visit = planned()
    visit.complete(score=9, remark="", by="wang", now=NOW)
    return visit


def test_every_status_says_what_may_follow() -> None:
    assert set(NEXT) == set(VisitStatus)
    assert {status for status in NEXT if VisitStatus.COMPLETED in NEXT[status]} == {*OPEN, VisitStatus.SUPPRESSED}


DOES = {
    VisitStatus.PLANNED: (
        lambda visit: visit.release(due_at=NOW, channel=Channel.CALL),
        lambda visit: visit.put_off(not_before=NOW),
    ),
    VisitStatus.DUE: (lambda visit: visit.fall_due(), lambda visit: visit.lapse()),
    VisitStatus.IN_PROGRESS: (lambda visit: visit.begin(by="wang", now=NOW),),
    VisitStatus.SUPPRESSED: (lambda visit: visit.suppress(because=SuppressedBecause.DO_NOT_CALL, due_at=NOW),),
    VisitStatus.COMPLETED: (lambda visit: visit.complete(score=9, remark="", by="wang", now=NOW, channel=Channel.SMS),),
    VisitStatus.UNREACHABLE: (lambda visit: visit.give_up(),),
    VisitStatus.REFUSED: (lambda visit: visit.refuse(),),
}
"""What brings a visit to a status."""

AGAIN = {(VisitStatus.IN_PROGRESS, VisitStatus.IN_PROGRESS)}
"""What may be done again where it was done already: his time begins anew."""

PAIRS = [(before, after) for before in VisitStatus for after in VisitStatus]


def in_status(status: VisitStatus) -> Visit:
    visit = planned(judged=None)
    visit.status = status
    if status is VisitStatus.IN_PROGRESS:
        visit.locked_by, visit.locked_until = "wang", NOW
    return visit


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=[f"{before}-{after}" for before, after in PAIRS])
def test_from_each_status_a_visit_comes_to_those_of_the_table_and_to_no_other(
    before: VisitStatus, after: VisitStatus
) -> None:
    for does in DOES[after]:
        visit = in_status(before)
        if after in NEXT[before] or (before, after) in AGAIN:
            does(visit)
            assert (visit.status, visit.version) == (after, 2)
            assert (visit.locked_by is None) == (after is not VisitStatus.IN_PROGRESS)
        else:
            with pytest.raises(VisitClosed):
                does(visit)
            assert (visit.status, visit.version) == (before, 1)


def test_who_begins_a_visit_has_it_to_himself_for_twenty_minutes() -> None:
    visit = due()
    visit.begin(by="wang", now=NOW)
    just_before = NOW + LOCKED_FOR - timedelta(microseconds=1)
    with pytest.raises(VisitLocked):
        visit.begin(by="zhao", now=just_before)
    with pytest.raises(VisitLocked):
        visit.complete(score=9, remark="", by="zhao", now=just_before)
    visit.begin(by="zhao", now=NOW + LOCKED_FOR)
    assert (visit.locked_by, visit.locked_until) == ("zhao", NOW + 2 * LOCKED_FOR)


def test_only_who_began_it_says_that_nobody_answered() -> None:
    visit = due()
    with pytest.raises(VisitNotBegun):
        visit.require_begun(by="wang")
    visit.begin(by="wang", now=NOW)
    visit.require_begun(by="wang")
    with pytest.raises(VisitLocked):
        visit.require_begun(by="zhao")


def test_a_visit_planned_again_is_the_same_visit() -> None:
    assert planned().id == planned().id
    assert planned().id != planned(purpose="DELIVERY_D3").id


def test_a_planned_visit_falls_due() -> None:
    visit = planned()
    visit.fall_due()
    assert (visit.status, visit.version) == (VisitStatus.DUE, 2)


@pytest.mark.parametrize("visit", [planned(), due()], ids=["planned", "due"])
def test_an_open_visit_can_be_completed(visit: Visit) -> None:
    before = visit.version
    visit.complete(score=10, remark="很满意", by="wang", now=NOW)
    assert (visit.status, visit.version) == (VisitStatus.COMPLETED, before + 1)
    assert (visit.score, visit.remark, visit.completed_by, visit.completed_at) == (10, "很满意", "wang", NOW)


def test_a_completed_visit_stays_as_it_is() -> None:
    visit = completed()
    with pytest.raises(VisitClosed):
        visit.complete(score=1, remark="changed", by="zhao", now=NOW)
    with pytest.raises(VisitClosed):
        visit.fall_due()
    with pytest.raises(VisitClosed):
        visit.reschedule(due_at=NOW, channel=Channel.CALL)
    assert (visit.score, visit.remark, visit.completed_by, visit.version) == (9, "", "wang", 2)


def test_a_due_visit_neither_falls_due_again_nor_gets_another_time_but_another_channel() -> None:
    visit = due()
    with pytest.raises(VisitClosed):
        visit.fall_due()
    with pytest.raises(VisitClosed):
        visit.reschedule(due_at=NOW.replace(hour=15), channel=Channel.CALL)
    assert visit.version == 2
    assert visit.reschedule(due_at=NOW, channel=Channel.SMS)
    assert (visit.channel, visit.status, visit.version) == (Channel.SMS, VisitStatus.DUE, 3)


def test_a_planned_visit_can_be_rescheduled_and_to_the_same_time_and_channel_is_no_change() -> None:
    visit = planned()
    assert visit.reschedule(due_at=NOW.replace(hour=15), channel=Channel.EMAIL)
    assert (visit.due_at.hour, visit.channel, visit.status) == (15, Channel.EMAIL, VisitStatus.PLANNED)
    assert not visit.reschedule(due_at=NOW.replace(hour=15), channel=Channel.EMAIL)
    assert visit.version == 2


def test_the_person_being_judged_never_asks() -> None:
    visit = planned(judged="li.na")
    with pytest.raises(JudgedPersonAsks):
        visit.complete(score=10, remark="", by="li.na", now=NOW)
    assert (visit.status, visit.version, visit.score) == (VisitStatus.PLANNED, 1, None)


def test_a_visit_that_judges_nobody_may_be_made_by_anybody() -> None:
    visit = planned(purpose="DELIVERY_D3", judged=None)
    visit.complete(score=10, remark="", by="li.na", now=NOW)
    assert visit.completed_by == "li.na"


def test_a_completed_visit_is_closed_to_the_judged_person_too() -> None:
    with pytest.raises(VisitClosed):
        completed().complete(score=10, remark="", by="li.na", now=NOW)


def test_who_looked_at_an_older_version_is_told() -> None:
    visit = due()
    visit.require_version(None)
    visit.require_version(2)
    with pytest.raises(StaleVersion):
        visit.require_version(1)
