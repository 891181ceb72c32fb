"""Whether a customer wants to be called (R12, PIPL 13 to 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from chassis.clock import LOCAL
from contracts.customer.folder import Purpose
from contracts.customer.operations import Channel
from contracts.followup.operations import SuppressedBecause, VisitStatus
from services.followup.errors import VisitClosed, VisitSuppressed
from services.followup.models import Visit
from services.followup.occasions import OCCASIONS, consent_for
from services.followup.rules import NOT_TO_BE_CALLED, other_ways, suppressed_because

NOW = datetime(2026, 11, 10, 10, 0, tzinfo=LOCAL)


@dataclass(frozen=True)
class Wish:
    about: str
    channel: str
    allowed: bool
    at: datetime = NOW


NO_CALLS = Wish(NOT_TO_BE_CALLED, "call", allowed=False)
NO_SURVEYS = Wish("survey", "any", allowed=False)


@pytest.mark.parametrize(
    ("wishes", "purpose", "expected"),
    [
        ([], Purpose.SURVEY, None),
        ([NO_CALLS], Purpose.SURVEY, SuppressedBecause.DO_NOT_CALL),
        ([NO_CALLS], None, SuppressedBecause.DO_NOT_CALL),
        ([NO_SURVEYS], Purpose.SURVEY, SuppressedBecause.CONSENT_WITHDRAWN),
        ([NO_SURVEYS], Purpose.SALES, None),
        ([NO_SURVEYS], None, None),
        ([NO_CALLS, NO_SURVEYS], Purpose.SURVEY, SuppressedBecause.DO_NOT_CALL),
        ([Wish("survey", "sms", allowed=False)], Purpose.SURVEY, None),
        ([NO_SURVEYS, Wish("survey", "call", allowed=True, at=NOW + timedelta(days=1))], Purpose.SURVEY, None),
        ([NO_SURVEYS, Wish("survey", "call", allowed=True)], Purpose.SURVEY, SuppressedBecause.CONSENT_WITHDRAWN),
        ([Wish(NOT_TO_BE_CALLED, "call", allowed=True)], Purpose.SURVEY, None),
    ],
)
def test_who_is_called_for_what(
    wishes: list[Wish], purpose: Purpose | None, expected: SuppressedBecause | None
) -> None:
    assert suppressed_because(wishes, purpose=purpose) is expected
    assert suppressed_because(wishes[::-1], purpose=purpose) is expected


def test_what_is_left_when_the_telephone_is_not_wanted() -> None:
    assert other_ways([NO_CALLS], purpose=Purpose.SURVEY) == [Channel.SMS, Channel.EMAIL, Channel.LETTER]
    assert other_ways([NO_SURVEYS], purpose=Purpose.SURVEY) == []
    assert other_ways([NO_SURVEYS], purpose=None) == [Channel.SMS, Channel.EMAIL, Channel.LETTER]


def test_the_workshops_question_rests_on_the_contract_and_the_others_on_consent() -> None:
    assert {purpose: consent_for(purpose) for purpose in OCCASIONS} == {
        "DELIVERY_D3": Purpose.SALES,
        "DELIVERY_D7": Purpose.SURVEY,
        "SERVICE_D3": None,
    }
    assert consent_for("a purpose of former times") is None


def visit() -> Visit:
    return Visit.plan(
        purpose="DELIVERY_D7", store_id="HN", customer_id=uuid4(), trigger_type="order", trigger_id=uuid4(),
        triggered_at=NOW, due_at=NOW, judged_staff_id=None,
    )  # fmt: skip


def test_a_visit_is_suppressed_and_released() -> None:
    one = visit()
    one.suppress(because=SuppressedBecause.DO_NOT_CALL)
    assert (one.status, one.suppressed_because, one.version) == (VisitStatus.SUPPRESSED, "do_not_call", 2)
    with pytest.raises(VisitClosed):
        one.fall_due()
    one.release()
    assert (one.status, one.suppressed_because, one.version) == (VisitStatus.PLANNED, None, 3)


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.EMAIL])
def test_a_suppressed_visit_is_made_by_one_of_the_other_ways_only(channel: Channel) -> None:
    one = visit()
    one.suppress(because=SuppressedBecause.DO_NOT_CALL)
    with pytest.raises(VisitSuppressed):
        one.complete(score=9, remark="", by="wang", now=NOW, channel=channel, other_ways=[Channel.SMS])
    assert (one.status, one.score) == (VisitStatus.SUPPRESSED, None)
    one.complete(score=9, remark="", by="wang", now=NOW, channel=Channel.SMS, other_ways=[Channel.SMS])
    assert (one.status, one.suppressed_because) == (VisitStatus.COMPLETED, None)
