"""What the reporting service can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from contracts.fields import StoreId
from contracts.operation import query
from contracts.shapes import Text


class Unit(StrEnum):
    """What a figure is a number of: things or fen, which are whole numbers, points of an index, or per cent."""

    COUNT = "count"
    FEN = "fen"
    POINTS = "points"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """A month, `2026-11`, and one store or all of the caller's scope."""

    month: Annotated[str, Text(7, 7)]
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure: its code, what people call it, and what it is a number of (R60)."""

    code: str
    zh: str
    en: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class StoreMonth:
    """A store's month: its figures by their codes.

    A whole number of things or fen, otherwise a number as text, `"850.0"`; null where nothing was divided (R60).
    """

    store_id: StoreId
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """The month's figures by store and in sum, and what each of them is; `as_of` is the newest fact they hold (R34)."""

    month: str
    as_of: datetime | None
    definitions: list[Definition]
    stores: list[StoreMonth]
    total: StoreMonth


month_figures = query(
    "reporting.month_figures",
    MonthAsked,
    MonthFigures,
    refuses=("MONTH_INVALID",),
    summary="The figures of a month, by store and in sum",
)
