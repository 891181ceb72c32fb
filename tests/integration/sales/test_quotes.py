"""A quote is offered in versions, judged as orders are, reserves nothing, becomes an order at its price (C3, R42)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import uuid_utils.compat as uuids

from chassis.customers import erasing, rekeying
from chassis.store import policies
from contracts.access import Actor
from contracts.customer.events import CustomerErased, DocumentMoved
from contracts.policies import PublishPolicy
from contracts.refusals import StaleVersion, StoreNotAllowed
from contracts.sales.events import OrdersRekeyed
from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.operations import OrderStatus
from contracts.sales.quotes import LostReason, QuoteSheetAsked, QuoteSort, QuoteStatus
from services.sales.orders.errors import ConsultantUnknown
from services.sales.orders.models import ORDERS
from services.sales.prices.errors import LinesDiffer, OwnPrice
from services.sales.quotes import queries, usecases
from services.sales.quotes.errors import QuoteExpired, QuoteNotApproved, QuoteNotFound, QuoteState
from services.sales.quotes.models import QUOTES
from services.sales.quotes.queries import SORTS
from tests.integration.sales.people import MODEL, NOW, PRICE, Showroom
from tests.support.events import deliver, twice_shuffled
from tests.support.records import erased, merged, parted, unmerged

CAR = LineAsked(LineKind.CAR, MODEL, PRICE)
MATS = LineAsked(LineKind.ACCESSORY, "脚垫", 99_900)
FILM = LineAsked(LineKind.GIFT, "贴膜", 150_000)
UNTIL = date(2026, 11, 30)
"""Seven days after `NOW`."""
LATE = NOW + timedelta(days=8)


def presented(showroom: Showroom, **more: Any) -> UUID:
    """A quote that the customer has."""
    quote_id: UUID = showroom.quote(CAR, **more).quote_id
    showroom.do("present_quote", "consultant", quote_id=quote_id)
    return quote_id


def expire(showroom: Showroom, *, now: datetime) -> None:
    """The clock's work, until nothing is left to do of any store."""
    while showroom.database.run(lambda session: usecases.expire(session, now=now)):
        pass


def sheet(showroom: Showroom, quote_id: UUID) -> Any:
    asked, scope = QuoteSheetAsked(quote_id), showroom.scope("quote_sheet", "consultant")
    return showroom.database.read(lambda reading: queries.quote_sheet(reading, asked, scope=scope))


def publish(showroom: Showroom, code: str, value: dict[str, int], *, at: datetime = NOW) -> None:
    """What the store sets for itself."""
    leader = Actor("L", ("leader",), (showroom.store,))
    asked = PublishPolicy(code, value, at, showroom.store)
    said: dict[str, Any] = {"service": "sales", "actor": leader, "now": at, "follows": {}}
    showroom.database.run(lambda session: policies.publish(session, asked, **said))


# -- written, judged, offered -------------------------------------------------------------------------------------


def test_within_the_limits_it_may_be_offered_at_once_and_holds_for_seven_days(showroom: Showroom) -> None:
    quote = showroom.quote(CAR, MATS, total_fen=PRICE)
    assert (quote.number, quote.status) == (f"{showroom.store}-QU-202611-0001", QuoteStatus.APPROVED)
    assert (quote.valid_until, quote.quote_version, quote.version) == (UNTIL, 1, 1)
    (only,) = showroom.quoted(quote.quote_id).versions
    assert (sum(line.amount_fen for line in only.lines), only.discount_fen) == (PRICE, 99_900)
    assert (only.written_by, only.edited_by, only.approved_by, only.approved_at) == ("C1", "C1", None, NOW)
    assert showroom.recorded(quote.quote_id) == []


def test_quotes_have_numbers_of_their_own_and_leave_no_gap_in_those_of_orders(showroom: Showroom) -> None:
    first = showroom.quote(CAR).number
    order = showroom.shown(showroom.write()).number
    assert (first, showroom.quote(CAR).number) == (
        f"{showroom.store}-QU-202611-0001",
        f"{showroom.store}-QU-202611-0002",
    )
    assert (order, showroom.shown(showroom.write()).number) == (
        f"{showroom.store}-SO-202611-0001",
        f"{showroom.store}-SO-202611-0002",
    )


def test_beyond_the_limits_it_waits_for_another_and_its_days_begin_with_his_word(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, total_fen=PRICE * 9 // 10).quote_id
    waiting = showroom.quoted(quote_id)
    assert (waiting.versions[0].status, waiting.versions[0].valid_until) == (QuoteStatus.APPROVAL_PENDING, None)
    assert showroom.recorded(quote_id) == [("quote_approval_requested", 1)]
    with pytest.raises(QuoteState):
        showroom.do("present_quote", "consultant", quote_id=quote_id)
    approved = showroom.do("approve_quote", "sales_manager", quote_id=quote_id, now=NOW + timedelta(days=2))
    assert (approved.status, approved.valid_until) == (QuoteStatus.APPROVED, UNTIL + timedelta(days=2))
    assert showroom.recorded(quote_id)[-1] == ("quote_approved", 2)


def test_gifts_and_discounts_are_judged_by_the_limits_of_orders(showroom: Showroom) -> None:
    within = showroom.quote(CAR, FILM, total_fen=PRICE * 97 // 100)
    assert within.status is QuoteStatus.APPROVED
    assert showroom.quote(CAR, total_fen=PRICE * 97 // 100 - 1).status is QuoteStatus.APPROVAL_PENDING
    dear = LineAsked(LineKind.GIFT, "贴膜", 200_001)
    assert showroom.quote(CAR, dear, total_fen=PRICE).status is QuoteStatus.APPROVAL_PENDING
    publish(showroom, "PRICE_LIMITS", {"discount_percent": 0, "gift_fen": 0})
    assert showroom.quote(CAR, FILM, total_fen=PRICE).status is QuoteStatus.APPROVAL_PENDING


def test_nobody_decides_on_his_own_quote_not_even_a_manager_who_changed_it_last(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, total_fen=PRICE // 2, draft=True).quote_id
    changed: dict[str, Any] = {"quote_id": quote_id, "model": MODEL, "total_fen": PRICE // 2, "lines": [CAR]}
    showroom.do("revise_quote", "sales_manager", **changed)
    for decide, more in (("approve_quote", {}), ("reject_quote", {"reason": "不行"})):
        asked: dict[str, Any] = {"quote_id": quote_id, **more}
        with pytest.raises(OwnPrice):
            showroom.do(decide, "sales_manager", **asked)
    assert showroom.do("approve_quote", "general_manager", quote_id=quote_id).status is QuoteStatus.APPROVED


def test_a_refused_one_is_a_draft_again_and_says_why_until_it_is_submitted(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, total_fen=PRICE // 2).quote_id
    showroom.do("reject_quote", "sales_manager", quote_id=quote_id, reason="太低")
    (only,) = showroom.quoted(quote_id).versions
    assert (only.status, only.reject_reason) == (QuoteStatus.DRAFT, "太低")
    assert showroom.recorded(quote_id)[-1] == ("quote_rejected", 2)
    showroom.do("submit_quote", "consultant", quote_id=quote_id)
    assert showroom.quoted(quote_id).versions[0].reject_reason is None
    assert showroom.recorded(quote_id)[-1] == ("quote_approval_requested", 3)


# -- versions -----------------------------------------------------------------------------------------------------


def test_a_draft_is_written_over_and_what_was_submitted_stays_as_a_version_of_its_own(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, draft=True).quote_id
    again: dict[str, Any] = {"quote_id": quote_id, "model": MODEL}
    showroom.do("revise_quote", "consultant", **again, total_fen=PRICE - 1, lines=[CAR], draft=True)
    assert [one.total_fen for one in showroom.quoted(quote_id).versions] == [PRICE - 1]
    showroom.do("submit_quote", "consultant", quote_id=quote_id)
    first = showroom.quoted(quote_id).versions[0]
    second = showroom.do("revise_quote", "consultant", **again, total_fen=PRICE - 2, lines=[CAR, MATS])
    assert (second.quote_version, second.total_fen, second.status) == (2, PRICE - 2, QuoteStatus.APPROVED)
    newest, former = showroom.quoted(quote_id).versions
    assert (newest.quote_version, former.quote_version) == (2, 1)
    assert (former.status, former.ended_at) == (QuoteStatus.SUPERSEDED, NOW)
    assert (former.lines, former.total_fen, former.valid_until) == (first.lines, first.total_fen, first.valid_until)
    assert showroom.recorded(quote_id) == [("quote_revised", 4)]
    assert showroom.payloads(quote_id)[-1]["quote_version"] == 2


def test_a_new_version_beyond_the_limits_asks_anew_after_the_former_question_is_over(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, total_fen=PRICE // 2).quote_id
    showroom.do("revise_quote", "consultant", quote_id=quote_id, model=MODEL, total_fen=PRICE // 3, lines=[CAR])
    assert showroom.recorded(quote_id) == [
        ("quote_approval_requested", 1),
        ("quote_revised", 2),
        ("quote_approval_requested", 2),
    ]


def test_what_is_over_may_be_offered_again_at_the_same_price_by_a_new_version(showroom: Showroom) -> None:
    """5.3: the customer cannot accept what expired; the dealer may offer it again: his right, not his duty."""
    for ended in ("expired", "lost"):
        quote_id = presented(showroom)
        if ended == "lost":
            showroom.do("lose_quote", "consultant", quote_id=quote_id, reason=LostReason.PRICE, remark="别家便宜")
        else:
            expire(showroom, now=LATE)
        again: dict[str, Any] = {"quote_id": quote_id, "model": MODEL, "total_fen": PRICE, "lines": [CAR], "now": LATE}
        assert showroom.do("revise_quote", "consultant", **again).status is QuoteStatus.APPROVED
        newest, former = showroom.quoted(quote_id).versions
        assert (former.status, newest.valid_until) == (QuoteStatus(ended), UNTIL + timedelta(days=8))


def test_a_superseded_version_cannot_be_accepted_for_only_the_newest_is_offered(showroom: Showroom) -> None:
    quote_id = presented(showroom)
    seen = showroom.quoted(quote_id).version
    showroom.do("revise_quote", "consultant", quote_id=quote_id, model=MODEL, total_fen=PRICE, lines=[CAR, MATS])
    with pytest.raises(StaleVersion):
        showroom.do("accept_quote", "consultant", quote_id=quote_id, expected_version=seen)
    with pytest.raises(QuoteState):
        showroom.do("accept_quote", "consultant", quote_id=quote_id)


# -- the end ------------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_an_order_at_its_price_that_says_of_which_quote_and_version_it_is(
    showroom: Showroom,
) -> None:
    customer = uuid4()
    quote_id = showroom.quote(CAR, FILM, total_fen=PRICE // 2, customer_id=customer).quote_id
    showroom.do("approve_quote", "sales_manager", quote_id=quote_id)
    showroom.do("present_quote", "consultant", quote_id=quote_id)
    newest = showroom.quoted(quote_id).versions[0]
    order = showroom.do("accept_quote", "consultant", quote_id=quote_id)
    assert order == showroom.shown(order.order_id)
    assert (order.status, order.customer_id, order.consultant_id) == (OrderStatus.APPROVED, customer, "C1")
    assert (order.quote_id, order.quote_version, order.total_fen) == (quote_id, 1, PRICE // 2)
    price = showroom.price(order.order_id)
    assert (price.lines, price.approved_by, price.approved_at) == (newest.lines, "sales_manager", NOW)
    assert (price.discount_fen, price.gift_fen) == (newest.discount_fen, newest.gift_fen)
    quote = showroom.quoted(quote_id)
    assert (quote.order_id, quote.versions[0].status) == (order.order_id, QuoteStatus.ACCEPTED)
    assert [name for name, _ in showroom.recorded(quote_id)][-2:] == ["quote_presented", "quote_accepted"]
    assert showroom.payloads(quote_id)[-1]["order_id"] == str(order.order_id)
    showroom.sign(order.order_id)


def test_its_price_is_what_was_offered_whatever_limits_hold_when_it_is_accepted(showroom: Showroom) -> None:
    quote_id = presented(showroom)
    before = showroom.quoted(quote_id).versions[0].lines
    publish(showroom, "PRICE_LIMITS", {"discount_percent": 0, "gift_fen": 0})
    order = showroom.do("accept_quote", "consultant", quote_id=quote_id, now=NOW + timedelta(hours=1))
    assert order.status is OrderStatus.APPROVED
    assert showroom.price(order.order_id).lines == before


def test_of_two_who_accept_one_quote_at_once_one_gets_an_order_and_the_other_is_told(showroom: Showroom) -> None:
    quote_id = presented(showroom)

    def accept(_: int) -> Any:
        try:
            return showroom.do("accept_quote", "consultant", quote_id=quote_id)
        except QuoteState as refused:
            return refused.details["status"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(accept, range(4)))
    assert answers.count(QuoteStatus.ACCEPTED) == 3
    assert showroom.page().total == 1


def test_a_quote_never_reserves_stock(showroom: Showroom) -> None:
    """A defect of a peer: a quote cut the stock. What is quoted, presented and accepted takes no car from anybody."""
    arrived = showroom.receive()
    quote_id = presented(showroom)
    order = showroom.do("accept_quote", "consultant", quote_id=quote_id)
    assert order.vin is None
    assert [(car.vin, car.order_id) for car in showroom.yard()] == [(arrived, None)]
    other = showroom.signed(paid_fen=PRICE)
    assert showroom.allocate(other, arrived).vin == arrived


def test_why_it_was_lost_stands_in_its_version(showroom: Showroom) -> None:
    quote_id = presented(showroom)
    lost = showroom.do(
        "lose_quote", "consultant", quote_id=quote_id, reason=LostReason.COMPETITOR, remark="买了传祺,提车快"
    )
    assert lost.status is QuoteStatus.LOST
    (only,) = showroom.quoted(quote_id).versions
    assert (only.lost_reason, only.lost_remark, only.ended_at) == (LostReason.COMPETITOR, "买了传祺,提车快", NOW)
    assert showroom.payloads(quote_id)[-1]["reason"] == "competitor"
    assert "买了" not in str(showroom.payloads(quote_id))


@pytest.mark.parametrize("shown", [True, False])
def test_the_clock_ends_it_after_its_last_day_whether_it_was_presented_or_not(showroom: Showroom, shown: bool) -> None:
    """5.3."""
    quote_id = presented(showroom) if shown else showroom.quote(CAR).quote_id
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=8)
    expire(showroom, now=midnight - timedelta(seconds=1))
    assert showroom.quoted(quote_id).versions[0].status in (QuoteStatus.PRESENTED, QuoteStatus.APPROVED)
    expire(showroom, now=midnight)
    (only,) = showroom.quoted(quote_id).versions
    assert (only.status, only.ended_at) == (QuoteStatus.EXPIRED, midnight)
    assert showroom.recorded(quote_id)[-1][0] == "quote_expired"
    told = len(showroom.recorded(quote_id))
    expire(showroom, now=midnight)
    assert len(showroom.recorded(quote_id)) == told


def test_after_its_last_day_nobody_accepts_it_though_the_clock_is_late(showroom: Showroom) -> None:
    """5.3."""
    quote_id = presented(showroom)
    with pytest.raises(QuoteExpired) as refused:
        showroom.do("accept_quote", "consultant", quote_id=quote_id, now=LATE)
    assert refused.value.details == {"valid_until": UNTIL.isoformat()}
    assert showroom.quoted(quote_id).order_id is None
    assert showroom.do("accept_quote", "consultant", quote_id=quote_id, now=NOW + timedelta(days=7)).total_fen == PRICE


def test_a_store_says_for_how_long_its_quotes_hold_and_those_offered_keep_theirs(showroom: Showroom) -> None:
    before = showroom.quote(CAR)
    publish(showroom, "QUOTE_VALID", {"days": 3}, at=NOW + timedelta(hours=1))
    after = showroom.quote(CAR, now=NOW + timedelta(hours=1))
    assert (showroom.quoted(before.quote_id).versions[0].valid_until, after.valid_until) == (
        UNTIL,
        UNTIL - timedelta(days=4),
    )


def test_two_clocks_at_once_end_each_quote_once(showroom: Showroom) -> None:
    mine = {presented(showroom) for _ in range(4)}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: expire(showroom, now=LATE), range(2)))
    expire(showroom, now=LATE)
    for quote_id in mine:
        assert [name for name, _ in showroom.recorded(quote_id)].count("quote_expired") == 1


# -- whose it is, and what is seen of it --------------------------------------------------------------------------


def test_who_may_not_see_it_finds_none_and_a_consultant_sees_his_own(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    quote_id = showroom.quote(CAR).quote_id
    for asking, role in ((showroom.served_by("C2"), "consultant"), (elsewhere(), "sales_manager")):
        with pytest.raises(QuoteNotFound):
            asking.quoted(quote_id, role=role)
        with pytest.raises(QuoteNotFound):
            asking.do("present_quote", role, quote_id=quote_id)
    assert showroom.served_by("C2").quotes().items == []
    assert [one.quote_id for one in showroom.quotes(role="sales_manager").items] == [quote_id]
    with pytest.raises(StoreNotAllowed):
        showroom.quotes(role="sales_manager", store_id="XX")


def test_a_manager_writes_it_for_a_consultant_of_the_store_and_a_consultant_for_himself(showroom: Showroom) -> None:
    showroom.employ("C9")
    assert showroom.quote(CAR, role="sales_manager", consultant_id="C9").consultant_id == "C9"
    with pytest.raises(ConsultantUnknown):
        showroom.quote(CAR, consultant_id="C9")


def test_lists_are_by_time_and_by_last_day_and_found_by_status_and_customer(showroom: Showroom) -> None:
    customer = uuid4()
    first = showroom.quote(CAR, draft=True)
    second = showroom.quote(CAR, customer_id=customer, now=NOW + timedelta(days=1))
    third = showroom.quote(CAR, now=NOW + timedelta(hours=1))
    asked = {
        QuoteSort.NEWEST: [second, third, first],
        QuoteSort.OLDEST: [first, third, second],
        QuoteSort.VALID: [third, second, first],
    }
    assert set(asked) == set(SORTS) == set(QuoteSort)
    for sort, wanted in asked.items():
        assert [one.quote_id for one in showroom.quotes(sort=sort).items] == [one.quote_id for one in wanted], sort
    assert [one.quote_id for one in showroom.quotes(status=QuoteStatus.DRAFT).items] == [first.quote_id]
    assert [one.quote_id for one in showroom.quotes(customer_id=customer).items] == [second.quote_id]
    pages = [showroom.quotes(size=1, sort=QuoteSort.VALID)]
    while pages[-1].next:
        pages.append(showroom.quotes(size=1, sort=QuoteSort.VALID, after=pages[-1].next))
    assert [one.quote_id for page in pages for one in page.items] == [third.quote_id, second.quote_id, first.quote_id]


def test_the_sheet_says_the_newest_version_once_it_may_be_offered(showroom: Showroom) -> None:
    quote_id = showroom.quote(CAR, FILM, total_fen=PRICE // 2).quote_id
    with pytest.raises(QuoteNotApproved):
        sheet(showroom, quote_id)
    showroom.do("approve_quote", "sales_manager", quote_id=quote_id, now=LATE)
    told = sheet(showroom, quote_id)
    assert (told.quote_version, told.total_fen, told.version, told.changed_at) == (1, PRICE // 2, 2, LATE)
    assert sum(line.amount_fen for line in told.lines) == told.total_fen
    showroom.do("revise_quote", "consultant", quote_id=quote_id, model=MODEL, total_fen=PRICE, lines=[CAR, MATS])
    again = sheet(showroom, quote_id)
    assert (again.quote_version, [line.kind for line in again.lines]) == (2, [LineKind.CAR, LineKind.ACCESSORY])


def test_lines_that_come_to_less_than_the_price_are_refused_and_nothing_is_kept(showroom: Showroom) -> None:
    with pytest.raises(LinesDiffer):
        showroom.quote(CAR, total_fen=PRICE + 1)
    assert showroom.quotes().total == 0
    assert showroom.quote(CAR).number.endswith("-0001")


# -- merges and erasure -------------------------------------------------------------------------------------------


def hear(showroom: Showroom, events: Any) -> None:
    """As the consumer does, one by one."""

    def follow(session: Any, some: Any) -> None:
        rekeying.follow(session, some[0], [QUOTES, ORDERS], acknowledge=OrdersRekeyed)

    def forget(session: Any, some: Any) -> None:
        erasing.forget(session, some[0], holding=QUOTES)

    for event in events:
        work = forget if isinstance(event.payload, CustomerErased) else follow
        deliver(showroom.database.transaction, work, [event])


@pytest.mark.parametrize("seed", range(4))
def test_it_follows_its_customer_in_any_order_and_twice(showroom: Showroom, seed: int) -> None:
    survivor, loser, other = (uuids.uuid7() for _ in range(3))
    his, joined = showroom.quote(CAR, customer_id=loser), showroom.quote(CAR, customer_id=other)
    history = [
        merged([loser], into=survivor, version=2),
        unmerged([loser], of=survivor, version=3),
        merged([other], into=survivor, version=2),
    ]
    hear(showroom, twice_shuffled(history, seed=seed))
    assert showroom.quoted(his.quote_id).customer_id == loser
    assert showroom.quoted(joined.quote_id).customer_id == survivor


def test_the_order_of_a_quote_is_whose_the_quote_is(showroom: Showroom) -> None:
    one, new, survivor = (uuids.uuid7() for _ in range(3))
    given, taken = presented(showroom, customer_id=one), presented(showroom, customer_id=one)
    hear(showroom, [parted(one, new, DocumentMoved("quote", str(given), new, 1))])
    hear(showroom, [merged([one], into=survivor)])
    orders = [showroom.do("accept_quote", "consultant", quote_id=each).order_id for each in (given, taken)]
    assert [showroom.shown(each).customer_id for each in orders] == [new, survivor]
    hear(showroom, [unmerged([one], of=survivor, version=3)])
    assert [showroom.shown(each).customer_id for each in orders] == [new, one]


def test_what_he_said_goes_with_the_customer_and_the_quote_stays(showroom: Showroom) -> None:
    customer = uuids.uuid7()
    quote_id = showroom.quote(CAR, total_fen=PRICE // 2, customer_id=customer).quote_id
    showroom.do("reject_quote", "sales_manager", quote_id=quote_id, reason="王先生砍价太多")
    showroom.do("lose_quote", "consultant", quote_id=quote_id, reason=LostReason.PRICE, remark="嫌贵")
    hear(showroom, [erased(customer)])
    (only,) = showroom.quoted(quote_id).versions
    assert (only.reject_reason, only.lost_remark, only.lost_reason) == ("", "", LostReason.PRICE)
    assert only.total_fen == PRICE // 2
