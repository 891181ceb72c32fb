"""Cars are chosen of a catalogue, at its list price; what was typed before stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.refusals import InvalidRequest, StaleVersion, StoreNotAllowed
from contracts.sales.catalogue import CarDefinition, ListCars
from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.operations import OrderStatus
from contracts.sales.quotes import QuoteStatus
from services.sales import catalogue
from services.sales.catalogue.errors import (
    CarDefined,
    DefinitionDiffers,
    DefinitionNotFound,
    DefinitionUnknown,
    DefinitionWithdrawn,
    PriceInPast,
    PriceOfGroup,
)
from services.sales.prices.errors import ListPriceDiffers
from tests.integration.sales.people import NOW, PRICE, Showroom
from tests.support.randoms import code, vin

TODAY = NOW.date()


def define(showroom: Showroom, *, model: str | None = None, **more: Any) -> CarDefinition:
    """A car that no other test knows."""
    told: dict[str, Any] = {"trim": "2.0T", "colour": "珍珠白", "model_year": 2026} | more
    made: CarDefinition = showroom.do("define_car", "sales_manager", model=model or code("M"), **told)
    return made


def price(showroom: Showroom, car: CarDefinition, fen: int | None, *, role: str = "sales_manager", **more: Any) -> Any:
    asked = {"definition_id": car.definition_id, "list_fen": fen, "store_id": showroom.store} | more
    return showroom.do("set_list_price", role, **asked)


def listed(showroom: Showroom, car: CarDefinition, *, days: int = 0, **asked: Any) -> list[CarDefinition]:
    """The car as the list shows it, so many days from now."""
    scope, now = showroom.scope("list_cars", "consultant"), NOW + timedelta(days=days)
    wanted = ListCars(**({"store_id": showroom.store} | asked))
    found = showroom.database.read(lambda reading: catalogue.queries.list_cars(reading, wanted, scope=scope, now=now))
    return [one for one in found.items if one.definition_id == car.definition_id]


def test_a_car_is_called_by_model_and_trim_and_listed_with_its_store_s_price_of_the_day(showroom: Showroom) -> None:
    car = define(showroom)
    assert car.name == f"{car.model} 2.0T"
    price(showroom, car, PRICE)
    price(showroom, car, PRICE - 1, from_day=TODAY + timedelta(days=3))
    (now,), (then,) = listed(showroom, car), listed(showroom, car, days=3)
    assert (now.list_fen, now.list_since, now.next_fen) == (PRICE, TODAY, PRICE - 1)
    assert (then.list_fen, then.list_since, then.next_fen) == (PRICE - 1, now.next_from, None)
    assert [one.list_fen for one in listed(showroom, car, store_id=None)] == [None]


def test_the_group_s_price_holds_in_a_store_without_one_and_comes_back_when_the_store_gives_its_own_up(
    showroom: Showroom,
) -> None:
    car = define(showroom)
    price(showroom, car, PRICE, role="leader", store_id=None)
    assert listed(showroom, car)[0].list_fen == PRICE
    price(showroom, car, PRICE - 5)
    assert (listed(showroom, car)[0].list_fen, listed(showroom, car, store_id=None)[0].list_fen) == (PRICE - 5, PRICE)
    price(showroom, car, None)
    assert listed(showroom, car)[0].list_fen == PRICE


def test_prices_of_the_past_of_the_group_and_of_other_stores_are_refused_to_who_may_not_set_them(
    showroom: Showroom,
) -> None:
    car = define(showroom)
    with pytest.raises(PriceInPast):
        price(showroom, car, PRICE, from_day=TODAY - timedelta(days=1))
    with pytest.raises(PriceOfGroup):
        price(showroom, car, PRICE, store_id=None)
    with pytest.raises(StoreNotAllowed):
        price(showroom, car, PRICE, store_id="XX")
    with pytest.raises(InvalidRequest):
        price(showroom, car, None, role="leader", store_id=None)
    with pytest.raises(DefinitionNotFound):
        showroom.do("set_list_price", "leader", definition_id=uuid4(), list_fen=1)
    assert listed(showroom, car)[0].list_fen is None


def test_the_same_car_is_there_once_whoever_puts_it_in_at_the_same_time(showroom: Showroom) -> None:
    model = code("M")

    def put(_: int) -> bool:
        try:
            define(showroom, model=model)
        except CarDefined:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(put, range(4))].count(True) == 1
    with pytest.raises(CarDefined):
        define(showroom, model=model.lower())
    define(showroom, model=model, colour="黑")
    define(showroom, model=model, model_year=None)


def test_what_is_withdrawn_is_offered_no_more_and_stays_what_was_ordered_as_it(showroom: Showroom) -> None:
    car = define(showroom)
    named: dict[str, Any] = {"model": car.name, "definition_id": car.definition_id}
    order = showroom.offer(total_fen=PRICE, **named)
    with pytest.raises(StaleVersion):
        showroom.do("withdraw_car", "sales_planner", definition_id=car.definition_id, expected_version=9)
    gone = showroom.do("withdraw_car", "sales_planner", definition_id=car.definition_id, expected_version=1)
    assert gone.withdrawn_at == NOW
    assert (listed(showroom, car), len(listed(showroom, car, withdrawn=True))) == ([], 1)
    with pytest.raises(DefinitionUnknown):
        showroom.offer(total_fen=PRICE, **named)
    for again in (lambda: price(showroom, car, 1), lambda: showroom.do("withdraw_car", "leader", **only_id(car))):
        with pytest.raises(DefinitionWithdrawn):
            again()
    assert showroom.shown(order.order_id).definition_id == car.definition_id
    assert define(showroom, model=car.model).name == car.name


def only_id(car: CarDefinition) -> dict[str, Any]:
    return {"definition_id": car.definition_id}


def test_order_quote_and_vehicle_say_which_car_they_are_and_in_which_colour(showroom: Showroom) -> None:
    car = define(showroom)
    named: dict[str, Any] = {"model": car.name, "definition_id": car.definition_id}
    order = showroom.offer(total_fen=PRICE, **named)
    assert (order.model, order.definition_id, order.colour) == (car.name, car.definition_id, "珍珠白")
    assert showroom.sheet(order.order_id).colour == "珍珠白"
    quote = showroom.quote(**named)
    assert (quote.model, quote.definition_id, quote.colour) == (car.name, car.definition_id, "珍珠白")
    showroom.do("present_quote", "consultant", quote_id=quote.quote_id)
    taken = showroom.do("accept_quote", "consultant", quote_id=quote.quote_id)
    assert (taken.definition_id, taken.colour) == (car.definition_id, "珍珠白")
    expected = showroom.expect(**named)
    assert (expected.definition_id, expected.colour) == (car.definition_id, "珍珠白")
    for which, colour in (("no such car", ""), (car.name, "珍珠白")):
        with pytest.raises((DefinitionUnknown, DefinitionDiffers)):
            showroom.offer(total_fen=PRICE, model=which, definition_id=uuid4() if colour else car.definition_id)


def test_a_vehicle_that_comes_is_what_it_was_announced_as_unless_it_is_said_to_be_another(showroom: Showroom) -> None:
    white, black = define(showroom), define(showroom, colour="黑", model=code("M"))
    told: dict[str, Any] = {"model": white.name, "definition_id": white.definition_id}

    def arrived(**said: Any) -> Any:
        expected = showroom.expect(**told)
        asked: dict[str, Any] = {"vin": vin(), "store_id": showroom.store, "stock_id": expected.stock_id} | said
        return showroom.do("receive_stock", "sales_planner", **asked)

    same, other = arrived(model=white.name), arrived(model=black.name, definition_id=black.definition_id)
    typed = arrived(model="别的车")
    assert [(one.definition_id, one.colour) for one in (same, other, typed)] == [
        (white.definition_id, "珍珠白"),
        (black.definition_id, "黑"),
        (None, ""),
    ]


def test_a_discount_cannot_hide_in_a_list_price_that_somebody_typed(showroom: Showroom) -> None:
    """While there was no catalogue, who typed a lower list price gave a discount that no limit saw."""
    car = define(showroom)
    price(showroom, car, PRICE)
    named: dict[str, Any] = {"model": car.name, "definition_id": car.definition_id}
    low = LineAsked(LineKind.CAR, car.name, PRICE // 2)
    with pytest.raises(ListPriceDiffers):
        showroom.offer(low, total_fen=PRICE // 2, **named)
    assert showroom.offer(total_fen=PRICE // 2, **named).status is OrderStatus.APPROVAL_PENDING
    assert showroom.quote(total_fen=PRICE // 2, **named).status is QuoteStatus.APPROVAL_PENDING
    assert showroom.offer(total_fen=PRICE, **named).discount_fen == 0


@pytest.mark.parametrize("wording", [str, str.lower, lambda name: f" {name.replace(' ', '')} "], ids=[0, 1, 2])
def test_a_car_that_is_named_by_its_words_alone_stands_at_its_list_price_too(
    showroom: Showroom, wording: Callable[[str], str]
) -> None:
    """A defect: who left `definition_id` out gave any discount without anybody's word."""
    car = define(showroom)
    price(showroom, car, PRICE)
    words: dict[str, Any] = {"model": wording(car.name)}
    order = showroom.offer(total_fen=PRICE // 2, **words)
    assert (order.status, order.model, order.discount_fen) == (OrderStatus.APPROVAL_PENDING, car.name, PRICE // 2)
    assert showroom.quote(total_fen=PRICE // 2, **words).status is QuoteStatus.APPROVAL_PENDING
    low = LineAsked(LineKind.CAR, car.name, PRICE // 2)
    draft = showroom.offer(total_fen=PRICE, draft=True, **words)
    for typed in (
        lambda: showroom.offer(low, total_fen=PRICE // 2, **words),
        lambda: showroom.quote(low, total_fen=PRICE // 2, **words),
        lambda: showroom.do(
            "price_order", "consultant", order_id=draft.order_id, total_fen=PRICE // 2, lines=[low], **words
        ),
        lambda: showroom.amend(showroom.offer(total_fen=PRICE, **words).order_id, PRICE // 2, low),
    ):
        with pytest.raises(ListPriceDiffers):
            typed()
    assert showroom.offer(total_fen=PRICE, **words).status is OrderStatus.APPROVED


def test_of_several_cars_of_one_name_the_dearest_price_holds_until_one_of_them_is_chosen(showroom: Showroom) -> None:
    cheap = define(showroom)
    dear = define(showroom, model=cheap.model, colour="黑")
    price(showroom, cheap, PRICE // 2)
    price(showroom, dear, PRICE)
    assert showroom.offer(total_fen=PRICE // 2, model=cheap.name).status is OrderStatus.APPROVAL_PENDING
    chosen = showroom.offer(total_fen=PRICE // 2, model=cheap.name, definition_id=cheap.definition_id)
    assert (chosen.status, chosen.definition_id) == (OrderStatus.APPROVED, cheap.definition_id)


def test_what_is_left_of_a_car_that_was_withdrawn_is_sold_by_its_last_list_price(showroom: Showroom) -> None:
    car = define(showroom)
    price(showroom, car, PRICE)
    showroom.do("withdraw_car", "sales_planner", **only_id(car))
    assert showroom.offer(total_fen=PRICE // 2, model=car.name).status is OrderStatus.APPROVAL_PENDING
    put_in_anew = define(showroom, model=car.model)
    price(showroom, put_in_anew, PRICE // 2)
    assert showroom.offer(total_fen=PRICE // 2, model=car.name).status is OrderStatus.APPROVED


def test_a_name_that_was_typed_otherwise_is_the_same_car(showroom: Showroom) -> None:
    """A defect: `M1` and `m1` were two cars, each with a price and a queue of its own."""
    car = define(showroom, trim="Sport", colour="White")
    for model, trim, colour in ((car.model.lower(), "SPORT", "white"), (f"{car.model} sport", "", "White")):
        with pytest.raises(CarDefined):
            define(showroom, model=model, trim=trim, colour=colour)
    other = define(showroom, model=car.model.lower(), trim="sport", colour="Black")
    assert other.name == car.name, "and another colour of it is called as it is"
    order = showroom.offer(total_fen=PRICE, model=car.name.lower(), definition_id=car.definition_id)
    arrived = showroom.do("receive_stock", "sales_planner", vin=vin(), model=car.name.upper(), store_id=showroom.store)
    assert (order.model, arrived.model) == (car.name, car.name)


def test_an_amendment_keeps_the_list_price_that_the_car_was_ordered_at(showroom: Showroom) -> None:
    car = define(showroom)
    price(showroom, car, PRICE)
    order = showroom.offer(total_fen=PRICE, model=car.name, definition_id=car.definition_id)
    price(showroom, car, PRICE * 2)
    mats = LineAsked(LineKind.ACCESSORY, "脚垫", 99_900)
    with pytest.raises(ListPriceDiffers):
        showroom.amend(order.order_id, PRICE, LineAsked(LineKind.CAR, car.name, PRICE * 2), mats)
    amended = showroom.amend(order.order_id, PRICE + 99_900, LineAsked(LineKind.CAR, car.name, PRICE), mats)
    assert (amended.total_fen, amended.definition_id) == (PRICE + 99_900, car.definition_id)


def test_words_that_were_typed_go_on_without_the_catalogue(showroom: Showroom) -> None:
    order = showroom.shown(showroom.write())
    assert (order.definition_id, order.colour) == (None, "")
    assert showroom.sheet(order.order_id).colour == ""
