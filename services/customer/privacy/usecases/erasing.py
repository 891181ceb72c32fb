"""Erasure: a customer is forgotten, everywhere and for good, but for what the law says is to be kept (PIPL 47).

`TREATED` says of each table what becomes of it; a test holds it against the models, so that no table is forgotten.
"""

# ruff: noqa: S608  # statements are put together from constants of this file

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, text
from sqlalchemy.orm import Session

from chassis.process import metrics
from chassis.store import idempotency
from chassis.store.outbox import Fact, record_all
from contracts.customer.events import CustomerErased as ErasedEvent
from services.customer.privacy.errors import ErasureBlocked
from services.customer.record.errors import CustomerErased, CustomerNotFound
from services.customer.record.models import Customer
from services.customer.record.rules.record import ERASED, Record
from services.customer.record.sealing import SEALED, key_beside
from services.customer.record.usecases import pairs, profiles
from services.customer.record.usecases.identifying import candidate_of, lock
from services.customer.view.usecases import folding, timeline

KEPT = frozenset(
    {"id", "merged_into", "kind", "store_id", "source", "registered_at", "updated_at", "version", "status"}
)
"""What a tombstone keeps: that there was somebody, of what kind, where and when, and which records were one."""

_NOTHING = {"phones": "'[]'", "addresses": "'[]'", "tags": "'[]'", "preferences": "'{}'"}


class Treatment(NamedTuple):
    """What becomes of a table's rows, in words and in SQL over `:ids` (his records) and `:at`; none where they stay."""

    does: str
    statements: tuple[str, ...] = ()


def _emptied(column: Any) -> str:
    """Any column that is added to the record is emptied too, or says here how."""
    if column.nullable:
        return f"{column.name} = NULL"
    if column.name in _NOTHING:
        return f"{column.name} = {_NOTHING[column.name]}"
    if isinstance(column.type, String):
        return f"{column.name} = ''"
    raise TypeError(f"{column.name}: what is it when it is empty?")


_TOMBSTONE = ", ".join(_emptied(column) for column in Customer.__table__.columns if column.name not in KEPT)

_HIS = "(survivor_id = ANY(:ids) OR loser_ids ?| CAST(CAST(:ids AS uuid[]) AS text[]))"
_JOINED = f"""
    SELECT m.kind, m.requested_at, m.undone_at, other.id
      FROM merge m
     CROSS JOIN LATERAL (SELECT m.survivor_id AS id
                          UNION ALL SELECT CAST(one AS uuid) FROM jsonb_array_elements_text(m.loser_ids) one) other
     WHERE {_HIS} AND other.id <> ALL(:ids)
"""
"""Others who were one with him for a while: their history of that time, and what was kept for undoing, is his too."""
_GONE = """snapshot = '{"erased": true, "collapsed": []}', reason = '', undone_because = left(undone_because, 0)"""

TREATED: dict[str, Treatment] = {
    "customer": Treatment(
        "a tombstone is left",
        (
            f"""
            UPDATE customer SET {_TOMBSTONE}, status = '{ERASED}', version = version + 1, updated_at = :at
             WHERE id = ANY(:ids)
            """,
        ),
    ),
    "subject_key": Treatment(
        "goes, and with it every number that was sealed under it, wherever a copy of it is",
        ("DELETE FROM subject_key WHERE customer_id = ANY(:ids)",),
    ),
    "search_key": Treatment("nothing finds him", ("DELETE FROM search_key WHERE customer_id = ANY(:ids)",)),
    "change": Treatment(
        "who changed which field and when stays; the values go",
        (
            "UPDATE change SET old = NULL, new = NULL WHERE customer_id = ANY(:ids)",
            f"""
            UPDATE change c SET old = NULL, new = NULL FROM ({_JOINED}) joined
             WHERE c.customer_id = joined.id AND CASE joined.kind
                   WHEN 'split' THEN c.at <= joined.requested_at
                   ELSE c.at BETWEEN joined.requested_at AND joined.undone_at END
            """,
        ),
    ),
    "consent": Treatment("stays as proof that we were allowed to (PIPL 13, 55)"),
    "document": Treatment(
        "stays, for the paper does; its number goes: that of a contract or invoice stands in the books of sales",
        ("UPDATE document SET number = '', removed_because = '' WHERE customer_id = ANY(:ids)",),
    ),
    "relation": Treatment(
        "goes, at both ends", ("DELETE FROM relation WHERE customer_id = ANY(:ids) OR other_id = ANY(:ids)",)
    ),
    "vehicle_party": Treatment(
        "his roles end; the row is the vehicle's and leads to the tombstone",
        ("UPDATE vehicle_party SET until = greatest(since, :at) WHERE customer_id = ANY(:ids) AND until IS NULL",),
    ),
    "profile_told": Treatment(
        "emptied; that there is nothing is told, and what was told is emptied (`profiles.forgotten`)"
    ),
    "timeline_entry": Treatment("goes, and does not come back (`timeline.forget`, `folding.FOLD`)"),
    "glance": Treatment("goes with the timeline"),
    "pair": Treatment("goes", ("DELETE FROM pair WHERE a = ANY(:ids) OR b = ANY(:ids)",)),
    "merge": Treatment(
        "that it was made stays; what it was made of goes, and with it the undoing",
        (
            f"UPDATE merge SET {_GONE} WHERE {_HIS}",
            f"""
            UPDATE merge known SET {_GONE} FROM ({_JOINED}) joined
             WHERE known.undone_at IS NOT NULL
               AND (known.survivor_id = joined.id OR known.loser_ids ? joined.id::text)
            """,
        ),
    ),
    "customer_alias": Treatment("stays: identifiers alone, so that what comes late finds the tombstone"),
    "document_owner": Treatment("stays, for the same reason"),
    "import_row": Treatment(
        "the report stays without the row it reports of; the same row again makes a new customer",
        (
            """
            UPDATE import_row SET cells = '[]', notes = '[]', fingerprint = NULL, customer_id = NULL
             WHERE customer_id = ANY(:ids)
            """,
        ),
    ),
    "segment_member": Treatment(
        "goes; whoever is judging just now is waited for",
        (
            "LOCK TABLE segment_member IN SHARE ROW EXCLUSIVE MODE",
            "DELETE FROM segment_member WHERE customer_id = ANY(:ids)",
        ),
    ),
    "segment_due": Treatment("goes", ("DELETE FROM segment_due WHERE customer_id = ANY(:ids)",)),
    "privacy_request": Treatment(
        "stays as proof that we answered (PIPL 50), without his words",
        ("UPDATE privacy_request SET how = '' WHERE customer_id = ANY(:ids)",),
    ),
    "outbox": Treatment(
        "stays: it holds identifiers, and of what was changed keyed hashes that tell nothing; profiles are emptied"
    ),
    "command_log": Treatment("answers that name him go (`idempotency.forget`)"),
}
"""What becomes of each table that holds something of customers, in this order."""

UNCONCERNED: dict[str, str] = {
    "vehicle": "the vehicle goes on, with its next owner",
    "vehicle_plate": "the vehicle's; from it nothing leads to him, for look-up and identification see active records",
    "odometer": "the vehicle's",
    "vehicle_dealing": "the vehicle's: that we sold or served it, whoever owned it",
    "merge_step": "how far a merge is",
    "duplicate_scan": "counts",
    "import_file": "counts",
    "import_part": "a file nobody has read yet; it goes once it is read, at the latest by the retention",
    "segment": "a predicate",
    "export": "whom a file holds is found out when it is made",
    "retention_run": "counts",
    "inbox": "identifiers of events",
    "inbox_suspect": "identifiers of events",
    "pulse": "a moment",
    "test_clock": "a moment",
    "policy": "numbers of rules",
}
"""The other tables, and why nothing becomes of them."""

_GROUPS = text(
    f"""
    WITH asked AS (SELECT DISTINCT coalesce(merged_into, id) AS id FROM customer
                    WHERE id = ANY(CAST(:customer_ids AS uuid[])))
    SELECT c.*, {key_beside("c.id")}, his.vehicles
      FROM asked JOIN customer c ON c.id = asked.id OR c.merged_into = asked.id
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('vin', v.vin, 'role', p.role, 'since', p.since, 'until', p.until,
                                               'plate', NULL)) AS vehicles
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id WHERE p.customer_id = c.id) his ON true
     ORDER BY asked.id, c.merged_into IS NOT NULL, c.id
    """
)
_HOLD = text("SELECT FROM customer WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_OPEN = text("SELECT open_orders, open_repair_orders FROM glance WHERE customer_id = :customer_id")
_WAITING = text(
    """
    SELECT id FROM privacy_request
     WHERE customer_id = ANY(:ids) AND status = 'open' AND kind IN ('copy', 'correction') ORDER BY due_at, id
    """
)
_ANSWERED = text(
    """
    UPDATE privacy_request SET status = 'carried_out', decided_at = :at, decided_by = :by
     WHERE customer_id = ANY(:ids) AND status = 'open'
    """
)
_STATEMENTS = [text(statement) for one in TREATED.values() for statement in one.statements]


def erase(session: Session, customer_id: UUID, *, by: str, at: datetime) -> list[UUID]:
    """Forget him, his record and those that live on in it; their identifiers, his own first.

    The requests that asked for it are carried out with it. Raises CustomerNotFound, CustomerErased, ErasureBlocked.
    """
    group = hold(session, [customer_id])
    if not group:
        raise CustomerNotFound
    if group[0].status == ERASED:
        raise CustomerErased
    ids = [one.id for one in group]
    folding.lock(session, ids)
    _require_nothing_open(session, ids)
    session.execute(_ANSWERED, {"ids": ids, "by": by, "at": at})
    leave_tombstones(session, [group], at=at)
    idempotency.forget(session, naming=ids)
    return ids


def leave_tombstones(session: Session, groups: Sequence[Sequence[Record]], *, at: datetime) -> None:
    """What everything known of these customers becomes: each with his records, his own first, held and locked."""
    ids = [one.id for group in groups for one in group]
    record_all(session, pairs.withdrawn(session, ids, at=at))
    for statement in _STATEMENTS:
        session.execute(statement, {"ids": ids, "at": at})
    stores = {one.id: group[0].store_id for group in groups for one in group}
    record_all(session, profiles.forgotten(session, stores, at=at))
    timeline.forget(session, ids)
    record_all(session, [_erased(group, at=at) for group in groups])
    metrics.ERASED.inc(len(groups))


def _erased(group: Sequence[Record], *, at: datetime) -> Fact:
    his = group[0]
    return Fact(
        event=ErasedEvent(customer_id=his.id, erased_ids=[one.id for one in group], at=at),
        subject_id=his.id,
        subject_version=his.version + 1,
        store_id=his.store_id,
        occurred_at=at,
    )


def hold(session: Session, customer_ids: Sequence[UUID]) -> list[Record]:
    """Their records, and those that live on in the same ones, that nobody else changes until the transaction ends.

    Nobody registers, changes or merges them; of each who lives on the own record comes first.
    """
    known: list[UUID] = []
    while True:
        rows = session.execute(_GROUPS, {"customer_ids": list(customer_ids)}).mappings()
        found = [candidate_of(_readable(dict(row))) for row in rows]
        ids = [one.record.id for one in found]
        if ids == known:
            return [one.record for one in found]
        known = ids
        lock(session, [one.facts for one in found if one.record.status != ERASED])
        session.execute(_HOLD, {"ids": ids})


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Whose key was lost can be forgotten all the same."""
    return row if row["sealed_key"] else {**row, **dict.fromkeys(SEALED)}


def _require_nothing_open(session: Session, ids: Sequence[UUID]) -> None:
    """The glance of the first one tells of all of them."""
    told = session.execute(_OPEN, {"customer_id": ids[0]}).one_or_none()
    orders = told.open_orders if told else 0
    repairs = [one["number"] or one["ro_id"] for one in told.open_repair_orders] if told else []
    waiting = [str(one) for one in session.scalars(_WAITING, {"ids": ids})]
    if orders or repairs or waiting:
        raise ErasureBlocked(open_orders=orders, open_repair_orders=repairs, open_requests=waiting)
