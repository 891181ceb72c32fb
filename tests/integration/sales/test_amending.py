"""A price that stands is changed by a document of its own, by the same rule; what is owed follows (C4, R42)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.operations import OrderStatus
from contracts.sales.prices import AmendmentStatus
from services.sales.amending.errors import NoAmendment
from services.sales.orders.errors import AmendmentWaits, OrderState, PaidMore
from services.sales.prices.errors import OwnPrice
from tests.integration.sales.people import DEPOSIT, MODEL, NOW, PRICE, Showroom
from tests.integration.sales.test_erasing import hear as hear_erasing
from tests.support.records import erased

LATER = NOW + timedelta(hours=3)
CAR = LineAsked(LineKind.CAR, MODEL, PRICE)
MATS = LineAsked(LineKind.ACCESSORY, "脚垫", 99_900)


@pytest.fixture
def signed(showroom: Showroom) -> UUID:
    """A signed order with a deposit."""
    return showroom.signed(paid_fen=DEPOSIT)


def beyond(showroom: Showroom, order_id: UUID) -> Any:
    """An amendment that gives away too much."""
    return showroom.amend(order_id, PRICE // 2, CAR, now=LATER)


def test_within_the_limits_it_stands_at_once_and_what_is_owed_follows(showroom: Showroom, signed: UUID) -> None:
    amended = showroom.amend(signed, PRICE + 99_900, CAR, MATS, now=LATER)
    assert amended == showroom.shown(signed)
    assert (amended.status, amended.total_fen, amended.price_waits) == (OrderStatus.SIGNED, PRICE + 99_900, False)
    assert [line.kind for line in showroom.price(signed).lines] == [LineKind.CAR, LineKind.ACCESSORY]
    (document,) = showroom.price(signed).amendments
    assert (document.number, document.status, document.reason) == (1, AmendmentStatus.STANDS, "加装脚垫")
    assert (document.before_fen, document.total_fen) == (PRICE, PRICE + 99_900)
    assert (document.written_by, document.decided_by, document.decided_at) == ("C1", None, LATER)
    assert showroom.recorded(signed)[-1] == ("order_amended", 4)
    assert showroom.payloads(signed)[-1] == {
        "order_id": str(signed),
        "customer_id": str(amended.customer_id),
        "consultant_id": "C1",
        "number": 1,
        "before_fen": PRICE,
        "total_fen": PRICE + 99_900,
        "balance_fen": PRICE + 99_900 - DEPOSIT,
    }
    sheet = showroom.sheet(signed)
    assert sum(line.amount_fen for line in sheet.lines) == sheet.total_fen == PRICE + 99_900
    assert (sheet.balance_fen, sheet.changed_at) == (PRICE + 99_900 - DEPOSIT, LATER)


def test_without_lines_it_is_for_what_was_ordered_already(showroom: Showroom) -> None:
    order_id = showroom.offer(CAR, MATS, total_fen=PRICE + 99_900).order_id
    showroom.amend(order_id, PRICE)
    lines = showroom.price(order_id).lines
    assert [line.kind for line in lines] == [LineKind.CAR, LineKind.ACCESSORY]
    assert (sum(line.list_fen for line in lines), sum(line.amount_fen for line in lines)) == (PRICE + 99_900, PRICE)


def test_beyond_the_limits_the_old_price_stands_until_another_gives_his_word(showroom: Showroom, signed: UUID) -> None:
    waiting = beyond(showroom, signed)
    assert (waiting.total_fen, waiting.price_waits) == (PRICE, True)
    assert [line.amount_fen for line in showroom.price(signed).lines] == [PRICE]
    assert showroom.recorded(signed)[-1] == ("order_approval_requested", 4)
    approved = showroom.do("approve_amendment", "sales_manager", order_id=signed, now=LATER)
    assert (approved.total_fen, approved.price_waits, approved.discount_fen) == (PRICE // 2, False, PRICE // 2)
    assert [line.amount_fen for line in showroom.price(signed).lines] == [PRICE // 2]
    assert showroom.recorded(signed)[-2:] == [("order_approved", 5), ("order_amended", 5)]
    assert showroom.price(signed).amendments[0].decided_by == "sales_manager"


def test_a_no_leaves_the_price_as_it_was_and_the_next_amendment_has_the_next_number(
    showroom: Showroom, signed: UUID
) -> None:
    beyond(showroom, signed)
    refused = showroom.do("reject_amendment", "sales_manager", order_id=signed, reason="太低")
    assert (refused.total_fen, refused.price_waits) == (PRICE, False)
    showroom.amend(signed, PRICE + 99_900, CAR, MATS)
    first, second = showroom.price(signed).amendments
    assert (first.status, first.reject_reason) == (AmendmentStatus.REJECTED, "太低")
    assert (second.number, second.status) == (2, AmendmentStatus.STANDS)
    assert showroom.shown(signed).total_fen == PRICE + 99_900


def test_nobody_decides_on_his_own(showroom: Showroom, signed: UUID) -> None:
    showroom.amend(signed, PRICE // 2, CAR, role="sales_manager")
    for decide, more in (("approve_amendment", {}), ("reject_amendment", {"reason": "不行"})):
        asked: dict[str, Any] = {"order_id": signed, **more}
        with pytest.raises(OwnPrice):
            showroom.do(decide, "sales_manager", **asked)
    assert showroom.do("approve_amendment", "general_manager", order_id=signed).total_fen == PRICE // 2


def test_while_one_waits_nothing_is_signed_or_delivered_and_no_other_is_written(showroom: Showroom) -> None:
    order_id = showroom.write()
    beyond(showroom, order_id)
    with pytest.raises(AmendmentWaits):
        showroom.sign(order_id)
    with pytest.raises(AmendmentWaits):
        showroom.amend(order_id, PRICE)
    showroom.do("reject_amendment", "sales_manager", order_id=order_id, reason="不行")
    showroom.sign(order_id)
    showroom.pay(order_id, PRICE)
    showroom.allocate(order_id, showroom.receive())
    showroom.amend(order_id, 2 * PRICE, LineAsked(LineKind.CAR, MODEL, 3 * PRICE))
    with pytest.raises(AmendmentWaits):
        showroom.deliver(order_id)


def test_a_price_below_what_was_paid_is_refused_until_it_is_paid_back(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE)
    before = showroom.price(order_id)
    with pytest.raises(PaidMore) as refused:
        showroom.amend(order_id, PRICE - 1)
    assert refused.value.details["paid_fen"] == PRICE
    assert showroom.price(order_id) == before
    assert showroom.amend(order_id, PRICE).total_fen == PRICE


def test_money_that_came_meanwhile_bars_a_price_below_it(showroom: Showroom, signed: UUID) -> None:
    beyond(showroom, signed)
    showroom.pay(signed, PRICE // 2)
    with pytest.raises(PaidMore):
        showroom.do("approve_amendment", "sales_manager", order_id=signed)
    assert showroom.shown(signed).price_waits
    assert not showroom.do("reject_amendment", "sales_manager", order_id=signed, reason="已付款").price_waits


def test_there_is_nothing_to_decide_where_none_waits_and_nothing_to_amend_in_a_draft(showroom: Showroom) -> None:
    order_id = showroom.write()
    with pytest.raises(NoAmendment):
        showroom.do("approve_amendment", "sales_manager", order_id=order_id)
    draft = showroom.offer(CAR, total_fen=PRICE, draft=True).order_id
    with pytest.raises(OrderState):
        showroom.amend(draft, PRICE)


def test_why_it_was_amended_goes_with_the_customer(showroom: Showroom, signed: UUID) -> None:
    showroom.amend(signed, PRICE + 99_900, CAR, MATS)
    hear_erasing(showroom, [erased(showroom.shown(signed).customer_id)])
    (document,) = showroom.price(signed).amendments
    assert (document.reason, document.total_fen) == ("", PRICE + 99_900)
