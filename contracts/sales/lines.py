"""Lines of a price: as they are asked for, and as they were agreed; in whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from contracts.fields import Fen, PriceFen
from contracts.shapes import Between, Many, Text

Total = Annotated[int, Between(1, 10**12)]
"""What the customer agreed to pay, in fen."""


class LineKind(StrEnum):
    """What a line of a price is for. A gift costs nothing; its list price is what it is worth."""

    CAR = "car"
    OPTION = "option"
    ACCESSORY = "accessory"
    SERVICE = "service"
    INSURANCE = "insurance"
    FEE = "fee"
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class LineAsked:
    """A line at its list price, with what is taken off this one."""

    kind: LineKind
    description: Annotated[str, Text(1, 200)]
    list_fen: Fen
    discount_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line as it was agreed: `discount_fen` has its part of the discount on the whole, `vat_fen` is contained."""

    kind: LineKind
    description: str
    list_fen: PriceFen
    discount_fen: PriceFen
    amount_fen: PriceFen
    vat_fen: PriceFen


Lines = Annotated[list[LineAsked], Many(60)]

PRICED = ("LINES_DIFFER", "DISCOUNT_BEYOND_LINES", "ONE_CAR", "LIST_PRICE_DIFFERS")
"""What may be refused of a price."""
