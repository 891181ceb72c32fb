"""Saved views of lists: each person's own, and none that its list would refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from chassis.store import turns
from contracts import shapes
from contracts.access import Actor, matrix
from contracts.fields import Nothing
from contracts.gateway.views import ListWithViews, MyViews, SavedView, SaveViews, ViewsOfList
from contracts.operation import OPERATIONS
from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from gateway.models import ViewsKept

NO_PART = frozenset(("page", "size", "after", "store_id", "customer_id", "vehicle_id"))
"""Of a list's request: where somebody is in it, or in the group; and one customer's rows are no view of it."""


def my_views(connection: Connection, asked: Nothing, *, actor: Actor) -> MyViews:
    """Those of lists that he may see, without what a list no longer knows."""
    del asked
    columns = ViewsKept.__table__.c
    rows = connection.execute(select(*columns).where(columns.staff_code == actor.staff_id).order_by(columns.of))
    return MyViews([_shown(row.of, row.views, row.version) for row in rows if _may_see(row.of, actor)])


def save_views(session: Session, asked: SaveViews, *, actor: Actor, now: datetime) -> ViewsOfList:
    """Put these in the place of those he had. Raises OperationNotAllowed, InvalidRequest, StaleVersion."""
    matrix().scope(asked.of, actor)
    if wrong := _wrong(asked):
        raise InvalidRequest(errors={"views": wrong})
    turns.take(session, "views", [actor.staff_id])
    kept = session.get(ViewsKept, (actor.staff_id, asked.of))
    if kept is None:
        kept = ViewsKept.none_yet(staff_code=actor.staff_id, of=asked.of)
        session.add(kept)
    kept.require_version(asked.expected_version)
    kept.replace(asked.views, now=now)
    return _shown(kept.of, kept.views, kept.version)


def _may_see(of: str, actor: Actor) -> bool:
    return of in set(ListWithViews) and not matrix().operations[of].keys().isdisjoint(actor.roles)


def _shown(of: str, views: list[Any], version: int) -> ViewsOfList:
    known = [SavedView(view["name"], view["asked"]) for view in views]
    return ViewsOfList(ListWithViews(of), [view for view in known if not complaints(of, view.asked)], version)


def _wrong(asked: SaveViews) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    names = [view.name.strip() for view in asked.views]
    for place, view in enumerate(asked.views):
        if names[place] in names[:place]:
            wrong[str(place)] = {"name": [Saying.VIEW_TWICE()]}
        elif told := complaints(asked.of, view.asked):
            wrong[str(place)] = {"asked": told}
    return wrong


def complaints(of: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Why a view cannot hold this: what its list would say, and what is no part of a view."""
    if strange := NO_PART & asked.keys():
        return {name: [Saying.NO_PART_OF_A_VIEW()] for name in sorted(strange)}
    try:
        shapes.load(OPERATIONS[of].request, asked)
    except shapes.InvalidShape as error:
        return error.errors
    return {}
