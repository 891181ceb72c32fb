"""Merging: records of one customer become one, and nothing is lost on the way (E8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from chassis.customers import rekeying
from chassis.process import metrics
from chassis.store.outbox import Fact, record_all
from chassis.store.rows import insert_all
from contracts.access import Scope
from contracts.customer import events
from contracts.customer.events import DocumentMoved, LivesOn
from contracts.customer.merges import MergeCustomers, Merged
from contracts.envelope import Received
from contracts.refusals import StaleVersion
from services.customer.folder.usecases.consents import restrict_after_merge
from services.customer.merging.errors import FieldChoiceInvalid, MergeCycle, NothingToMerge
from services.customer.merging.models import Merge, MergeStep
from services.customer.merging.rules import CHOOSABLE, Collapsed, Standing, lives_on, survivor_of, united
from services.customer.record.errors import CustomerErased, CustomerMerged, CustomerNotFound
from services.customer.record.rules.record import ERASED, Changed, Record
from services.customer.record.sealing import key_beside, record_of
from services.customer.record.usecases import pairs
from services.customer.record.usecases.identifying import lock
from services.customer.record.usecases.records import MERGING, Edit, update_records
from services.customer.record.usecases.subject_keys import keys_of
from services.customer.vehicles.models import PARTY
from services.customer.view.usecases import folding

IN_ONE_EVENT = 300
"""Records one event tells of; a merge of more comes in parts."""

HUMAN, BY_ID, BY_EVIDENCE = "human", "id", "evidence"
"""What decided a merge."""

HOLDINGS = (
    rekeying.Holding(
        table="vehicle_party",
        key=("vehicle_id", "first_customer_id", "role"),
        document_type=f"'{PARTY}'",
        document_id="t.vehicle_id::text || ':' || t.first_customer_id::text",
        found_by="t.vehicle_id = CAST(split_part(l.document_id, ':', 1) AS uuid)"
        " AND t.first_customer_id = CAST(split_part(l.document_id, ':', 2) AS uuid)",
        types=(PARTY,),
    ),
    *(
        rekeying.Holding(
            table=table, key=("id",), document_type="''", document_id="t.id::text", found_by="false", types=("",)
        )
        for table in ("consent", "document", "privacy_request")
    ),
)
"""What belongs to customers in this service beside their records; the timeline finds merged ones by itself."""

_GROUP = text(
    f"""
    SELECT c.*, {key_beside("c.id")}, g.sold_at IS NOT NULL AS owns_delivered
      FROM customer c LEFT JOIN glance g ON g.customer_id = c.id
     WHERE c.id = ANY(CAST(:ids AS uuid[])) OR c.merged_into = ANY(CAST(:ids AS uuid[]))
    """  # noqa: S608  # a constant of this service
)
_HOLD = text(
    """
    SELECT id FROM customer WHERE id = ANY(CAST(:ids AS uuid[])) OR merged_into = ANY(CAST(:ids AS uuid[]))
     ORDER BY id FOR UPDATE
    """
)
_SINCE = text(
    """
    SELECT customer_id, field, max(at) AS at FROM change
     WHERE customer_id = ANY(CAST(:ids AS uuid[])) GROUP BY customer_id, field
    """
)
_PARTIES = text("SELECT * FROM vehicle_party WHERE customer_id = ANY(CAST(:ids AS uuid[])) ORDER BY 1, 2, 3")
_NOTHING_TOLD = text(
    """
    DELETE FROM glance g
     WHERE g.customer_id = ANY(CAST(:ids AS uuid[]))
       AND NOT EXISTS (SELECT FROM timeline_entry t WHERE t.customer_id = g.customer_id)
       AND NOT EXISTS (SELECT FROM customer c JOIN timeline_entry t ON t.customer_id = c.id
                        WHERE c.merged_into = g.customer_id)
    """
)
_merges: Any = Merge.__table__
_steps: Any = MergeStep.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A merge as it is asked for. Without a survivor the rule chooses among all; `choices` are records by field."""

    loser_ids: Sequence[UUID]
    survivor_id: UUID | None = None
    choices: Mapping[str, UUID] = field(default_factory=dict)
    versions: Mapping[UUID, int] = field(default_factory=dict)
    reason: str
    rule: str = HUMAN
    score: int | None = None


class By(NamedTuple):
    """Who does it, in which department and store, and when."""

    staff_id: str
    department: str
    store_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The records of a merge: who lives on, who in him, and those that live on in a loser already."""

    survivor: Record
    losers: Sequence[Record]
    followers: Sequence[Record]
    values: Mapping[str, Any]
    collapsed: Sequence[Collapsed]

    @property
    def ids(self) -> list[UUID]:
        """The records that are made one."""
        return [self.survivor.id, *(one.id for one in self.losers)]


class Done(NamedTuple):
    """A merge that was made."""

    merge_id: UUID
    survivor: Record


def merge_customers(session: Session, request: MergeCustomers, *, scope: Scope, now: datetime) -> Merged:
    """Merge by the word of a human. Raises what `group_of` raises."""
    asked = Asked(
        loser_ids=request.loser_ids,
        survivor_id=request.survivor_id,
        choices={one.field: one.customer_id for one in request.field_choices},
        versions={one.customer_id: one.version for one in request.expected_versions},
        reason=request.reason,
    )
    done = merge(session, asked, by=By(scope.staff_id, scope.role, scope.stores[0] if scope.stores else "", now))
    return Merged(done.merge_id, done.survivor.id, done.survivor.version)


def group_of(reader: Session | Connection, asked: Asked) -> Group:
    """The records asked for, and what they would be in one.

    Raises NothingToMerge, CustomerNotFound, CustomerMerged, CustomerErased, MergeCycle, StaleVersion,
    FieldChoiceInvalid.
    """
    if asked.survivor_id in asked.loser_ids:
        raise MergeCycle(customer_id=str(asked.survivor_id))
    ids = list(dict.fromkeys((*filter(None, (asked.survivor_id,)), *asked.loser_ids)))
    if len(ids) < 2:
        raise NothingToMerge
    standing = {
        row["id"]: Standing(record_of(dict(row)), row["owns_delivered"])
        for row in reader.execute(_GROUP, {"ids": ids}).mappings()
    }
    _require_mergeable(standing, ids, asked)
    survivor_id = asked.survivor_id or survivor_of([standing[one] for one in ids])
    losers = [standing[one].record for one in ids if one != survivor_id]
    names = {one.id for one in losers}
    followers = [one.record for one in standing.values() if one.record.merged_into in names]
    since = {(row.customer_id, row.field): row.at for row in reader.execute(_SINCE, {"ids": ids})}
    survivor = standing[survivor_id].record
    values, collapsed = united(survivor, losers, since=since, choices=asked.choices)
    return Group(survivor, losers, sorted(followers, key=lambda one: one.id), values, collapsed)


def _require_mergeable(standing: Mapping[UUID, Standing], ids: Sequence[UUID], asked: Asked) -> None:
    for one in ids:
        if one not in standing:
            raise CustomerNotFound(customer_id=str(one))
        record = standing[one].record
        if record.status == ERASED:
            raise CustomerErased(customer_id=str(one))
        if record.merged_into is not None:
            if one == asked.survivor_id and record.merged_into in asked.loser_ids:
                raise MergeCycle(customer_id=str(one))
            raise CustomerMerged(customer_id=str(one), survivor_id=str(record.merged_into))
        expected = asked.versions.get(one)
        if expected is not None and expected != record.version:
            raise StaleVersion(customer_id=str(one), expected=expected, version=record.version)
    for name, customer_id in asked.choices.items():
        if name not in CHOOSABLE or customer_id not in ids:
            raise FieldChoiceInvalid(field=name)


def merge(session: Session, asked: Asked, *, by: By) -> Done:
    """Make the records one; the facts of it are recorded. Raises what `group_of` raises, before anything is done."""
    group = group_of(session, asked)
    lock(session, [one.facts() for one in (group.survivor, *group.losers)])
    session.execute(_HOLD, {"ids": group.ids})
    group = group_of(session, asked)
    survivor, changes = group.survivor.changed(group.values, at=by.at)
    store = by.store_id or survivor.store_id
    edits = [Edit(group.survivor, survivor, changes, MERGING, store)] if changes else []
    edits += [_lost(one, survivor.id, at=by.at, store=store) for one in (*group.losers, *group.followers)]
    parties = [dict(row) for row in session.execute(_PARTIES, {"ids": group.ids}).mappings()]
    facts = told_of(survivor.id, update_records(session, edits, origin_staff_id=by.staff_id, department=by.department))
    moved = [LivesOn(one.after.id, survivor.id, one.after.version) for one in edits if one.after.id != survivor.id]
    rekeying.apply(session, rekeying.Change(moved), HOLDINGS)
    merge_id = uuids.uuid7()
    facts += restrict_after_merge(
        session,
        survivor.id,
        merge_id=merge_id,
        staff_id=by.staff_id,
        department=by.department,
        store_id=store,
        at=by.at,
    )
    touched = pairs.unite(
        session, survivor.id, [one.id for one in group.losers], by=by.staff_id, at=by.at, reason=asked.reason
    )
    told = parts_of(
        moved,
        [],
        lambda lives_on, documents, part, parts: events.CustomerMerged(
            change_id=merge_id,
            survivor_id=survivor.id,
            loser_ids=[one.customer_id for one in lives_on if one.customer_id in set(group.ids)],
            rule=asked.rule,
            score=asked.score,
            lives_on=lives_on,
            documents=documents,
            part=part,
            parts=parts,
        ),
    )
    before = (group.survivor, *group.losers, *group.followers)
    keys = keys_of(session, (*before, survivor))
    snapshot = {
        "before": [keys.row(one) for one in before],
        "after": keys.row(survivor),
        "parties": parties,
        "pairs": touched,
        "collapsed": [one._asdict() for one in group.collapsed] + _same_role(parties),
    }
    row = {"kind": "merge", "survivor_id": survivor.id, "loser_ids": [one.id for one in group.losers]}
    keep(session, row, asked=asked, by=by, store=store, merge_id=merge_id, parts=len(told), snapshot=snapshot)
    record_all(session, facts + [as_fact(one, merge_id, store=store, at=by.at) for one in told])
    fold(session, group.ids)
    metrics.MERGES.labels(asked.rule).inc()
    return Done(merge_id, survivor)


def note_steps(session: Session, received: Sequence[Received[Any]]) -> None:
    """A service did its part of a merge, an undoing or a split; heard again, that is no news."""
    rows = [
        {
            "merge_id": event.payload.change_id,
            "kind": event.payload.kind,
            "service": event.envelope.producer,
            "part": event.payload.part,
            "rows": event.payload.rows,
            "at": event.envelope.recorded_at,
        }
        for event in received
    ]
    insert_all(session, _steps, rows, on_conflict="DO NOTHING")


def fold(session: Session, customer_ids: Sequence[UUID]) -> None:
    """The glances of these customers as their timelines tell them now; of whom nothing is told, there is none."""
    folding.fold(session, sorted(customer_ids))
    session.execute(_NOTHING_TOLD, {"ids": list(customer_ids)})


def keep(
    session: Session,
    row: Mapping[str, Any],
    *,
    asked: Asked,
    by: By,
    store: str,
    merge_id: UUID,
    parts: int,
    snapshot: Mapping[str, Any],
) -> None:
    """Write down who did it, why, by what rule, and what was before."""
    written = {
        **row,
        "id": merge_id,
        "rule": asked.rule,
        "score": asked.score,
        "field_choices": dict(asked.choices),
        "reason": asked.reason,
        "store_id": store,
        "requested_by": by.staff_id,
        "requested_at": by.at,
        "parts": parts,
        "snapshot": snapshot,
        "undo_parts": 0,
    }
    insert_all(session, _merges, [written])


def parts_of(lives_on: Sequence[LivesOn], documents: Sequence[DocumentMoved], told: Any) -> list[Any]:
    """The events of one change: as many as it takes, one at least."""
    parts = max(-(-max(len(lives_on), len(documents)) // IN_ONE_EVENT), 1)
    return [
        told(
            list(lives_on[start : start + IN_ONE_EVENT]),
            list(documents[start : start + IN_ONE_EVENT]),
            part=start // IN_ONE_EVENT + 1,
            parts=parts,
        )
        for start in range(0, parts * IN_ONE_EVENT, IN_ONE_EVENT)
    ]


def as_fact(event: Any, change_id: UUID, *, store: str, at: datetime) -> Fact:
    """One part of a change, to record."""
    return Fact(event=event, subject_id=f"{change_id}/{event.part}", subject_version=1, store_id=store, occurred_at=at)


def told_of(survivor_id: UUID, facts: Iterable[Fact]) -> list[Fact]:
    """That a record changed is told of the survivor; of the others the merge itself tells, and what they are now."""
    return [one for one in facts if one.subject_id == survivor_id or isinstance(one.event, events.CustomerProfiled)]


def _lost(before: Record, survivor_id: UUID, *, at: datetime, store: str) -> Edit:
    """A loser's record, or that of one who lived on in a loser: his way to the survivor stays one step long."""
    after = lives_on(before, survivor_id, at=at)
    if before.merged_into is not None:
        after = replace(after, updated_at=before.updated_at)
    changes = [
        Changed(name, getattr(before, name), getattr(after, name))
        for name in ("status", "merged_into")
        if getattr(before, name) != getattr(after, name)
    ]
    return Edit(before, after, changes, MERGING, store)


def _same_role(parties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Parties of one role towards one vehicle that are one from now on, for the log; each keeps its row."""
    seen: set[tuple[UUID, str]] = set()
    found = []
    for one in parties:
        if (one["vehicle_id"], one["role"]) in seen:
            value = f"{one['role']} {one['vehicle_id']}"
            found.append({"kind": "party", "value": value, "customer_id": one["first_customer_id"]})
        seen.add((one["vehicle_id"], one["role"]))
    return found
