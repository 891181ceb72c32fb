"""The board and the lists of repair orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from chassis.process.clock import LOCAL
from contracts.workshop.operations import ListRepairOrders, Stage
from services.workshop.repair_orders.queries import list_repair_orders
from tests.integration.workshop.people import NOW, OIL, PROMISE, WINDOW, Workshop


def board(workshop: Workshop, **asked: Any) -> list[UUID]:
    return [order.ro_id for order in workshop.page(**asked).items]


def test_the_board_shows_open_orders_with_the_oldest_promise_first(workshop: Workshop) -> None:
    unpromised = workshop.open(OIL)
    late, early, gone = workshop.open(OIL), workshop.open(OIL), workshop.ready(OIL)
    workshop.authorize(late, promised_at=PROMISE + timedelta(hours=1))
    workshop.authorize(early, promised_at=PROMISE - timedelta(hours=1))
    workshop.settle(gone)
    assert board(workshop) == [early, gone, late, unpromised]
    workshop.give_back(gone)
    assert board(workshop) == [early, late, unpromised]


def test_a_list_can_be_of_one_stage_or_one_vehicle(workshop: Workshop) -> None:
    opened, vehicle = workshop.open(OIL), uuid4()
    authorized = workshop.open(OIL, vehicle=vehicle)
    workshop.authorize(authorized)
    assert board(workshop, stage=Stage.OPENED) == [opened]
    assert board(workshop, stage=Stage.AUTHORIZED) == [authorized]
    assert board(workshop, stage=Stage.QC) == []
    assert board(workshop, vehicle_id=vehicle) == [authorized]
    assert board(workshop, vehicle_id=uuid4()) == []


def test_returned_vehicles_are_listed_newest_first(workshop: Workshop) -> None:
    first, second = workshop.ready(OIL), workshop.ready(OIL)
    for hours, ro_id in enumerate((second, first)):
        workshop.settle(ro_id)
        workshop.give_back(ro_id, now=NOW + timedelta(hours=hours))
    assert board(workshop, stage=Stage.RETURNED) == [first, second]
    assert board(workshop) == []


def test_of_a_customer_all_are_listed_newest_first_or_those_of_a_stage(workshop: Workshop) -> None:
    customer = uuid4()
    back = workshop.ready(OIL, customer=customer)
    workshop.settle(back)
    workshop.give_back(back)
    opened = workshop.open(OIL, customer=customer, now=NOW + timedelta(days=1))
    workshop.open(OIL)
    assert board(workshop, customer_id=customer) == [opened, back]
    assert board(workshop, customer_id=customer, stage=Stage.RETURNED) == [back]
    assert board(workshop, customer_id=customer, stage=Stage.OPENED) == [opened]
    assert board(workshop, customer_id=uuid4()) == []


def test_pages_of_the_board_cover_it_once(workshop: Workshop) -> None:
    opened = {workshop.open(OIL) for _ in range(5)}
    pages = [workshop.page(page=page, size=2) for page in (1, 2, 3, 4)]
    assert [len(page.items) for page in pages] == [2, 2, 1, 0]
    assert [order.ro_id for page in pages for order in page.items] == board(workshop)
    assert set(board(workshop)) == opened
    assert {(page.total, page.size) for page in pages} == {(5, 2)}


def test_a_long_board_costs_no_more_statements_than_a_short_one(workshop: Workshop) -> None:
    def statements() -> int:
        seen: list[str] = []
        scope = workshop.scope("list_repair_orders", "advisor")
        with workshop.database.reading() as reading:
            event.listen(reading, "before_cursor_execute", lambda *told: seen.append(told[2]))
            list_repair_orders(reading, ListRepairOrders(), scope=scope)
        return len(seen)

    workshop.open(OIL, WINDOW)
    short = statements()
    for _ in range(5):
        workshop.open(OIL, WINDOW)
    assert statements() == short == 3


def test_moments_are_shown_in_the_stores_zone(workshop: Workshop) -> None:
    shown_at = workshop.shown(workshop.open(OIL)).opened_at
    assert (shown_at, shown_at.utcoffset()) == (NOW, datetime.now(LOCAL).utcoffset())
