"""What happens when records are made one and parted again, for the tests of customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from contracts.access import Reach, Scope
from contracts.customer.duplicates import DecidePair, PairDecided
from contracts.customer.events import CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.customer.merges import (
    DocumentTo,
    FieldChoice,
    MergeById,
    MergeCustomers,
    Merged,
    MergePreview,
    MergeShown,
    PreviewMerge,
    SplitCustomer,
    UndoMerge,
)
from contracts.envelope import Received, read
from services.customer.merging import queries
from services.customer.merging.usecases import joining, reviewing, splitting, undoing
from tests.integration.customer.conftest import NOW, Desk

AGENT = Scope(Reach.GROUP, ("HN",), "s-9", "cr_agent")

KEPT = {
    "customer": "SELECT * FROM customer WHERE id = ANY(:ids) ORDER BY id",
    "search_key": "SELECT * FROM search_key WHERE customer_id = ANY(:ids) ORDER BY kind, key, customer_id",
    "vehicle_party": "SELECT * FROM vehicle_party WHERE first_customer_id = ANY(:ids) ORDER BY 1, 2, 3",
    "timeline_entry": "SELECT * FROM timeline_entry WHERE customer_id = ANY(:ids) ORDER BY event_id, customer_id",
    "glance": "SELECT * FROM glance WHERE customer_id = ANY(:ids) ORDER BY customer_id",
    "relation": "SELECT * FROM relation WHERE customer_id = ANY(:ids) OR other_id = ANY(:ids) ORDER BY id",
    "consent": "SELECT * FROM consent WHERE customer_id = ANY(:ids) ORDER BY id",
    "document": "SELECT * FROM document WHERE customer_id = ANY(:ids) ORDER BY id",
}
"""Every row of customers, by table."""


def merge(desk: Desk, losers: Sequence[UUID], *, into: UUID | None = None, now: datetime = NOW, **asked: Any) -> Merged:
    """Merge by a human's word."""
    choices = [FieldChoice(name, one) for name, one in asked.pop("choices", {}).items()]
    request = MergeCustomers(list(losers), asked.pop("reason", "同一人"), into, choices, **asked)
    return desk.database.run(lambda session: joining.merge_customers(session, request, scope=AGENT, now=now))


def undo(desk: Desk, merge_id: UUID, *, documents: Sequence[DocumentTo] = (), now: datetime = NOW) -> None:
    """Undo a merge by a human's word."""
    request = UndoMerge(merge_id, "不是同一人", list(documents))
    desk.database.run(lambda session: undoing.undo(session, request, scope=AGENT, now=now))


def split(desk: Desk, customer_id: UUID, name: str, *, now: datetime = NOW, **listed: Any) -> UUID:
    """Split a record; the new customer."""
    request = SplitCustomer(customer_id, name, "两人合用电话", **listed)
    done = desk.database.run(lambda session: splitting.split(session, request, scope=AGENT, now=now))
    return done.new_id


def decide(desk: Desk, one: UUID, other: UUID, decision: Any, *, scope: Scope = AGENT, **asked: Any) -> PairDecided:
    """Decide a pair."""
    request = DecidePair(one, other, decision, "核对过", **asked)
    return desk.database.run(lambda session: reviewing.decide_pair(session, request, scope=scope, now=NOW))


def preview(desk: Desk, losers: Sequence[UUID], *, into: UUID | None = None) -> MergePreview:
    """What a merge would do."""
    return desk.database.read(lambda connection: queries.preview_merge(connection, PreviewMerge(list(losers), into)))


def state(desk: Desk, merge_id: UUID) -> MergeShown:
    """How far a merge is."""

    def ask(connection: Connection) -> MergeShown:
        return queries.merge_state(connection, MergeById(merge_id))

    shown: MergeShown = desk.database.read(ask)
    return shown


def everything(desk: Desk, ids: Sequence[UUID], *, without: tuple[str, ...] = ("version",)) -> dict[str, list[Any]]:
    """Every row of these customers. A record's version counts on: an ETag never comes back."""
    found = {name: desk.rows(query, ids=list(ids)) for name, query in KEPT.items()}
    for row in found["customer"]:
        for name in without:
            del row[name]
    return found


def told(desk: Desk, change_id: UUID) -> list[Received[Any]]:
    """The events that tell of a change, as they travel."""
    changes: tuple[Any, ...] = (CustomerMerged, CustomerUnmerged, CustomerSplit)
    names = [one.declaration.name for one in changes]
    rows = desk.rows(
        "SELECT envelope::text AS envelope FROM outbox WHERE event_type = ANY(:names) AND subject_id LIKE :change"
        " ORDER BY position",
        names=names,
        change=f"{change_id}/%",
    )
    return [read(row["envelope"]) for row in rows]
