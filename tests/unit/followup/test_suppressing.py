"""Whether, and by which channel, a customer wants to be asked (R12, R27, PIPL 13 to 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from chassis.customers.rekeying import Owner
from chassis.process.clock import LOCAL
from contracts.customer.folder import Purpose
from contracts.customer.operations import Channel
from contracts.followup.operations import SuppressedBecause, VisitStatus
from services.followup.visits.errors import ChannelForbidden, CustomerErased, VisitClosed, VisitSuppressed
from services.followup.visits.models import Visit
from services.followup.visits.rules import (
    BY_CALL,
    ERASED,
    NOT_TO_BE_CALLED,
    Hours,
    Trigger,
    Way,
    forbidden_because,
    other_ways,
    way_to_ask,
)

NOW = datetime(2026, 11, 10, 10, 0, tzinfo=LOCAL)


@dataclass(frozen=True)
class Wish:
    about: str
    channel: str
    allowed: bool
    at: datetime = NOW
    preferred: str | None = None
    from_hour: int | None = None
    to_hour: int | None = None


NO_CALLS = Wish(NOT_TO_BE_CALLED, "call", allowed=False)
NO_SURVEYS = Wish("survey", "any", allowed=False)
NOBODY = Wish(ERASED, "any", allowed=False)


@pytest.mark.parametrize(
    ("wishes", "purpose", "expected"),
    [
        ([], Purpose.SURVEY, None),
        ([NO_CALLS], Purpose.SURVEY, SuppressedBecause.DO_NOT_CALL),
        ([NO_CALLS], None, SuppressedBecause.DO_NOT_CALL),
        ([NO_CALLS, NOBODY], None, SuppressedBecause.CUSTOMER_ERASED),
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
    for said in (wishes, wishes[::-1]):
        assert forbidden_because(said, purpose=purpose, channel=Channel.CALL) is expected
        assert way_to_ask(said, purpose=purpose) == Way(Channel.CALL, Hours(), expected)


def prefers(channel: str | None, *, calls: bool = True, hours: Hours = Hours(), day: int = 10) -> Wish:  # noqa: B008  # a value
    return Wish(NOT_TO_BE_CALLED, "call", calls, NOW.replace(day=day), channel, *hours)


WITHDRAWN, FORBIDDEN = SuppressedBecause.CONSENT_WITHDRAWN, SuppressedBecause.DO_NOT_CALL
NO_MESSAGES = Wish("survey", "sms", allowed=False)


@pytest.mark.parametrize(
    ("wishes", "purpose", "expected"),
    [
        ([prefers("sms")], Purpose.SURVEY, (Channel.SMS, None)),
        ([prefers("call")], Purpose.SURVEY, (Channel.CALL, None)),
        ([prefers(None)], Purpose.SURVEY, (Channel.CALL, None)),
        ([prefers("sms", calls=False)], Purpose.SURVEY, (Channel.SMS, None)),
        ([prefers("letter", calls=False)], None, (Channel.LETTER, None)),
        ([prefers(None, calls=False)], None, (Channel.CALL, FORBIDDEN)),
        ([prefers("call", calls=False)], Purpose.SURVEY, (Channel.CALL, FORBIDDEN)),
        ([prefers("sms"), NO_MESSAGES], Purpose.SURVEY, (Channel.CALL, None)),
        ([prefers("sms"), NO_MESSAGES], Purpose.SALES, (Channel.SMS, None)),
        ([prefers("sms"), NO_MESSAGES], None, (Channel.SMS, None)),
        ([prefers("sms", calls=False), NO_MESSAGES], Purpose.SURVEY, (Channel.CALL, FORBIDDEN)),
        ([prefers("sms"), NO_SURVEYS], Purpose.SURVEY, (Channel.CALL, WITHDRAWN)),
        ([prefers("sms", day=9), prefers("email")], Purpose.SURVEY, (Channel.EMAIL, None)),
        ([prefers("sms", day=9, calls=False), prefers(None)], Purpose.SURVEY, (Channel.CALL, FORBIDDEN)),
    ],
)
def test_a_customer_is_asked_as_he_prefers_else_called_unless_he_forbade_both(
    wishes: list[Wish], purpose: Purpose | None, expected: tuple[Channel, SuppressedBecause | None]
) -> None:
    for said in (wishes, wishes[::-1]):
        way = way_to_ask(said, purpose=purpose)
        assert (way.channel, way.because) == expected


def test_his_hours_are_those_told_last_and_hold_for_whatever_channel_is_left() -> None:
    evening = prefers("sms", hours=Hours(18, 20))
    assert way_to_ask([evening], purpose=None) == Way(Channel.SMS, Hours(18, 20), None)
    assert way_to_ask([evening, NO_MESSAGES], purpose=Purpose.SURVEY) == Way(Channel.CALL, Hours(18, 20), None)
    assert way_to_ask([evening, prefers("sms", day=11)], purpose=None).hours == Hours()
    assert way_to_ask([], purpose=None) == BY_CALL


def test_what_is_left_when_the_telephone_is_not_wanted() -> None:
    assert other_ways([NO_CALLS], purpose=Purpose.SURVEY) == [Channel.SMS, Channel.EMAIL, Channel.LETTER]
    assert other_ways([NO_SURVEYS], purpose=Purpose.SURVEY) == []
    assert other_ways([NO_SURVEYS], purpose=None) == [Channel.SMS, Channel.EMAIL, Channel.LETTER]


def test_whoever_was_forgotten_is_asked_in_no_way() -> None:
    assert other_ways([NO_CALLS, NOBODY], purpose=None) == []
    one = visit()
    one.suppress(because=SuppressedBecause.CUSTOMER_ERASED, due_at=one.due_at)
    for channel in Channel:
        with pytest.raises(CustomerErased):
            one.complete(score=9, remark="", by="wang", now=NOW, channel=channel)
    assert one.status is VisitStatus.SUPPRESSED


def visit() -> Visit:
    because = Trigger(document=("order", str(uuid4())), at=NOW)
    return Visit.plan(because, purpose="DELIVERY_D7", store_id="HN", owner=Owner(uuid4(), None), due_at=NOW)


def test_a_visit_is_suppressed_and_released() -> None:
    one = visit()
    one.suppress(because=SuppressedBecause.DO_NOT_CALL, due_at=NOW)
    assert (one.status, one.suppressed_because, one.version) == (VisitStatus.SUPPRESSED, "do_not_call", 2)
    with pytest.raises(VisitClosed):
        one.fall_due()
    one.release(due_at=NOW.replace(hour=18), channel=Channel.SMS)
    assert (one.status, one.suppressed_because, one.version) == (VisitStatus.PLANNED, None, 3)
    assert (one.due_at.hour, one.channel) == (18, Channel.SMS)


@pytest.mark.parametrize(
    ("channel", "forbidden"),
    [(Channel.CALL, FORBIDDEN), (Channel.CALL, None), (Channel.EMAIL, WITHDRAWN)],
)
def test_a_suppressed_visit_is_made_by_one_of_the_other_ways_only(
    channel: Channel, forbidden: SuppressedBecause | None
) -> None:
    one = visit()
    one.suppress(because=SuppressedBecause.DO_NOT_CALL, due_at=NOW)
    with pytest.raises(VisitSuppressed):
        one.complete(score=9, remark="", by="wang", now=NOW, channel=channel, forbidden=forbidden)
    assert (one.status, one.score) == (VisitStatus.SUPPRESSED, None)
    one.complete(score=9, remark="", by="wang", now=NOW, channel=Channel.SMS)
    assert (one.status, one.suppressed_because, one.channel) == (VisitStatus.COMPLETED, None, Channel.SMS)


def test_an_open_visit_is_not_made_by_a_channel_that_he_forbade() -> None:
    one = visit()
    one.reschedule(due_at=NOW, channel=Channel.SMS)
    with pytest.raises(ChannelForbidden) as refused:
        one.complete(score=9, remark="", by="wang", now=NOW, channel=Channel.CALL, forbidden=FORBIDDEN)
    assert refused.value.details == {"channel": Channel.CALL, "because": FORBIDDEN}
    assert (one.status, one.score, one.version) == (VisitStatus.PLANNED, None, 2)
