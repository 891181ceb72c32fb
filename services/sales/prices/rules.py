"""The arithmetic of a price, in whole fen, and when it needs another's word (C4, R42); pure.

A price is what the customer agreed to pay. What its lines come to above that is a discount on the whole, which each
line bears its part of; so the lines always sum up to it, on every screen and paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.money import yuan
from contracts.sales.lines import LineAsked, LineKind, PriceLine
from contracts.sales.policies import PriceLimits, VatRates
from services.sales.prices.errors import DiscountBeyondLines, LinesDiffer, ListPriceDiffers, OneCar, OwnPrice

OURS = (LineKind.CAR, LineKind.OPTION, LineKind.ACCESSORY, LineKind.SERVICE)
"""What we sell ourselves and may give for less; a premium or a fee is another's."""


class Given(NamedTuple):
    """What a price gives away: taken off its list prices, and gifts at their worth."""

    list_fen: int
    discount_fen: int
    gift_fen: int


def agreed(
    lines: Sequence[LineAsked], *, model: str, total_fen: int, rates: VatRates, listed_fen: int | None = None
) -> list[PriceLine]:
    """The lines at the agreed price; without any, the car is all of it, at what it costs by the list.

    Raises OneCar, ListPriceDiffers, DiscountBeyondLines, LinesDiffer.
    """
    asked = lines or [LineAsked(LineKind.CAR, model, total_fen if listed_fen is None else listed_fen)]
    cars = [line for line in asked if line.kind is LineKind.CAR]
    if len(cars) != 1:
        raise OneCar(field="lines")
    if listed_fen is not None and cars[0].list_fen != listed_fen:
        raise ListPriceDiffers(field="lines", listed_fen=listed_fen)
    own = [_own_discount(line) for line in asked]
    left = [line.list_fen - taken for line, taken in zip(asked, own, strict=True)]
    if sum(left) < total_fen:
        raise LinesDiffer(field="total_fen", lines=yuan(sum(left)), total=yuan(total_fen), lines_fen=sum(left))
    bears = [rest if line.kind in OURS else 0 for line, rest in zip(asked, left, strict=True)]
    whole = sum(left) - total_fen
    if whole > sum(bears):
        raise DiscountBeyondLines(field="total_fen", discount=yuan(whole), most=yuan(sum(bears)))
    parts = spread(whole, over=bears)
    return [
        _line(line, discount_fen=taken + part, rates=rates) for line, taken, part in zip(asked, own, parts, strict=True)
    ]


def _own_discount(line: LineAsked) -> int:
    if line.kind is LineKind.GIFT:
        return line.list_fen
    most = line.list_fen if line.kind in OURS else 0
    if line.discount_fen > most:
        raise DiscountBeyondLines(field="lines", discount=yuan(line.discount_fen), most=yuan(most))
    return line.discount_fen


def _line(line: LineAsked, *, discount_fen: int, rates: VatRates) -> PriceLine:
    amount_fen = line.list_fen - discount_fen
    vat_fen = contained(amount_fen, percent=_rate(line.kind, rates))
    return PriceLine(line.kind, line.description, line.list_fen, discount_fen, amount_fen, vat_fen)


def _rate(kind: LineKind, rates: VatRates) -> int:
    if kind is LineKind.SERVICE:
        return rates.services_percent
    return rates.goods_percent if kind in OURS else 0


def spread(amount: int, *, over: Sequence[int]) -> list[int]:
    """`amount` in whole parts as large as those of `over`; what is left of a part goes to the largest remainders.

    Of equal remainders the first has it. No part is more than what it is spread over, so `amount` is not more than
    their sum.
    """
    whole = sum(over)
    if not whole:
        return [0] * len(over)
    parts = [amount * one // whole for one in over]
    by_remainder = sorted(range(len(over)), key=lambda place: (-(amount * over[place] % whole), place))
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def contained(gross_fen: int, *, percent: int) -> int:
    """The tax in a price that contains it: the price less its net, which is rounded half up."""
    net = (gross_fen * 200 + 100 + percent) // (2 * (100 + percent))
    return gross_fen - net


def given(lines: Iterable[PriceLine]) -> Given:
    """What a price gives away."""
    listed = discount = gift = 0
    for line in lines:
        if line.kind is LineKind.GIFT:
            gift += line.list_fen
        else:
            listed += line.list_fen
            discount += line.discount_fen
    return Given(listed, discount, gift)


def is_beyond(gave: Given, *, limits: PriceLimits) -> bool:
    """True if somebody else must approve it."""
    return gave.discount_fen * 100 > gave.list_fen * limits.discount_percent or gave.gift_fen > limits.gift_fen


def require_another(decides: str, *, barred: Iterable[str]) -> None:
    """Raise OwnPrice if it is one of them who decides, whatever his role."""
    if decides in barred:
        raise OwnPrice
