"""Whose deal an order is: who wrote it, or the consultant of the store whom he names."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from contracts.sales import operations
from services.sales.orders.errors import ConsultantUnknown, OrderNotFound
from services.sales.prices.errors import OwnPrice
from tests.integration.sales.people import MODEL, PRICE, Showroom
from tests.integration.sales.test_pricing import CAR
from tests.support.randoms import code


def write(showroom: Showroom, consultant_id: str | None, *, role: str = "sales_manager") -> operations.Order:
    whose: dict[str, Any] = {"customer_id": uuid4(), "store_id": showroom.store, "consultant_id": consultant_id}
    written: operations.Order = showroom.do("create_order", role, **whose, model=MODEL, total_fen=PRICE)
    return written


def test_a_manager_writes_an_order_for_a_consultant_of_his_store_who_then_has_it(showroom: Showroom) -> None:
    his = code("C")
    showroom.employ(his)
    order = write(showroom, his)
    assert order.consultant_id == his
    assert showroom.price(order.order_id).created_by == "sales_manager"
    assert showroom.served_by(his).shown(order.order_id) == order
    with pytest.raises(OrderNotFound):
        showroom.shown(order.order_id)
    assert write(showroom, None).consultant_id == "sales_manager"


def test_who_left_works_elsewhere_or_is_no_consultant_is_credited_with_nothing(showroom: Showroom) -> None:
    left, far, clerk = code("C"), code("C"), code("C")
    showroom.employ(left)
    showroom.employ(left, active=False)
    showroom.of(code("S")).employ(far)
    showroom.employ(clerk, "finance")
    for one in (left, far, clerk, "nobody"):
        with pytest.raises(ConsultantUnknown) as refused:
            write(showroom, one)
        assert refused.value.details == {"field": "consultant_id", "consultant_id": one}
    assert showroom.page(role="sales_manager").items == []


def test_a_consultant_names_nobody_but_himself(showroom: Showroom) -> None:
    colleague = code("C")
    showroom.employ(colleague)
    with pytest.raises(ConsultantUnknown):
        write(showroom, colleague, role="consultant")
    assert write(showroom, "C1", role="consultant").consultant_id == "C1"


def test_who_is_credited_with_a_deal_does_not_approve_its_price_whoever_wrote_it(showroom: Showroom) -> None:
    """A manager who sells too: the order that another wrote for him is not for his word."""
    showroom.employ("sales_manager", "consultant", "sales_manager")
    order = showroom.offer(CAR, total_fen=PRICE // 2, role="general_manager", consultant_id="sales_manager")
    for role in ("sales_manager", "general_manager"):
        with pytest.raises(OwnPrice):
            showroom.do("approve_order", role, order_id=order.order_id)
