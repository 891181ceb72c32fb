"""What finance and the managers work off: lists without a gap, contradictions closed with a note, what waits (C19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts.access import Scope
from contracts.sales import finance, receivables
from contracts.sales import payments as in_money
from contracts.sales.finance import ApprovalKind, RefundWaits
from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.operations import Fault, PaymentChannel, PaymentKind
from contracts.sales.payments import NoticeResult, Outcome, PaymentState
from services.sales.payments import errors, queries
from tests.integration.sales.people import MODEL, NOW, PRICE, Showroom
from tests.integration.sales.test_refunds import ask, pay_out
from tests.support.randoms import code

DAY = timedelta(days=1)


def contradictions(showroom: Showroom) -> list[finance.Contradiction]:
    asked, scope = finance.ListNotices(), showroom.scope("list_notices", "finance")
    return showroom.database.read(lambda on: queries.list_notices(on, asked, scope=scope)).items


def approvals(showroom: Showroom, *, role: str = "sales_manager", now: Any = NOW) -> list[finance.Approval]:
    asked, scope = finance.ListApprovals(), showroom.scope("list_approvals", role)
    return showroom.database.read(lambda on: queries.list_approvals(on, asked, scope=scope, now=now)).items


# -- contradictions


def awaited(showroom: Showroom) -> tuple[UUID, str]:
    order_id, reference = showroom.signed(), code("W")
    showroom.pay(order_id, 1990, reference=reference, channel=PaymentChannel.WECHAT, confirmed=False)
    return order_id, reference


def test_a_contradiction_shows_what_was_told_beside_what_is_known_until_somebody_says_what_was_right(
    showroom: Showroom,
) -> None:
    """6.7."""
    order_id, reference = awaited(showroom)
    for _ in range(3):
        assert showroom.told_by_channel(order_id, "19.91", reference=reference) is NoticeResult.CONTRADICTS
    (open_,) = contradictions(showroom)
    number = showroom.shown(order_id).number
    assert (open_.order_number, open_.amount_fen, open_.outcome, open_.times) == (number, 1991, Outcome.PAID, 3)
    assert (open_.known_number, open_.known_fen, open_.known_state) == (number, 1990, PaymentState.REGISTERED)
    said: dict[str, Any] = {"notice_id": open_.notice_id, "note": "渠道手续费,已核对"}
    assert showroom.do("close_notice", "finance", **said).note == "渠道手续费,已核对"
    assert contradictions(showroom) == []
    with pytest.raises(errors.NoticeClosed):
        showroom.do("close_notice", "finance", **said)
    showroom.told_by_channel(order_id, "19.91", reference=reference)
    assert contradictions(showroom) == [], "told again, it is the same and was looked into"


def test_a_late_word_that_says_otherwise_is_looked_into_too(showroom: Showroom) -> None:
    """6.6: the first word holds, and somebody finds out whether the money came."""
    order_id, reference = awaited(showroom)
    showroom.told_by_channel(order_id, "19.90", reference=reference, outcome=Outcome.FAILED)
    assert showroom.told_by_channel(order_id, "19.90", reference=reference) is NoticeResult.LATE
    (open_,) = contradictions(showroom)
    assert (open_.outcome, open_.known_state) == (Outcome.PAID, PaymentState.FAILED)


def test_what_agrees_with_what_is_known_is_nothing_to_look_into(
    showroom: Showroom, elsewhere: Callable[[], Showroom]
) -> None:
    order_id, reference = awaited(showroom)
    showroom.told_by_channel(order_id, "19.90", reference=reference)
    assert contradictions(showroom) == []
    showroom.told_by_channel(order_id, "19.91", reference=reference)
    (open_,) = contradictions(showroom)
    with pytest.raises(errors.NoticeNotFound):
        elsewhere().do("close_notice", "finance", notice_id=open_.notice_id, note="别店")


# -- refunds


def test_refunds_stand_in_the_list_until_they_are_paid_or_refused(showroom: Showroom) -> None:
    def waiting(waits: RefundWaits | None = None) -> list[UUID]:
        asked, scope = finance.ListRefunds(waits=waits), showroom.scope("list_refunds", "finance")
        return [
            one.refund_id
            for one in showroom.database.read(lambda on: queries.list_refunds(on, asked, scope=scope)).items
        ]

    first, second = (ask(showroom, showroom.signed(paid_fen=1990), 29) for _ in range(2))
    assert waiting() == waiting(RefundWaits.AGREE) == [first.refund_id, second.refund_id]
    showroom.do("approve_refund", "general_manager", refund_id=first.refund_id)
    assert (waiting(RefundWaits.AGREE), waiting(RefundWaits.PAY)) == ([second.refund_id], [first.refund_id])
    showroom.do("pay_refund", "finance", refund_id=first.refund_id, external_ref=code("R"))
    showroom.do("refuse_refund", "general_manager", refund_id=second.refund_id, reason="核对中")
    assert waiting() == []


# -- lists that are worked off


def _receivables(on: Any, *, scope: Scope, **page: Any) -> Any:
    return queries.list_receivables(on, receivables.ListReceivables(**page), scope=scope, now=NOW)


def _receipts(on: Any, *, scope: Scope, **page: Any) -> Any:
    return queries.list_receipts(on, in_money.ListReceipts(**page), scope=scope)


def _refunds(on: Any, *, scope: Scope, **page: Any) -> Any:
    return queries.list_refunds(on, finance.ListRefunds(**page), scope=scope)


def _owing(showroom: Showroom) -> None:
    showroom.signed()


def _idle(showroom: Showroom) -> None:
    showroom.told_by_channel(showroom.write(), "19.90")


def _asked_back(showroom: Showroom) -> None:
    ask(showroom, showroom.signed(paid_fen=29), 29)


@pytest.mark.parametrize(
    ("operation", "read", "make"),
    [
        ("list_receivables", _receivables, _owing),
        ("list_receipts", _receipts, _idle),
        ("list_refunds", _refunds, _asked_back),
    ],
)
def test_each_list_is_walked_by_cursor_every_row_once(
    showroom: Showroom, operation: str, read: Callable[..., Any], make: Callable[[Showroom], None]
) -> None:
    for _ in range(5):
        make(showroom)
    scope = showroom.scope(operation, "finance")
    seen: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = showroom.database.read(partial(read, scope=scope, size=2, after=after))
        seen += [*map(str, page.items)]
        after = page.next
    assert (len(seen), len(set(seen)), after, page.total) == (5, 5, None, 5)


# -- what waits for a word


def test_everything_that_waits_for_a_manager_stands_in_one_list_and_exceptions_first(showroom: Showroom) -> None:
    lower = showroom.offer(LineAsked(LineKind.CAR, MODEL, PRICE), total_fen=PRICE // 2, now=NOW - 2 * DAY)
    amended = showroom.signed()
    showroom.amend(amended, PRICE // 2, LineAsked(LineKind.CAR, MODEL, PRICE), now=NOW - 5 * timedelta(hours=1))
    ours, theirs = showroom.signed(), showroom.signed()
    showroom.cancel(theirs, fault=Fault.BUYER, now=NOW - 4 * timedelta(hours=1))
    showroom.cancel(ours, fault=Fault.SELLER, now=NOW)
    asked = ask(showroom, showroom.signed(paid_fen=1990), 29, role="sales_manager")
    found = approvals(showroom)
    assert [(one.kind, one.order_id, one.is_exception) for one in found] == [
        (ApprovalKind.PRICE, lower.order_id, True),
        (ApprovalKind.CANCELLATION, ours, True),
        (ApprovalKind.AMENDMENT, amended, False),
        (ApprovalKind.CANCELLATION, theirs, False),
        (ApprovalKind.REFUND, asked.order_id, False),
    ]
    assert [one.not_by_me for one in found] == [False, False, False, False, True], "his own refund another decides"
    showroom.do("approve_order", "sales_manager", order_id=lower.order_id)
    showroom.do("approve_refund", "general_manager", refund_id=asked.refund_id)
    showroom.confirm(theirs)
    assert [one.kind for one in approvals(showroom)] == [ApprovalKind.CANCELLATION, ApprovalKind.AMENDMENT]


def test_a_quote_that_waits_stands_there_too_until_somebody_else_gave_his_word(showroom: Showroom) -> None:
    price = LineAsked(LineKind.CAR, MODEL, PRICE)
    quote = showroom.quote(price, total_fen=PRICE // 2, now=NOW - 2 * DAY)
    (waits,) = approvals(showroom)
    assert (waits.kind, waits.quote_id, waits.order_id) == (ApprovalKind.QUOTE, quote.quote_id, None)
    assert (waits.number, waits.amount_fen, waits.is_exception) == (quote.number, PRICE // 2, True)
    assert (waits.version, waits.not_by_me) == (quote.version, False)
    showroom.do("revise_quote", "consultant", quote_id=quote.quote_id, model=MODEL, total_fen=PRICE // 3, lines=[price])
    (waits,) = approvals(showroom)
    assert waits.amount_fen == PRICE // 3, "what it was before waits for nothing any more"
    showroom.do("approve_quote", "sales_manager", quote_id=quote.quote_id)
    assert approvals(showroom) == []


def test_a_compensation_is_an_exception_of_its_own_kind(showroom: Showroom) -> None:
    order_id = showroom.signed()
    showroom.pay(order_id, 1_000_000, kind=PaymentKind.DEPOSIT)
    showroom.cancel(order_id, fault=Fault.SELLER)
    showroom.confirm(order_id)
    on_top = showroom.do("request_compensation", "finance", order_id=order_id, reason="本店无法供车")
    (waits,) = approvals(showroom)
    assert (waits.kind, waits.amount_fen, waits.is_exception) == (ApprovalKind.COMPENSATION, 1_000_000, True)
    pay_out(showroom, on_top)
    assert approvals(showroom) == []
