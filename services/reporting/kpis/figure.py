"""What a figure is: what is counted over the facts of a month, and what is made of the counts (C18, R60); pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from contracts.reporting.operations import Unit


@dataclass(frozen=True, slots=True)
class Count:
    """One SQL aggregate over the columns of a table of facts (`models.py`), of the rows for which `where` holds.

    It is a whole number, 0 where there are no rows. Figures that name the same count share it.
    """

    facts: str
    aggregate: str
    where: str = "true"


def number_of(facts: str, *, where: str = "true") -> Count:
    """How many facts there are."""
    return Count(facts, "count(*)", where)


def sum_of(facts: str, column: str, *, where: str = "true") -> Count:
    """The sum of a column of whole numbers."""
    return Count(facts, f"sum({column})", where)


def itself(*, counted: int) -> int:
    """What was counted is the figure."""
    return counted


def percentage(*, part: int, whole: int) -> Decimal | None:
    """How much of the whole, from 0.0 to 100.0 per cent, half up; None of nothing (R60)."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One figure: its code, its names, and what it is a number of.

    `made` gets the `counts` by their names. It gives a whole number for things and fen, a rounded `Decimal` for
    anything else, and None where it would divide by nothing.
    """

    code: str
    zh: str
    en: str
    unit: Unit
    counts: Mapping[str, Count]
    made: Callable[..., int | Decimal | None] = itself
