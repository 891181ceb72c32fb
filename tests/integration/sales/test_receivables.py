"""What each payer of an order owes, by when, and what is told of it; letters of lenders (C4, C19; field list 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from chassis.store import tables
from contracts.gateway.calendars import USUAL_HOURS
from contracts.gateway.events import StoreChanged
from contracts.refusals import OperationNotAllowed
from contracts.sales import receivables as owed
from contracts.sales.deliveries import ChangeStep
from contracts.sales.operations import OrderStatus, PaymentChannel, PaymentKind
from contracts.sales.parties import PartyKind, PayerNamed
from contracts.sales.policies import DELIVERY_STEPS, FULL
from contracts.sales.receivables import DueWhen, Payer
from contracts.sales.steps import DeliveryTerms, StepAct, StepCode, StepState
from contracts.shapes import plain
from services.sales import payments
from services.sales.orders.errors import BalanceOpen, OrderState
from services.sales.payments.errors import PayerUnknown
from services.sales.receivables import errors
from tests.integration.sales.people import DEPOSIT, NOW, PRICE, PROMISE, Showroom
from tests.integration.sales.test_delivery_risk import keep as hear_store
from tests.integration.sales.test_delivery_risk import watch
from tests.integration.sales.test_delivery_steps import step_of
from tests.integration.sales.test_refunds import ask, pay_out
from tests.support.events import deliver, made, received, twice_shuffled
from tests.support.publishing import publish
from tests.support.randoms import code

LOAN = 15_000_000


@pytest.fixture
def full(showroom: Showroom) -> Showroom:
    """A store that keeps all steps of C5."""
    publish(showroom.database, DELIVERY_STEPS, plain(FULL), now=NOW - timedelta(days=1), store_id=showroom.store)
    return showroom


def told(showroom: Showroom, order_id: UUID) -> list[dict[str, Any]]:
    """The payers as they were told, one change after the other."""
    log = tables.outbox.c
    wanted = select(tables.outbox).where(log.subject_id == str(order_id), log.event_type == "order_receivable_changed")
    rows = showroom.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
    return [{one["payer"]: one for one in row.envelope["payload"]["payers"]} for row in rows]


def receivables(showroom: Showroom, *, now: datetime = NOW, **asked: Any) -> list[owed.OrderReceivable]:
    wanted, scope = owed.ListReceivables(**asked), showroom.scope("list_receivables", "finance")
    page = showroom.database.read(lambda on: payments.queries.list_receivables(on, wanted, scope=scope, now=now))
    return page.items


def by_loan(showroom: Showroom) -> UUID:
    """A signed order whose customer takes a loan."""
    order_id = showroom.write()
    contract: dict[str, Any] = {"contract_no": "HT-1", "signer": "张伟", "promised_date": PROMISE}
    showroom.do("sign_order", "consultant", order_id=order_id, terms=DeliveryTerms(by_loan=True), **contract)
    return order_id


# -- what is owed


def test_from_the_contract_on_the_buyer_owes_the_price_and_every_change_is_told(showroom: Showroom) -> None:
    order_id = showroom.write()
    assert (showroom.owes(order_id), told(showroom, order_id)) == ({}, [])
    showroom.sign(order_id)
    assert showroom.owes(order_id) == {"buyer": (PRICE, 0, PRICE)}
    showroom.pay(order_id, DEPOSIT)
    assert showroom.owes(order_id) == {"buyer": (PRICE, DEPOSIT, PRICE - DEPOSIT)}
    assert [(one["buyer"]["owed_fen"], one["buyer"]["balance_fen"]) for one in told(showroom, order_id)] == [
        (PRICE, PRICE),
        (PRICE, PRICE - DEPOSIT),
    ]


def test_what_does_not_change_what_is_owed_tells_nothing(showroom: Showroom) -> None:
    order_id, reference = showroom.signed(), code("P")
    showroom.pay(order_id, DEPOSIT, reference=reference, now=NOW)
    before = len(told(showroom, order_id))
    showroom.pay(order_id, DEPOSIT, reference=reference)
    showroom.cancel(order_id)
    showroom.do("withdraw_cancel", "sales_manager", order_id=order_id)
    assert len(told(showroom, order_id)) == before


def test_a_lower_price_is_followed(showroom: Showroom) -> None:
    """6.11."""
    order_id = showroom.signed(paid_fen=DEPOSIT)
    showroom.amend(order_id, PRICE - 29)
    assert showroom.owes(order_id) == {"buyer": (PRICE - 29, DEPOSIT, PRICE - 29 - DEPOSIT)}


def test_what_is_taken_back_or_goes_back_is_owed_again(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=1990)
    pay_out(showroom, ask(showroom, order_id, 29))
    assert showroom.owes(order_id)["buyer"] == (PRICE, 1961, PRICE - 1961)
    showroom.pay(order_id, 29)
    payment = showroom.money(order_id).payments[-1]
    showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")
    assert showroom.owes(order_id)["buyer"] == (PRICE, 1961, PRICE - 1961)


def test_the_deposit_is_due_by_its_step_and_the_balance_by_its_own(full: Showroom) -> None:
    showroom, order_id = full, full.signed()
    (row,) = receivables(showroom)
    assert (row.order_id, row.due_on, row.due_as) == (order_id, date(2026, 11, 24), PaymentKind.DEPOSIT)
    showroom.pay(order_id, DEPOSIT)
    (row,) = receivables(showroom)
    assert (row.due_on, row.due_as) == (None, None), "no car yet"
    showroom.allocate(order_id, showroom.receive())
    (row,) = receivables(showroom)
    assert (row.due_on, row.due_as, row.balance_fen) == (date(2026, 11, 25), PaymentKind.BALANCE, PRICE - DEPOSIT)
    showroom.pay(order_id, PRICE - DEPOSIT)
    assert receivables(showroom) == []


def test_a_step_that_moves_no_day_of_payment_asks_nothing_of_what_is_owed(full: Showroom) -> None:
    order_id = full.signed(paid_fen=DEPOSIT)
    full.allocate(order_id, full.receive())
    done = ChangeStep(order_id, StepCode.PDI, StepAct.FINISH)
    held_up = ChangeStep(
        order_id, StepCode.BALANCE, StepAct.BLOCK, reason="客户周五付款", expected_on=date(2026, 11, 27)
    )
    asked: list[list[str]] = []
    for what, role in ((done, "inspector"), (held_up, "finance")):
        with full.database.transaction() as session:
            said: list[str] = []
            event.listen(session.connection(), "before_cursor_execute", lambda *told, said=said: said.append(told[2]))
            full.within(session, "change_step", role, what)
            session.flush()
            asked.append([one for one in said if "receivable" in one])
            session.commit()
    assert [bool(one) for one in asked] == [False, True]
    (row,) = receivables(full)
    assert (row.due_on, row.due_as) == (date(2026, 11, 27), PaymentKind.BALANCE)


def test_hours_that_change_move_the_day_money_is_due_by_the_clock(full: Showroom) -> None:
    """A defect: it stayed where it was until something else happened to the order."""
    order_id = full.signed()
    shut = replace(USUAL_HOURS, tuesday=[])
    changed = made(StoreChanged, code=full.store, hours=shut)
    heard = received(changed, subject_id=full.store, subject_version=2, occurred_at=NOW)
    for each in twice_shuffled([heard]):
        deliver(full.database.transaction, lambda session, some: hear_store(session, some[0]), [each])
    watch(full, NOW + timedelta(microseconds=1))
    (row,) = receivables(full)
    assert (row.order_id, row.due_on) == (order_id, date(2026, 11, 25))


@pytest.mark.parametrize(("days", "overdue", "today"), [(0, False, False), (1, False, True), (2, True, False)])
def test_what_is_due_is_asked_for_by_the_store_s_day(full: Showroom, days: int, overdue: bool, today: bool) -> None:
    """4.6: at half past midnight it is the new day, whatever UTC says."""
    full.signed()
    night = NOW.replace(hour=0, minute=30) + timedelta(days=days)
    assert bool(receivables(full, due=DueWhen.OVERDUE, now=night)) is overdue
    assert bool(receivables(full, due=DueWhen.TODAY, now=night)) is today


# -- letters of lenders


def test_a_letter_moves_its_share_to_the_lender_until_it_has_paid(showroom: Showroom) -> None:
    order_id = by_loan(showroom)
    showroom.letter(order_id, LOAN)
    assert showroom.owes(order_id) == {"buyer": (PRICE - LOAN, 0, PRICE - LOAN), "lender": (LOAN, 0, LOAN)}
    (lender,) = receivables(showroom, payer=Payer.LENDER)
    assert (lender.payer_name, lender.due_on, lender.due_as) == ("平安银行", PROMISE, PaymentKind.LOAN)
    showroom.pay(order_id, PRICE - LOAN)
    showroom.pay(order_id, LOAN, kind=PaymentKind.LOAN, channel=PaymentChannel.LENDER)
    assert showroom.owes(order_id) == {"buyer": (PRICE - LOAN,) * 2 + (0,), "lender": (LOAN, LOAN, 0)}
    assert told(showroom, order_id)[-1]["lender"]["balance_fen"] == 0


def test_a_letter_approves_the_loan_of_the_delivery(full: Showroom) -> None:
    order_id = by_loan(full)
    letter = full.letter(order_id, LOAN)
    approval = step_of(full, order_id, StepCode.LOAN_APPROVAL)
    assert (approval.state, approval.evidence) == (StepState.DONE, f"平安银行 {letter.letter_no}")


def test_a_newer_letter_stands_instead_and_one_that_is_withdrawn_leaves_all_to_the_buyer(showroom: Showroom) -> None:
    order_id = by_loan(showroom)
    showroom.letter(order_id, LOAN)
    newer = showroom.letter(order_id, LOAN - 1)
    assert showroom.money(order_id).letter == newer
    assert showroom.owes(order_id)["lender"] == (LOAN - 1, 0, LOAN - 1)
    showroom.do("end_loan_letter", "loan_clerk", order_id=order_id, reason="银行撤回批复")
    assert showroom.money(order_id).letter is None
    assert showroom.owes(order_id)["buyer"] == (PRICE, 0, PRICE)
    with pytest.raises(errors.LetterNotFound):
        showroom.do("end_loan_letter", "loan_clerk", order_id=order_id, reason="银行撤回批复")


def test_a_letter_says_no_more_than_the_price_and_none_that_is_over(showroom: Showroom) -> None:
    order_id = by_loan(showroom)
    with pytest.raises(errors.LoanBeyondPrice) as beyond:
        showroom.letter(order_id, PRICE + 1)
    assert beyond.value.details["field"] == "amount_fen"
    with pytest.raises(errors.LetterLapsed):
        showroom.letter(order_id, LOAN, until=NOW.date() - timedelta(days=1))
    showroom.letter(order_id, PRICE, until=NOW.date())
    with pytest.raises(OperationNotAllowed):
        showroom.letter(order_id, LOAN, role="finance")
    with pytest.raises(OrderState):
        showroom.letter(showroom.write(), LOAN)


def test_no_disbursement_is_typed_that_no_letter_says(showroom: Showroom) -> None:
    order_id = by_loan(showroom)
    with pytest.raises(errors.LoanNotApproved):
        showroom.pay(order_id, 1, kind=PaymentKind.LOAN)
    showroom.letter(order_id, LOAN)
    with pytest.raises(errors.LoanNotApproved) as refused:
        showroom.pay(order_id, LOAN + 1, kind=PaymentKind.LOAN)
    assert (refused.value.details["left_fen"], refused.value.details["field"]) == (LOAN, "amount_fen")
    showroom.pay(order_id, LOAN, kind=PaymentKind.LOAN)
    with pytest.raises(errors.LoanNotApproved):
        showroom.pay(order_id, 1, kind=PaymentKind.LOAN)


# -- whoever else pays


def test_who_was_named_as_a_payer_owes_his_part_and_pays_it(showroom: Showroom) -> None:
    order_id, father = showroom.signed(), uuid4()
    bank = PayerNamed(PartyKind.LENDER, LOAN, firm="平安银行")
    showroom.name_parties(order_id, bank, PayerNamed(PartyKind.CUSTOMER, 1_000_000, customer_id=father))
    owed_by = {one.payer: one for one in showroom.money(order_id).receivables}
    assert {payer: one.owed_fen for payer, one in owed_by.items()} == {
        Payer.BUYER: PRICE - LOAN - 1_000_000,
        Payer.LENDER: LOAN,
        Payer.OTHER: 1_000_000,
    }
    other = owed_by[Payer.OTHER]
    assert (owed_by[Payer.LENDER].payer_name, other.payer_customer_id) == ("平安银行", father)
    showroom.pay(order_id, 400_000, payer_id=other.party_id)
    assert showroom.owes(order_id)["other"] == (1_000_000, 400_000, 600_000)
    assert told(showroom, order_id)[-1]["other"]["customer_id"] == str(father)
    showroom.letter(order_id, LOAN - 1)
    assert showroom.owes(order_id)["lender"] == (LOAN - 1, 0, LOAN - 1), "a letter says it better than the contract"


def test_a_lender_who_was_named_owes_no_deposit_and_is_not_due_before_the_balance_is(full: Showroom) -> None:
    """A defect: before its letter came, its share was due with the buyer's deposit, as a deposit."""
    order_id = by_loan(full)
    full.name_parties(order_id, PayerNamed(PartyKind.LENDER, LOAN, firm="平安银行"))
    due = {one.payer: (one.due_on, one.due_as) for one in full.money(order_id).receivables}
    assert due == {Payer.BUYER: (date(2026, 11, 24), PaymentKind.DEPOSIT), Payer.LENDER: (None, None)}
    full.letter(order_id, LOAN)
    full.pay(order_id, DEPOSIT)
    full.allocate(order_id, full.receive())
    due = {one.payer: (one.due_on, one.due_as) for one in full.money(order_id).receivables}
    assert due[Payer.LENDER] == (PROMISE, PaymentKind.LOAN)
    assert due[Payer.BUYER][1] is PaymentKind.BALANCE


def test_a_letter_covers_nothing_of_what_another_payer_owes(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE - LOAN - 29)
    showroom.name_parties(order_id, PayerNamed(PartyKind.INSURER, 29, firm="人保"))
    showroom.letter(order_id, LOAN)
    showroom.allocate(order_id, showroom.receive())
    with pytest.raises(BalanceOpen) as refused:
        showroom.deliver(order_id)
    assert refused.value.details["balance_fen"] == 29
    (insurer,) = (one for one in showroom.money(order_id).receivables if one.payer is Payer.OTHER)
    showroom.pay(order_id, 29, payer_id=insurer.party_id)
    assert showroom.deliver(order_id).status is OrderStatus.DELIVERED


def test_nobody_pays_who_was_not_named_and_a_lender_pays_as_a_loan(showroom: Showroom) -> None:
    order_id = showroom.signed()
    showroom.name_parties(order_id, PayerNamed(PartyKind.LENDER, LOAN, firm="平安银行"))
    for stranger in (uuid4(), order_id):
        with pytest.raises(PayerUnknown) as refused:
            showroom.pay(order_id, 1, payer_id=stranger)
        assert refused.value.details == {"field": "payer_id"}


def test_what_somebody_paid_who_is_no_payer_any_more_is_the_buyer_s(showroom: Showroom) -> None:
    order_id = showroom.signed()
    showroom.name_parties(order_id, PayerNamed(PartyKind.FIRM, 100, firm="红彤物流"))
    (firm,) = (one for one in showroom.money(order_id).receivables if one.payer is Payer.OTHER)
    showroom.pay(order_id, 100, payer_id=firm.party_id)
    showroom.name_parties(order_id)
    assert showroom.owes(order_id) == {"buyer": (PRICE, 100, PRICE - 100), "other": (0, 0, 0)}


# -- the keys, by a letter


def ready_but_for_the_loan(showroom: Showroom, *, until: date = PROMISE) -> UUID:
    """The buyer has paid his share, the lender has not."""
    order_id = showroom.signed(paid_fen=PRICE - LOAN)
    showroom.letter(order_id, LOAN, until=until)
    showroom.allocate(order_id, showroom.receive())
    return order_id


def test_the_keys_are_given_by_a_letter_and_the_lender_pays_afterwards(showroom: Showroom) -> None:
    order_id = ready_but_for_the_loan(showroom)
    assert showroom.deliver(order_id).status is OrderStatus.DELIVERED
    assert showroom.owes(order_id)["lender"] == (LOAN, 0, LOAN)
    showroom.pay(order_id, LOAN, kind=PaymentKind.LOAN, now=NOW + timedelta(days=9))
    assert showroom.owes(order_id)["lender"] == (LOAN, LOAN, 0)
    assert showroom.shown(order_id).status is OrderStatus.DELIVERED


def test_a_fen_that_the_buyer_owes_himself_keeps_the_keys(showroom: Showroom) -> None:
    order_id = showroom.signed(paid_fen=PRICE - LOAN - 1)
    showroom.letter(order_id, LOAN)
    showroom.allocate(order_id, showroom.receive())
    with pytest.raises(BalanceOpen) as refused:
        showroom.deliver(order_id)
    assert refused.value.details["balance_fen"] == 1


@pytest.mark.parametrize(("late", "given"), [(0, True), (1, False)])
def test_a_letter_holds_to_the_end_of_its_day(showroom: Showroom, late: int, given: bool) -> None:
    until = NOW.date() + timedelta(days=3)
    order_id = ready_but_for_the_loan(showroom, until=until)
    at = NOW.replace(hour=23, minute=59) + timedelta(days=3 + late)
    if given:
        assert showroom.deliver(order_id, now=at).status is OrderStatus.DELIVERED
        return
    with pytest.raises(errors.LoanLapsed):
        showroom.deliver(order_id, now=at)
    assert showroom.shown(order_id).status is OrderStatus.ALLOCATED


# -- closing


def delivered(showroom: Showroom) -> UUID:
    order_id = showroom.signed(paid_fen=PRICE)
    showroom.allocate(order_id, showroom.receive())
    showroom.deliver(order_id)
    return order_id


def close(showroom: Showroom, order_id: UUID) -> OrderStatus:
    status: OrderStatus = showroom.do("close_order", "sales_manager", order_id=order_id).status
    return status


def test_an_order_is_closed_when_its_money_is_settled(showroom: Showroom) -> None:
    assert close(showroom, delivered(showroom)) is OrderStatus.CLOSED


def test_an_order_whose_lender_owes_is_not_closed(showroom: Showroom) -> None:
    order_id = ready_but_for_the_loan(showroom)
    showroom.deliver(order_id)
    with pytest.raises(errors.NotSettled) as refused:
        close(showroom, order_id)
    assert refused.value.details["owed_fen"] == LOAN


def test_an_order_with_money_that_is_for_nothing_is_not_closed(showroom: Showroom) -> None:
    order_id = delivered(showroom)
    showroom.told_by_channel(order_id, "0.29")
    with pytest.raises(errors.NotSettled) as refused:
        close(showroom, order_id)
    assert refused.value.details["unapplied_fen"] == 29
    refund = ask(showroom, order_id, 29)
    with pytest.raises(errors.NotSettled) as returning:
        close(showroom, order_id)
    assert (returning.value.details["unapplied_fen"], returning.value.details["returning_fen"]) == (0, 29)
    pay_out(showroom, refund)
    assert close(showroom, order_id) is OrderStatus.CLOSED


def test_what_is_taken_back_after_the_keys_is_owed_and_may_be_paid_again(showroom: Showroom) -> None:
    order_id = delivered(showroom)
    close(showroom, order_id)
    payment = showroom.money(order_id).payments[-1]
    showroom.do("reverse_payment", "finance", payment_id=payment.payment_id, reason="退票")
    assert showroom.owes(order_id)["buyer"] == (PRICE, 0, PRICE)
    showroom.pay(order_id, PRICE)
    assert (showroom.shown(order_id).status, showroom.owes(order_id)["buyer"][2]) == (OrderStatus.CLOSED, 0)
