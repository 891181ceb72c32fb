"""What may become of a visit (C12)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from chassis.customers.rekeying import Owner
from chassis.process.clock import LOCAL
from contracts.customer.operations import Channel
from contracts.followup.operations import VisitStatus
from contracts.refusals import StaleVersion
from services.followup.visits.errors import JudgedPersonAsks, VisitClosed
from services.followup.visits.models import NEXT, OPEN, Visit
from services.followup.visits.rules import Trigger

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
    assert OPEN == (VisitStatus.PLANNED, VisitStatus.DUE)


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
