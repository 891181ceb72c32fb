"""Saved views: under a name of one's own, what a list was filtered and sorted by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from contracts.fields import Nothing, Version
from contracts.operation import command, query
from contracts.shapes import Many, Text

MOST_VIEWS = 20
"""Of one list to one person."""


class ListWithViews(StrEnum):
    """The lists that people keep views of, by their operation."""

    ORDERS = "sales.list_orders"
    STOCK = "sales.list_stock"
    REPAIR_ORDERS = "workshop.list_repair_orders"
    VISITS = "followup.worklist"
    DUPLICATES = "customer.list_duplicates"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view: `asked` is the part of the list's request that says which rows, in which order.

    The store is the one somebody is in when he opens it; a page, or one customer or vehicle, is no view.
    """

    name: Annotated[str, Text(1, 40)]
    asked: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ViewsOfList:
    """My views of a list, in my order."""

    of: ListWithViews
    views: list[SavedView]
    version: int


@dataclass(frozen=True, slots=True)
class MyViews:
    """My views of those lists that I may see; one that its list would refuse by now is not told."""

    items: list[ViewsOfList] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SaveViews:
    """My views of a list are these from now on, in this order."""

    of: ListWithViews
    views: Annotated[list[SavedView], Many(MOST_VIEWS)]
    expected_version: Version | None = None


my_views = query("gateway.my_views", Nothing, MyViews, summary="My saved views")
save_views = command("gateway.save_views", SaveViews, ViewsOfList, summary="Save my views of a list")
