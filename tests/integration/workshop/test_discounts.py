"""A discount is a line of its own kind: nothing else is below 0, and no payer's bill."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.workshop.operations import JobLine, LineKind, PayType, Stage
from services.workshop.repair_orders.errors import DiscountTooLarge, LineAmount, NothingToDo
from tests.integration.workshop.people import OIL, WINDOW, Workshop, as_written


def off(amount_fen: int, pay_type: PayType = PayType.CUSTOMER) -> JobLine:
    return JobLine("会员优惠", amount_fen, pay_type=pay_type, kind=LineKind.DISCOUNT)


def test_a_discount_lowers_what_its_payer_agrees_to_and_pays(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL, WINDOW, off(-5_000))
    order = workshop.shown(ro_id)
    assert (order.total_fen, order.authorized_fen) == (105_000, 25_000)
    assert as_written(order) == [OIL, WINDOW, off(-5_000)]
    workshop.settle(ro_id)
    told = workshop.payloads(ro_id)[-1]
    assert (told["total_fen"], told["by_pay_type"]["CUSTOMER"]) == (105_000, 25_000)


@pytest.mark.parametrize("amount_fen", [0, -OIL.amount_fen])
def test_a_bill_may_end_at_nothing(workshop: Workshop, amount_fen: int) -> None:
    assert workshop.shown(workshop.open(OIL, off(amount_fen))).total_fen == OIL.amount_fen + amount_fen


@pytest.mark.parametrize(
    ("discount", "work_fen"), [(off(-OIL.amount_fen - 1), OIL.amount_fen), (off(-1, PayType.INSURANCE), 0)]
)
def test_no_payer_is_given_more_than_he_has_to_pay(workshop: Workshop, discount: JobLine, work_fen: int) -> None:
    with pytest.raises(DiscountTooLarge) as refused:
        workshop.open(OIL, WINDOW, discount)
    assert refused.value.details == {"pay_type": discount.pay_type, "work_fen": work_fen}


@pytest.mark.parametrize(("line", "place"), [(JobLine("机油", -1), 2), (off(1), 2)])
def test_only_a_discount_is_below_0_and_no_discount_above(workshop: Workshop, line: JobLine, place: int) -> None:
    with pytest.raises(LineAmount) as refused:
        workshop.open(OIL, line, OIL)
    assert refused.value.details == {"line": place}


def test_a_discount_alone_is_no_work_to_agree_to(workshop: Workshop) -> None:
    ro_id = workshop.open(off(0))
    with pytest.raises(NothingToDo):
        workshop.authorize(ro_id)
    assert workshop.shown(ro_id).stage is Stage.OPENED


@pytest.mark.parametrize("line", ["WORK', -1", "DISCOUNT', 1"])
def test_the_database_knows_the_same(workshop: Workshop, line: str) -> None:
    ro_id = workshop.open(OIL)
    adding = f"""
        INSERT INTO job_line (order_id, position, description, hours, pay_type, kind, amount_fen)
        VALUES (:ro_id, 2, '优惠', 0, 'CUSTOMER', '{line})
    """
    with pytest.raises(IntegrityError), workshop.database.transaction() as session:
        session.execute(text(adding), {"ro_id": ro_id})
