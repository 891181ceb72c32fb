"""What a price is made of: the lines always sum up to it, to the fen; when it needs another's word."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.sales.lines import LineAsked, LineKind, PriceLine
from contracts.sales.policies import PriceLimits, VatRates
from services.sales.prices import rules
from services.sales.prices.errors import DiscountBeyondLines, LinesDiffer, OneCar, OwnPrice
from services.sales.prices.rules import Given
from tests.support.examples import examples

RATES = VatRates()
CAR = LineAsked(LineKind.CAR, "雅阁 2.0L", 18_680_000)
MATS = LineAsked(LineKind.ACCESSORY, "脚垫", 9_999)
PLATE = LineAsked(LineKind.FEE, "上牌费", 167)
COVER = LineAsked(LineKind.INSURANCE, "交强险", 95_000)
FILM = LineAsked(LineKind.GIFT, "贴膜", 150_000)


def agreed(*lines: LineAsked, total_fen: int) -> list[PriceLine]:
    return rules.agreed(lines, model="雅阁 2.0L", total_fen=total_fen, rates=RATES)


def test_a_price_without_lines_is_the_car_s() -> None:
    (car,) = agreed(total_fen=18_680_000)
    assert car == PriceLine(LineKind.CAR, "雅阁 2.0L", 18_680_000, 0, 18_680_000, 2_149_027)


def test_tax_is_what_the_price_holds_above_its_net() -> None:
    """5.6: 186 800.00 with 13 %: 21 490.27, where 13 % of the net would give a fen less."""
    assert rules.contained(18_680_000, percent=13) == 2_149_027
    assert round(165_309.73 * 0.13, 2) == 21_490.26


@given(gross=st.integers(0, 10**12), percent=st.integers(0, 30))
def test_tax_and_net_are_the_price_and_the_net_is_rounded_half_up(gross: int, percent: int) -> None:
    net = Decimal(gross) / (1 + Decimal(percent) / 100)
    assert gross - rules.contained(gross, percent=percent) == int(net.quantize(Decimal(1), ROUND_HALF_UP))


def test_what_is_collected_for_others_holds_no_tax_of_ours_and_a_service_holds_its_own() -> None:
    wash = LineAsked(LineKind.SERVICE, "美容", 10_600)
    lines = agreed(CAR, PLATE, COVER, FILM, wash, total_fen=18_680_000 + 167 + 95_000 + 10_600)
    assert [line.vat_fen for line in lines] == [2_149_027, 0, 0, 0, 600]


def test_a_gift_costs_nothing_and_is_worth_its_list_price() -> None:
    lines = agreed(CAR, FILM, total_fen=18_680_000)
    assert (lines[1].amount_fen, lines[1].discount_fen) == (0, 150_000)
    assert rules.given(lines) == Given(list_fen=18_680_000, discount_fen=0, gift_fen=150_000)


def test_a_discount_on_the_whole_is_borne_by_what_is_ours_in_whole_fen() -> None:
    lines = agreed(CAR, MATS, PLATE, COVER, total_fen=18_680_000 + 9_999 + 167 + 95_000 - 100_001)
    assert [line.discount_fen for line in lines] == [99_948, 53, 0, 0]
    assert sum(line.amount_fen for line in lines) == 18_685_165


def test_a_line_s_own_discount_is_its_own_and_only_the_rest_is_spread() -> None:
    car = LineAsked(LineKind.CAR, "雅阁", 300, discount_fen=100)
    mats = LineAsked(LineKind.ACCESSORY, "脚垫", 100)
    assert [line.discount_fen for line in agreed(car, mats, total_fen=297)] == [102, 1]


def test_all_taken_off_leaves_nothing_and_nothing_taken_off_leaves_all() -> None:
    """5.4: a hundred percent on two lines leaves 0.01 elsewhere, and none makes −0.01."""
    free = LineAsked(LineKind.OPTION, "天窗", 3, discount_fen=3)
    lines = agreed(LineAsked(LineKind.CAR, "雅阁", 1), free, free, total_fen=1)
    assert [line.amount_fen for line in lines] == [1, 0, 0]


@pytest.mark.parametrize("lines", [(MATS,), (CAR, CAR), (FILM,)])
def test_a_price_is_for_one_car(lines: tuple[LineAsked, ...]) -> None:
    with pytest.raises(OneCar):
        agreed(*lines, total_fen=1)


def test_lines_that_come_to_less_than_was_agreed_are_refused_with_both() -> None:
    assert agreed(CAR, PLATE, total_fen=18_680_167)
    with pytest.raises(LinesDiffer) as refused:
        agreed(CAR, PLATE, total_fen=18_680_168)
    assert (refused.value.details["lines"], refused.value.details["total"]) == ("186,801.67", "186,801.68")


def test_nothing_is_taken_off_what_is_not_ours() -> None:
    with pytest.raises(DiscountBeyondLines):
        agreed(LineAsked(LineKind.CAR, "雅阁", 100), COVER, total_fen=94_999)
    assert agreed(LineAsked(LineKind.CAR, "雅阁", 100), COVER, total_fen=95_000)[0].amount_fen == 0
    with pytest.raises(DiscountBeyondLines):
        agreed(CAR, LineAsked(LineKind.FEE, "上牌费", 167, discount_fen=1), total_fen=18_680_166)


def test_no_line_gives_more_than_it_has() -> None:
    with pytest.raises(DiscountBeyondLines):
        agreed(LineAsked(LineKind.CAR, "雅阁", 100, discount_fen=101), MATS, total_fen=1)


@settings(max_examples=examples(200))
@given(over=st.lists(st.integers(0, 10**7), min_size=1, max_size=12), data=st.data())
def test_spread_sums_up_and_no_part_is_a_fen_from_its_share(over: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(over)))
    parts = rules.spread(amount, over=over)
    assert sum(parts) == amount
    for part, one in zip(parts, over, strict=True):
        assert 0 <= part <= one
        assert abs(part * sum(over) - amount * one) < max(sum(over), 1)


def test_of_equal_remainders_the_first_bears_the_fen() -> None:
    assert rules.spread(2, over=[1, 1, 1]) == [1, 1, 0]
    assert rules.spread(0, over=[0, 0]) == [0, 0]


@settings(max_examples=examples(200))
@given(
    lines=st.lists(
        st.builds(
            LineAsked,
            kind=st.sampled_from([kind for kind in LineKind if kind is not LineKind.CAR]),
            description=st.just("x"),
            list_fen=st.integers(0, 300),
        ),
        max_size=8,
    ),
    car_fen=st.integers(1, 300),
    data=st.data(),
)
def test_whatever_was_agreed_the_lines_sum_up_to_it(lines: list[LineAsked], car_fen: int, data: st.DataObject) -> None:
    """5.4."""
    listed = car_fen + sum(line.list_fen for line in lines if line.kind is not LineKind.GIFT)
    total = data.draw(st.integers(1, listed))
    try:
        priced = agreed(LineAsked(LineKind.CAR, "雅阁", car_fen), *lines, total_fen=total)
    except DiscountBeyondLines:
        others = sum(line.list_fen for line in lines if line.kind in (LineKind.FEE, LineKind.INSURANCE))
        assert total < others
        return
    assert sum(line.amount_fen for line in priced) == total
    assert all(line.list_fen - line.discount_fen == line.amount_fen >= 0 for line in priced)
    assert rules.given(priced).discount_fen == listed - total


LIMITS = PriceLimits(discount_percent=3, gift_fen=200_000)


@pytest.mark.parametrize(
    ("gave", "beyond"),
    [
        (Given(1_000_000, 0, 0), False),
        (Given(1_000_000, 29_999, 199_999), False),
        (Given(1_000_000, 30_000, 200_000), False),
        (Given(1_000_000, 30_001, 0), True),
        (Given(1_000_000, 0, 200_001), True),
        (Given(33, 1, 0), True),  # a fen of 33 is more than three percent
        (Given(34, 1, 0), False),
    ],
)
def test_at_below_and_above_what_may_be_given_without_another_s_word(gave: Given, beyond: bool) -> None:
    assert rules.is_beyond(gave, limits=LIMITS) is beyond


def test_who_wrote_it_changed_it_or_is_credited_with_it_does_not_decide() -> None:
    barred = ("M1", "M2", "C1")
    for one in barred:
        with pytest.raises(OwnPrice):
            rules.require_another(one, barred=barred)
    rules.require_another("M3", barred=barred)
