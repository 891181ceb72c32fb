"""Who owes what of a repair order, what came, what was void; no vehicle leaves while its customer owes (C7, C19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.refusals import StoreNotAllowed
from contracts.workshop import settlements as contract
from contracts.workshop.operations import JobLine, PayType, Share, Stage
from contracts.workshop.settlements import PaidBy, SettlementState
from services.workshop.repair_orders.errors import NotAuthorized, RepairOrderNotFound, StageNotAllowed
from services.workshop.settlements import queries
from services.workshop.settlements.errors import (
    CustomerUnpaid,
    NotSettled,
    RepairOverpayment,
    RepairPaymentNotFound,
    RepairPaymentState,
    RepairReferenceUsed,
)
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.integration.workshop.test_erasing import hear
from tests.support.events import twice_shuffled
from tests.support.records import erased

HOOD = JobLine("钣金喷漆", 90_000, Decimal(3), PayType.INSURANCE, shares=[Share(PayType.CUSTOMER, amount_fen=50_000)])


def settled(workshop: Workshop, *work: JobLine, **asked: Any) -> UUID:
    ro_id = workshop.ready(*work, **asked)
    workshop.settle(ro_id)
    return ro_id


def void(workshop: Workshop, ro_id: UUID, **asked: Any) -> Any:
    return workshop.move("void_settlement", "finance", ro_id, reason="付款方有误", **asked)


def owed(workshop: Workshop, ro_id: UUID) -> dict[str, tuple[str, int]]:
    """By payer, how his standing settlement stands and what he owes."""
    made = workshop.money(ro_id).settlements
    return {one.payer: (one.state, one.balance_fen) for one in made if one.state != SettlementState.VOID}


def reverse(workshop: Workshop, payment: contract.RepairPayment, **asked: Any) -> contract.RepairPayment:
    told: contract.RepairPayment = workshop.do(
        "reverse_repair_payment", "finance", payment_id=payment.payment_id, reason="刷卡退回", **asked
    )
    return told


def receivables(workshop: Workshop, *, role: str = "finance", **asked: Any) -> contract.RepairReceivables:
    wanted, scope = contract.ListRepairReceivables(**asked), workshop.scope("list_repair_receivables", role)
    return workshop.database.read(lambda reading: queries.list_repair_receivables(reading, wanted, scope=scope))


def test_each_payer_of_an_order_has_a_settlement_of_his_own_lines(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL, WINDOW, HOOD)
    assert owed(workshop, ro_id) == {
        PayType.CUSTOMER: ("owed", 80_000),
        PayType.WARRANTY: ("owed", 80_000),
        PayType.INSURANCE: ("owed", 40_000),
    }
    made = workshop.money(ro_id).settlements
    assert len({one.number for one in made}) == 3
    assert all(one.number.startswith(f"{workshop.store}-ST-20261123-") for one in made)
    assert workshop.standing(ro_id).vat_fen == 9_204  # 800.00 contain 92.04 at 13 %
    assert sum(one.amount_fen for one in made) == workshop.shown(ro_id).total_fen


def test_a_customer_of_a_warranty_repair_owes_nothing_and_has_his_sheet(workshop: Workshop) -> None:
    ro_id = settled(workshop, WINDOW)
    assert owed(workshop, ro_id)[PayType.CUSTOMER] == ("paid", 0)
    assert workshop.move("return_vehicle", "advisor", ro_id, km_out=60_000).stage is Stage.RETURNED


def test_nobody_is_settled_for_a_fen_more_than_agreed(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    workshop.move("change_line", "advisor", ro_id, position=1, amount_fen=OIL.amount_fen + 1)
    with pytest.raises(NotAuthorized):
        workshop.settle(ro_id)
    assert workshop.money(ro_id).settlements == []
    workshop.authorize(ro_id)
    workshop.settle(ro_id)
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("owed", OIL.amount_fen + 1)}


def test_what_is_paid_is_told_with_what_is_still_owed(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    paid = workshop.pay(ro_id, 10_000, channel=PaidBy.WECHAT, external_ref="WX-1" + workshop.store)
    assert (paid.state, paid.amount_fen, paid.channel, paid.received_by) == ("confirmed", 10_000, "wechat", "finance")
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("owed", 20_000)}
    workshop.pay(ro_id)
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("paid", 0)}
    assert workshop.recorded(ro_id)[-3:] == [
        ("repair_settled", 7), ("repair_payment_confirmed", 8), ("repair_payment_confirmed", 9),
    ]  # fmt: skip
    told = workshop.payloads(ro_id)[-2]
    assert told == {
        "ro_id": str(ro_id), "customer_id": str(workshop.shown(ro_id).customer_id),
        "payment_id": str(paid.payment_id), "payer": "CUSTOMER", "channel": "wechat",
        "amount_fen": 10_000, "balance_fen": 20_000,
    }  # fmt: skip


def test_a_payment_told_twice_is_one_payment(workshop: Workshop) -> None:
    ro_id, reference = settled(workshop, OIL), f"wx {uuid4()}"
    first = workshop.pay(ro_id, 30_000, external_ref=reference)
    again = workshop.pay(ro_id, 30_000, external_ref=reference.upper().replace(" ", ""))
    assert again.payment_id == first.payment_id
    assert len(workshop.money(ro_id).payments) == 1
    assert [name for name, _ in workshop.recorded(ro_id)].count("repair_payment_confirmed") == 1


@pytest.mark.parametrize(
    ("fen", "payer"), [(1, PayType.CUSTOMER), (100, PayType.WARRANTY)], ids=["another sum", "another payer"]
)
def test_a_reference_is_of_one_payment(workshop: Workshop, fen: int, payer: PayType) -> None:
    ro_id, reference = settled(workshop, OIL, WINDOW), str(uuid4())
    workshop.pay(ro_id, 100, external_ref=reference)
    with pytest.raises(RepairReferenceUsed):
        workshop.pay(ro_id, fen, payer=payer, external_ref=reference)
    workshop.pay(ro_id, 100, external_ref=reference, channel=PaidBy.CASH)
    assert len(workshop.money(ro_id).payments) == 2, "of another channel it is another one's"


def test_nobody_pays_more_than_he_owes_nor_what_is_not_settled(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    with pytest.raises(RepairOverpayment):
        workshop.pay(ro_id, 30_001)
    with pytest.raises(NotSettled):
        workshop.pay(ro_id, 1, payer=PayType.INSURANCE)
    with pytest.raises(NotSettled):
        workshop.pay(workshop.ready(OIL), 1)
    assert workshop.money(ro_id).payments == []


def test_a_reference_whose_payment_was_taken_back_pays_nothing_more_and_says_so(workshop: Workshop) -> None:
    ro_id, reference = settled(workshop, OIL), str(uuid4())
    reverse(workshop, workshop.pay(ro_id, external_ref=reference))
    with pytest.raises(RepairReferenceUsed):
        workshop.pay(ro_id, external_ref=reference)
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("owed", 30_000)}


def test_a_payment_that_is_taken_back_is_owed_again_and_once(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    paid = workshop.pay(ro_id)
    gone = reverse(workshop, paid)
    assert (gone.state, gone.reversed_by, gone.reverse_reason) == ("reversed", "finance", "刷卡退回")
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("owed", 30_000)}
    assert workshop.payloads(ro_id)[-1]["balance_fen"] == 30_000
    with pytest.raises(RepairPaymentState):
        reverse(workshop, paid)
    with pytest.raises(RepairPaymentNotFound):
        reverse(workshop, replace(paid, payment_id=uuid4()))


def test_no_vehicle_leaves_while_its_customer_owes_but_by_a_managers_word(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL, WINDOW)
    with pytest.raises(CustomerUnpaid) as refused:
        workshop.move("return_vehicle", "advisor", ro_id, km_out=60_000)
    assert refused.value.details == {"balance": "300.00", "balance_fen": 30_000}
    assert workshop.shown(ro_id).stage is Stage.SETTLED
    allowed = workshop.do("allow_unpaid", "service_manager", ro_id=ro_id, reason="单位月结", staff_id="M1")
    assert (allowed.allowed_by, allowed.allowed_reason, allowed.balance_fen) == ("M1", "单位月结", 30_000)
    assert workshop.recorded(ro_id)[-1] == ("unpaid_allowed", 8)
    assert workshop.move("return_vehicle", "advisor", ro_id, km_out=60_000).stage is Stage.RETURNED
    workshop.pay(ro_id)
    assert owed(workshop, ro_id)[PayType.CUSTOMER] == ("paid", 0), "he pays later"


def test_a_void_moves_money_only_and_the_order_is_settled_anew(workshop: Workshop) -> None:
    """Repair-DeskPOS/RepairDesk-BUGS-IMPROVEMENTS#97, #572: nothing becomes of work and parts."""
    ro_id = settled(workshop, OIL, WINDOW)
    first, before = workshop.standing(ro_id), workshop.shown(ro_id)
    workshop.pay(ro_id)
    order = void(workshop, ro_id, by="F2", now=NOW + timedelta(days=2))
    assert (order.stage, order.settled_at, order.lines) == (Stage.READY, None, before.lines)
    workshop.move("change_line", "advisor", ro_id, position=2, pay_type=PayType.GOODWILL)
    workshop.settle(ro_id, now=NOW + timedelta(days=3))
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("paid", 0), PayType.GOODWILL: ("owed", 80_000)}
    gone = next(one for one in workshop.money(ro_id).settlements if one.settlement_id == first.settlement_id)
    assert (gone.state, gone.number, gone.voided_by, gone.void_reason) == ("void", first.number, "F2", "付款方有误")
    names = [name for name, _ in workshop.recorded(ro_id)]
    assert names[-5:] == [
        *("repair_settled", "repair_payment_confirmed", "settlement_voided", "repair_lines_changed", "repair_settled")
    ]
    last = workshop.payloads(ro_id)[-1]
    assert (last["by_pay_type"]["WARRANTY"], last["by_pay_type"]["GOODWILL"]) == (0, 80_000)
    assert workshop.move("return_vehicle", "advisor", ro_id, km_out=60_000).stage is Stage.RETURNED


def test_a_visit_stays_in_the_month_it_was_settled_first(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    void(workshop, ro_id)
    order = workshop.settle(ro_id, now=NOW + timedelta(days=30))
    assert order.settled_at == NOW + timedelta(days=30)
    told = [payload["settled_at"] for payload in workshop.payloads(ro_id) if "settled_at" in payload]
    assert told[0] == told[1] == NOW.isoformat()


def test_who_paid_more_than_the_new_settlement_says_is_owed_back(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    paid = workshop.pay(ro_id)
    void(workshop, ro_id)
    workshop.move("change_line", "advisor", ro_id, position=1, pay_type=PayType.GOODWILL)
    workshop.settle(ro_id)
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("paid", -30_000), PayType.GOODWILL: ("owed", 30_000)}
    reverse(workshop, paid)
    assert owed(workshop, ro_id)[PayType.CUSTOMER] == ("paid", 0)


def test_a_payment_may_be_taken_back_while_no_invoice_stands(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    paid = workshop.pay(ro_id)
    void(workshop, ro_id)
    reverse(workshop, paid)
    assert workshop.payloads(ro_id)[-1]["balance_fen"] is None
    workshop.settle(ro_id)
    assert owed(workshop, ro_id) == {PayType.CUSTOMER: ("owed", 30_000)}


def test_a_word_that_he_may_pay_later_is_for_the_settlement_it_was_given_for(workshop: Workshop) -> None:
    ro_id = settled(workshop, OIL)
    workshop.do("allow_unpaid", "service_manager", ro_id=ro_id, reason="单位月结")
    void(workshop, ro_id)
    workshop.settle(ro_id)
    with pytest.raises(CustomerUnpaid):
        workshop.move("return_vehicle", "advisor", ro_id, km_out=60_000)


@pytest.mark.parametrize("returned", [False, True], ids=["ready", "returned"])
def test_only_what_was_settled_and_not_handed_back_is_voided(workshop: Workshop, *, returned: bool) -> None:
    ro_id = settled(workshop, OIL) if returned else workshop.ready(OIL)
    if returned:
        workshop.give_back(ro_id)
    with pytest.raises(StageNotAllowed):
        void(workshop, ro_id)


def test_finance_sees_what_its_workshops_are_owed_the_oldest_first(
    workshop: Workshop, elsewhere: Callable[[], Workshop]
) -> None:
    customer = uuid4()
    first = settled(workshop, OIL, WINDOW, customer=customer)
    second = settled(workshop, HOOD)
    settled(elsewhere(), OIL)
    workshop.pay(second)
    found = receivables(workshop)
    assert [(one.ro_id, one.payer, one.balance_fen) for one in found.items] == [
        (first, PayType.CUSTOMER, 30_000),
        (first, PayType.WARRANTY, 80_000),
        (second, PayType.INSURANCE, 40_000),
    ]
    assert (found.total, [(one.payer, one.settlements, one.balance_fen) for one in found.by_payer]) == (
        3, [("CUSTOMER", 1, 30_000), ("INSURANCE", 1, 40_000), ("WARRANTY", 1, 80_000)],
    )  # fmt: skip
    assert [one.payer for one in receivables(workshop, payer=PayType.WARRANTY).items] == [PayType.WARRANTY]
    assert {one.ro_id for one in receivables(workshop, customer_id=customer).items} == {first}
    assert [one.payer for one in receivables(workshop, page=2, size=2).items] == [PayType.INSURANCE]
    void(workshop, first)
    assert {one.ro_id for one in receivables(workshop).items} == {second}, "what is void is not owed"


def test_another_stores_money_is_not_there(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    ro_id, other = settled(workshop, OIL), elsewhere()
    paid = workshop.pay(ro_id, 100)
    with pytest.raises(RepairOrderNotFound):
        other.money(ro_id)
    with pytest.raises(RepairOrderNotFound):
        other.do("take_repair_payment", "finance", ro_id=ro_id, amount_fen=1, external_ref="x")
    with pytest.raises(RepairPaymentNotFound):
        reverse(other, paid)
    with pytest.raises(StoreNotAllowed):
        receivables(other, store_id=workshop.store)


def test_what_was_written_about_a_customers_money_goes_with_him(workshop: Workshop) -> None:
    customer = uuid4()
    ro_id = settled(workshop, OIL, customer=customer)
    workshop.do("allow_unpaid", "service_manager", ro_id=ro_id, reason="张先生月结")
    paid = workshop.pay(ro_id)
    reverse(workshop, paid)
    void(workshop, ro_id)
    hear(workshop, twice_shuffled([erased(customer)]))
    (made,), (came,) = workshop.money(ro_id).settlements, workshop.money(ro_id).payments
    assert (made.allowed_reason, made.void_reason, came.reverse_reason) == ("", "", "")
    assert (made.amount_fen, came.amount_fen) == (30_000, 30_000), "the books stay"
