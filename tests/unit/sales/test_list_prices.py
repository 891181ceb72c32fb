"""Which list price holds on a day: the store's before the group's, the newest that has begun; and which is next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.sales.lines import LineAsked, LineKind
from contracts.sales.policies import VatRates
from services.sales.catalogue.rules import GROUP, Dated, Holding, following, holding
from services.sales.prices.errors import LinesDiffer, ListPriceDiffers
from services.sales.prices.rules import agreed, given

DAY = date(2026, 12, 1)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
OLD, NEW = Dated(GROUP, date(2026, 1, 1), 100), Dated(GROUP, DAY, 90)


@pytest.mark.parametrize(("on", "price"), [(BEFORE, 100), (DAY, 90), (AFTER, 90)])
def test_a_price_holds_from_its_day_on(on: date, price: int) -> None:
    found = holding([NEW, OLD], store_id="HN", on=on)
    assert found is not None and found.list_fen == price


def test_before_the_first_nobody_has_said_what_it_costs() -> None:
    assert holding([NEW], store_id="HN", on=BEFORE) is None
    assert following([NEW], store_id="HN", on=BEFORE) == Holding(90, DAY)


def test_a_store_s_own_price_goes_before_a_newer_one_of_the_group_until_it_is_given_back() -> None:
    own, back = Dated("HN", date(2026, 6, 1), 95), Dated("HN", AFTER, None)
    prices = [own, NEW, OLD, back]
    assert [holding(prices, store_id="HN", on=on) for on in (DAY, AFTER)] == [
        Holding(95, own.from_day),
        Holding(90, DAY),
    ]
    assert holding(prices, store_id="BA", on=DAY) == Holding(90, DAY)
    assert following(prices, store_id="HN", on=DAY) == Holding(90, AFTER)


def test_what_changes_nothing_is_no_next_price() -> None:
    same = Dated(GROUP, AFTER, 90)
    assert following([NEW, same], store_id="HN", on=DAY) is None
    assert following([], store_id="HN", on=DAY) is None


RATES = VatRates(13, 6)


def test_without_lines_a_car_of_the_catalogue_stands_at_its_list_price_and_what_it_costs_less_is_a_discount() -> None:
    (car,) = agreed([], model="GL8", total_fen=9_000, rates=RATES, listed_fen=10_000)
    assert (car.list_fen, car.discount_fen, car.amount_fen) == (10_000, 1_000, 9_000)
    assert given([car]).discount_fen == 1_000


@pytest.mark.parametrize("typed", [9_999, 10_001])
def test_a_list_price_that_is_typed_otherwise_is_refused_for_it_would_hide_a_discount(typed: int) -> None:
    with pytest.raises(ListPriceDiffers) as refused:
        agreed([LineAsked(LineKind.CAR, "GL8", typed)], model="GL8", total_fen=9_000, rates=RATES, listed_fen=10_000)
    assert refused.value.details == {"field": "lines", "listed_fen": 10_000}


def test_more_than_its_list_price_a_car_does_not_cost_by_itself() -> None:
    with pytest.raises(LinesDiffer):
        agreed([], model="GL8", total_fen=10_001, rates=RATES, listed_fen=10_000)
