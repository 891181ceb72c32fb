"""Every step of a quote at every status: what the table says goes on, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from chassis.process.clock import LOCAL
from contracts.sales.lines import LineKind, PriceLine
from contracts.sales.quotes import LostReason, QuoteStatus
from services.sales.prices.errors import OwnPrice
from services.sales.prices.usecases import Price
from services.sales.quotes.errors import QuoteExpired, QuoteState
from services.sales.quotes.models import QuoteVersion
from services.sales.quotes.rules import MOVES, Command, last_day, require_valid

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PRICE = 20_000_000
AGREED = Price("GL8", PRICE, 0, 0, [PriceLine(LineKind.CAR, "GL8", PRICE, 0, PRICE, 0)])

C3 = {
    ("draft", "price", "draft"),
    ("draft", "submit", "approved"),
    ("draft", "submit", "approval_pending"),
    ("approval_pending", "approve", "approved"),
    ("approval_pending", "reject", "draft"),
    ("approved", "present", "presented"),
    ("presented", "accept", "accepted"),
    ("draft", "lose", "lost"),
    ("approval_pending", "lose", "lost"),
    ("approved", "lose", "lost"),
    ("presented", "lose", "lost"),
    ("approved", "expire", "expired"),
    ("presented", "expire", "expired"),
    ("approval_pending", "supersede", "superseded"),
    ("approved", "supersede", "superseded"),
    ("presented", "supersede", "superseded"),
    ("lost", "supersede", "lost"),
    ("expired", "supersede", "expired"),
}
"""The rules' table, by hand."""

STEPS: dict[Command, Callable[[QuoteVersion], None]] = {
    Command.PRICE: lambda quote: quote.reprice(AGREED, by="C1"),
    Command.SUBMIT: lambda quote: quote.submit(beyond=False, days=7, now=NOW),
    Command.APPROVE: lambda quote: quote.approve(consultant_id="C1", by="M1", days=7, now=NOW),
    Command.REJECT: lambda quote: quote.reject(consultant_id="C1", reason="太低", by="M1"),
    Command.PRESENT: lambda quote: quote.present(now=NOW),
    Command.ACCEPT: lambda quote: quote.accept(now=NOW),
    Command.LOSE: lambda quote: quote.lose(LostReason.PRICE, remark="别家便宜", now=NOW),
    Command.EXPIRE: lambda quote: quote.expire(now=NOW),
    Command.SUPERSEDE: lambda quote: quote.supersede(now=NOW),
}
FORBIDDEN = [pair for pair in product(QuoteStatus, Command) if pair not in MOVES]


def version_at(status: QuoteStatus, *, valid_until: date | None = None) -> QuoteVersion:
    made = QuoteVersion.write(AGREED, quote_version=1, by="C1", now=NOW)
    made.status, made.valid_until = status, valid_until
    return made


def values(quote: QuoteVersion) -> dict[str, object]:
    return {name: value for name, value in vars(quote).items() if name != "_sa_instance_state"}


def test_the_table_is_that_of_the_rules() -> None:
    told = {(status.value, command.value, to.value) for (status, command), places in MOVES.items() for to in places}
    assert told == C3


def test_every_step_of_the_table_is_tried() -> None:
    assert set(STEPS) == set(Command)
    assert len(FORBIDDEN) + len(MOVES) == len(QuoteStatus) * len(Command)


@pytest.mark.parametrize(("status", "command"), MOVES)
def test_what_may_be_done_leads_where_the_table_says(status: QuoteStatus, command: Command) -> None:
    quote = version_at(status)
    STEPS[command](quote)
    assert quote.status is MOVES[status, command][0]


@pytest.mark.parametrize(("status", "command"), FORBIDDEN)
def test_what_may_not_be_done_is_refused_and_changes_nothing(status: QuoteStatus, command: Command) -> None:
    quote = version_at(status)
    before = values(quote)
    with pytest.raises(QuoteState) as refused:
        STEPS[command](quote)
    assert refused.value.details == {"status": status, "command": command}
    assert values(quote) == before


def test_beyond_the_limits_it_waits_and_cannot_be_offered_yet() -> None:
    quote = version_at(QuoteStatus.DRAFT)
    quote.submit(beyond=True, days=7, now=NOW)
    assert (quote.status, quote.valid_until, quote.approved_at) == (QuoteStatus.APPROVAL_PENDING, None, None)


@pytest.mark.parametrize("decides", ["C1", "C2", "M2"])
def test_author_last_editor_and_the_credited_consultant_decide_on_none_whatever_their_role(decides: str) -> None:
    quote = version_at(QuoteStatus.APPROVAL_PENDING)
    quote.edited_by = "M2"
    for decide in (
        lambda: quote.approve(consultant_id="C2", by=decides, days=7, now=NOW),
        lambda: quote.reject(consultant_id="C2", reason="太低", by=decides),
    ):
        with pytest.raises(OwnPrice):
            decide()
    assert quote.status is QuoteStatus.APPROVAL_PENDING


def test_it_holds_to_the_end_of_its_last_day_and_no_longer() -> None:
    until = last_day(NOW.date(), days=7)
    assert until == date(2026, 11, 30)
    midnight = datetime(2026, 12, 1, tzinfo=LOCAL)
    for moment, over in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        for status, step in ((QuoteStatus.APPROVED, "present"), (QuoteStatus.PRESENTED, "accept")):
            quote = version_at(status, valid_until=until)
            if over:
                with pytest.raises(QuoteExpired):
                    getattr(quote, step)(now=moment)
                assert quote.status is status
            else:
                getattr(quote, step)(now=moment)
    require_valid(until, today=until)


def test_its_days_are_those_of_the_store_and_not_of_greenwich() -> None:
    """At 07:30 in the store it is still the day before in Greenwich."""
    quote = version_at(QuoteStatus.DRAFT)
    quote.submit(beyond=False, days=0, now=datetime.fromisoformat("2026-11-22T23:30:00+00:00"))
    assert quote.valid_until == date(2026, 11, 23)


def test_what_was_over_keeps_the_moment_it_ended() -> None:
    quote = version_at(QuoteStatus.PRESENTED)
    quote.lose(LostReason.COMPETITOR, remark="买了别的", now=NOW)
    quote.supersede(now=NOW + timedelta(days=1))
    assert (quote.status, quote.ended_at, quote.lost_reason) == (QuoteStatus.LOST, NOW, LostReason.COMPETITOR)
