"""Notices of payment channels: money that comes is never refused, and whatever is told again changes nothing (6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.store import tables
from contracts.sales import payments as in_money
from contracts.sales.operations import OrderStatus, PaymentChannel
from contracts.sales.payments import NoticeResult, Outcome, PaymentState
from services.sales import payments
from services.sales.payments import errors
from services.sales.payments.models import Notice
from tests.integration.sales.people import DEPOSIT, PRICE, Showroom
from tests.support.randoms import code

PAID, FAILED = Outcome.PAID, Outcome.FAILED


def receipts(showroom: Showroom) -> list[tuple[UUID | None, int]]:
    """Money of the store that is for nothing."""
    asked, scope = in_money.ListReceipts(), showroom.scope("list_receipts", "finance")
    found = showroom.database.read(lambda reading: payments.queries.list_receipts(reading, asked, scope=scope))
    assert found.total == len(found.items)
    return [(one.order_id, one.unapplied_fen) for one in found.items]


def told(showroom: Showroom, *kinds: str) -> list[tuple[str, Any]]:
    """What was told of payments and refunds of the store."""
    log = tables.outbox.c
    wanted = tables.outbox.select().where(log.store_id == showroom.store, log.event_type.in_(kinds))
    rows = showroom.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    return [(row.event_type, row.envelope["payload"].get("amount_fen")) for row in rows]


def test_a_notice_pays_its_order_to_the_fen(showroom: Showroom) -> None:
    """6.2."""
    order_id = showroom.signed()
    for amount, paid in (("19.90", 1990), ("8.80", 2870), ("1.67", 3037), ("0.29", 3066)):
        assert showroom.told_by_channel(order_id, amount) is NoticeResult.APPLIED
        assert showroom.shown(order_id).paid_fen == paid
    assert receipts(showroom) == []


def test_a_notice_that_comes_eight_times_at_once_is_one_payment_and_eight_acknowledgements(showroom: Showroom) -> None:
    """6.1; a defect of peers: two inserts for a sale."""
    order_id, reference, together = showroom.signed(), code("W"), Barrier(8)

    def tell(_: int) -> NoticeResult:
        together.wait(30)
        return showroom.told_by_channel(order_id, "20000.00", reference=reference)

    with ThreadPoolExecutor(8) as channel:
        results = list(channel.map(tell, range(8)))
    assert sorted(results) == [NoticeResult.APPLIED] + [NoticeResult.REPEATED] * 7
    assert showroom.shown(order_id).paid_fen == DEPOSIT
    with showroom.database.transaction() as session:
        rows = session.scalars(select(Notice).where(Notice.store_id == showroom.store))
        assert sorted((row.result, row.times) for row in rows) == [("applied", 1), ("repeated", 7)]


def test_of_twenty_payments_of_one_store_that_settle_at_once_none_is_lost(showroom: Showroom) -> None:
    """9.2."""
    orders, together = [showroom.signed() for _ in range(20)], Barrier(20)

    def tell(order_id: UUID) -> NoticeResult:
        together.wait(30)
        return showroom.told_by_channel(order_id, "0.29")

    with ThreadPoolExecutor(20) as channel:
        assert {*channel.map(tell, orders)} == {NoticeResult.APPLIED}
    assert [showroom.shown(order_id).paid_fen for order_id in orders] == [29] * 20
    assert told(showroom, "payment_confirmed") == [("payment_confirmed", 29)] * 20


def test_two_people_who_scan_one_code_both_have_paid_and_the_second_is_told_to_finance(showroom: Showroom) -> None:
    """6.4; a defect of a peer: an exception rolled the notice back, the second payment never was and came for a day."""
    order_id = showroom.signed(paid_fen=PRICE - 1990)
    assert showroom.told_by_channel(order_id, "19.90") is NoticeResult.APPLIED
    assert showroom.told_by_channel(order_id, "19.90") is NoticeResult.UNAPPLIED
    assert (showroom.shown(order_id).paid_fen, receipts(showroom)) == (PRICE, [(order_id, 1990)])
    assert told(showroom, "receipt_unapplied") == [("receipt_unapplied", 1990)]


def test_what_is_more_than_the_balance_stays_unapplied(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE - 1)
    assert showroom.told_by_channel(order_id, "0.03") is NoticeResult.UNAPPLIED
    money = showroom.money(order_id)
    assert (money.paid_fen, money.balance_fen, money.unapplied_fen) == (PRICE, 0, 2)


@pytest.mark.parametrize("at", ["written", "delivered", "cancelled"])
def test_money_for_an_order_that_takes_none_is_kept_and_changes_nothing_of_it(showroom: Showroom, at: str) -> None:
    """6.5: a balance paid on a page that was still open; no thank-you, the order stays cancelled."""
    order_id = showroom.write()
    if at != "written":
        showroom.sign(order_id)
        showroom.pay(order_id, PRICE)
    if at == "delivered":
        showroom.allocate(order_id, showroom.receive())
        showroom.deliver(order_id)
    if at == "cancelled":
        showroom.cancel(order_id)
        showroom.confirm(order_id)
    before = showroom.shown(order_id)
    assert showroom.told_by_channel(order_id, "19.90") is NoticeResult.UNAPPLIED
    assert showroom.shown(order_id) == before
    assert receipts(showroom) == [(order_id, 1990)]


def test_money_whose_order_nobody_knows_is_parked_and_used_once_somebody_does(showroom: Showroom) -> None:
    """6.7."""
    assert showroom.told_by_channel(None, "19.90") is NoticeResult.PARKED
    ((_, idle),) = receipts(showroom)
    order_id = showroom.signed()
    asked, scope = in_money.ListReceipts(), showroom.scope("list_receipts", "finance")
    (parked,) = showroom.database.read(lambda on: payments.queries.list_receipts(on, asked, scope=scope)).items
    used = showroom.do("apply_receipt", "finance", payment_id=parked.payment_id, order_id=order_id)
    assert (idle, used.applied_fen, used.unapplied_fen, used.order_id) == (1990, 1990, 0, order_id)
    assert showroom.shown(order_id).paid_fen == 1990
    assert receipts(showroom) == []
    with pytest.raises(errors.NothingUnapplied):
        showroom.do("apply_receipt", "finance", payment_id=parked.payment_id, order_id=order_id)


def test_money_of_one_order_is_not_moved_to_another(showroom: Showroom) -> None:
    order_id, other = showroom.signed(paid_fen=PRICE), showroom.signed()
    showroom.told_by_channel(order_id, "19.90")
    payment = showroom.money(order_id).payments[-1]
    with pytest.raises(errors.OtherOrder):
        showroom.do("apply_receipt", "finance", payment_id=payment.payment_id, order_id=other)


def test_a_notice_that_contradicts_what_is_known_changes_nothing_and_is_acknowledged(showroom: Showroom) -> None:
    """6.7: the state stays unknown, so that no compensation starts."""
    order_id, other, reference = showroom.signed(), showroom.signed(), code("W")
    showroom.pay(order_id, 1990, reference=reference, channel=PaymentChannel.WECHAT, confirmed=False)
    assert showroom.told_by_channel(order_id, "19.91", reference=reference) is NoticeResult.CONTRADICTS
    assert showroom.told_by_channel(other, "19.90", reference=reference) is NoticeResult.CONTRADICTS
    (payment,) = showroom.money(order_id).payments
    assert payment.state is PaymentState.REGISTERED
    assert [showroom.shown(one).paid_fen for one in (order_id, other)] == [0, 0]
    assert showroom.told_by_channel(order_id, "19.90", reference=reference) is NoticeResult.APPLIED


@pytest.mark.parametrize("order", sorted({*permutations([PAID, FAILED, PAID])}), ids="-".join)
def test_of_paid_and_failed_in_any_order_the_first_word_holds(showroom: Showroom, order: tuple[Outcome, ...]) -> None:
    """6.6: confirmed and failed only from registered."""
    order_id, reference = showroom.signed(), code("W")
    showroom.pay(order_id, 1990, reference=reference, channel=PaymentChannel.WECHAT, confirmed=False)
    results = [showroom.told_by_channel(order_id, "19.90", reference=reference, outcome=one) for one in order]
    first, again = order[0], {True: NoticeResult.REPEATED, False: NoticeResult.LATE}
    done = NoticeResult.APPLIED if first is PAID else NoticeResult.FAILED
    assert results == [done, *(again[one is first] for one in order[1:])]
    assert showroom.shown(order_id).paid_fen == (1990 if first is PAID else 0)


def test_a_late_paid_after_a_refund_turns_nothing_back(showroom: Showroom) -> None:
    """6.6: three refunded orders were turned back, and stock cut again."""
    order_id, reference = showroom.signed(), code("W")
    showroom.told_by_channel(order_id, "19.90", reference=reference)
    (payment,) = showroom.money(order_id).payments
    refund = showroom.do("request_refund", "finance", payment_id=payment.payment_id, amount_fen=1990, reason="不买了")
    showroom.do("approve_refund", "sales_manager", refund_id=refund.refund_id)
    showroom.do("pay_refund", "finance", refund_id=refund.refund_id, external_ref=code("R"))
    assert showroom.told_by_channel(order_id, "19.90", reference=reference) is NoticeResult.REPEATED
    assert (showroom.shown(order_id).paid_fen, showroom.shown(order_id).status) == (0, OrderStatus.SIGNED)


def test_what_failed_and_was_never_awaited_is_acknowledged_and_is_no_payment(showroom: Showroom) -> None:
    order_id = showroom.signed()
    assert showroom.told_by_channel(order_id, "19.90", outcome=FAILED) is NoticeResult.IGNORED
    assert showroom.money(order_id).payments == []


def test_an_amount_that_nobody_can_read_is_no_notice(showroom: Showroom) -> None:
    order_id = showroom.signed()
    with pytest.raises(errors.AmountUnreadable):
        showroom.told_by_channel(order_id, "19.905")
    assert showroom.money(order_id).payments == []


def test_a_second_payment_rolls_no_notice_back_though_a_desk_types_at_the_same_time(showroom: Showroom) -> None:
    """Whatever the desk's refusal rolls back, the channel's money stays."""
    order_id, together = showroom.signed(paid_fen=PRICE - 1990), Barrier(6)

    def pay(nth: int) -> str:
        together.wait(30)
        try:
            if nth % 2:
                return str(showroom.told_by_channel(order_id, "19.90"))
            showroom.pay(order_id, 1990)
        except Exception as refusal:  # noqa: BLE001  # which, is told
            return type(refusal).__name__
        return "typed"

    with ThreadPoolExecutor(6) as tills:
        results = list(tills.map(pay, range(6)))
    assert results.count("typed") + results.count("applied") == 1
    assert results.count("Overpayment") + results.count("typed") == 3
    assert sum(idle for _, idle in receipts(showroom)) == 1990 * results.count("unapplied")
    assert showroom.shown(order_id).paid_fen == PRICE
