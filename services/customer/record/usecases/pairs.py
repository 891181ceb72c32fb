"""The review queue: pairs of records that may be one customer, for a human to decide (E7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact
from chassis.store.rows import as_json, insert_all
from contracts.customer import events
from services.customer.record.models import Pair
from services.customer.record.rules.matching import Match

OPEN, MERGED, NOT_SAME, RELATED = "open", "merged", "not_same", "related"

_pairs: Any = Pair.__table__

_OF = text(
    """
    SELECT * FROM pair WHERE a = ANY(CAST(:ids AS uuid[])) OR b = ANY(CAST(:ids AS uuid[])) ORDER BY a, b FOR UPDATE
    """
)
_DROP = text(
    """
    DELETE FROM pair p USING jsonb_populate_recordset(NULL::pair, CAST(:rows AS jsonb)) AS gone
     WHERE p.a = gone.a AND p.b = gone.b
    """
)
_STILL_OPEN = text(
    """
    DELETE FROM pair p USING jsonb_populate_recordset(NULL::pair, CAST(:rows AS jsonb)) AS made
     WHERE p.a = made.a AND p.b = made.b AND p.status = made.status
       AND p.decided_at IS NOT DISTINCT FROM made.decided_at
    """
)
_REOPEN = text(
    """
    UPDATE pair SET status = 'open', decided_at = NULL, decided_by = NULL, reason = NULL
     WHERE status = 'not_same' AND (a = ANY(CAST(:ids AS uuid[])) OR b = ANY(CAST(:ids AS uuid[])))
    """
)
_APART = text(
    """
    UPDATE pair SET status = 'not_same', decided_at = :at, decided_by = :by, reason = :reason
     WHERE status = 'merged' AND a = ANY(CAST(:ids AS uuid[])) AND b = ANY(CAST(:ids AS uuid[]))
    """
)
_DECIDED = """
    (a, b) DO UPDATE SET status = excluded.status, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
                         reason = excluded.reason
"""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two records that may be one customer, and what speaks for it."""

    one: UUID
    other: UUID
    match: Match
    store_id: str
    found_by: str
    at: datetime

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """The two in the order in which they are kept."""
        return min(self.one, self.other), max(self.one, self.other)


def queue(session: Session, suspicions: Sequence[Suspicion]) -> list[Fact]:
    """Put the pairs into the queue; a pair that was queued or decided before stays as it is. The facts to record."""
    rows = {one.pair: _row(one) for one in suspicions}
    if not rows:
        return []
    new = insert_all(
        session, _pairs, [rows[pair] for pair in sorted(rows)], on_conflict="DO NOTHING", returning="a, b"
    ).all()
    return [_suspected(rows[row.a, row.b]) for row in new]


def _row(one: Suspicion) -> dict[str, Any]:
    a, b = one.pair
    return {
        "a": a,
        "b": b,
        "status": OPEN,
        "points": one.match.points,
        "evidence": [{"kind": each.kind, "points": each.points} for each in one.match.evidence],
        "vetoes": list(one.match.vetoes),
        "relation": one.match.relation,
        "attach_contact": one.match.attach_contact,
        "store_id": one.store_id,
        "found_by": one.found_by,
        "found_at": one.at,
        "decided_at": None,
        "decided_by": None,
        "reason": None,
    }


def _suspected(row: dict[str, Any]) -> Fact:
    suspected = events.DuplicateSuspected(
        customer_id=row["a"],
        other_id=row["b"],
        score=row["points"],
        evidence=[each["kind"] for each in row["evidence"]],
    )
    return Fact(
        event=suspected,
        subject_id=f"{row['a']}/{row['b']}",
        subject_version=1,
        store_id=row["store_id"],
        occurred_at=row["found_at"],
    )


def unite(
    session: Session, survivor_id: UUID, loser_ids: Sequence[UUID], *, by: str, at: datetime, reason: str
) -> dict[str, Any]:
    """The pairs of records that become one: those among them are merged, a loser's others are the survivor's now.

    Gives what there was before and what was made, for an undoing.
    """
    group = {survivor_id, *loser_ids}
    before = [dict(row) for row in session.execute(_OF, {"ids": list(group)}).mappings()]
    known = {(row["a"], row["b"]): row for row in before}
    losers = set(loser_ids)
    among = [row for row in before if {row["a"], row["b"]} <= group]
    of_losers = [row for row in before if row not in among and {row["a"], row["b"]} & losers]
    made: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for row in of_losers:
        other = row["b"] if row["a"] in losers else row["a"]
        pair = min(survivor_id, other), max(survivor_id, other)
        if pair not in known and (pair not in made or row["status"] == NOT_SAME):
            related = survivor_id if row["related_from"] in losers else row["related_from"]
            made[pair] = row | {"a": pair[0], "b": pair[1], "related_from": related}
    merged = [row | {"status": MERGED, "decided_at": at, "decided_by": by, "reason": reason} for row in among]
    if of_losers:
        session.execute(_DROP, {"rows": as_json(of_losers)})
    if made:
        insert_all(session, _pairs, list(made.values()))
    if merged:
        insert_all(session, _pairs, merged, on_conflict=_DECIDED)
    return {"before": [*among, *of_losers], "made": list(made.values())}


def part(
    session: Session,
    touched: Mapping[str, Sequence[Mapping[str, Any]]],
    survivor_id: UUID,
    loser_ids: Sequence[UUID],
    *,
    by: str,
    store_id: str,
    at: datetime,
    reason: str,
) -> None:
    """The pairs of records that are several again: as they were, but that none of them is another one.

    Else the next search would make them one again.
    """
    if touched["made"]:
        session.execute(_STILL_OPEN, {"rows": as_json(touched["made"])})
    if touched["before"]:
        insert_all(session, _pairs, touched["before"], on_conflict="(a, b) DO NOTHING")
    told_apart(session, ((survivor_id, one) for one in loser_ids), by=by, store_id=store_id, at=at, reason=reason)
    session.execute(_APART, {"ids": [survivor_id, *loser_ids], "by": by, "at": at, "reason": reason})


def told_apart(
    session: Session, pairs: Iterable[tuple[UUID, UUID]], *, by: str, store_id: str, at: datetime, reason: str
) -> None:
    """These are two, by the word of a human; until a card number of either changes (E7)."""
    rows = [
        {
            "a": min(pair),
            "b": max(pair),
            "status": NOT_SAME,
            "points": 0,
            "evidence": [],
            "vetoes": [],
            "attach_contact": False,
            "store_id": store_id,
            "found_by": "desk",
            "found_at": at,
            "decided_at": at,
            "decided_by": by,
            "reason": reason,
        }
        for pair in pairs
    ]
    if rows:
        insert_all(session, _pairs, rows, on_conflict=_DECIDED)


def found_the_same(session: Session, suspicions: Sequence[Suspicion], *, by: str, reason: str) -> None:
    """Keep of pairs that were merged without having waited for anybody what spoke for them."""
    decided = {"status": MERGED, "decided_by": by, "reason": reason}
    rows = {one.pair: _row(one) | decided | {"decided_at": one.at} for one in suspicions}
    if rows:
        insert_all(session, _pairs, [rows[pair] for pair in sorted(rows)], on_conflict="DO NOTHING")


def reopen(session: Session, customer_ids: Sequence[UUID]) -> None:
    """A card number of these changed: who was told apart from them by a human is looked at again (E7)."""
    session.execute(_REOPEN, {"ids": list(customer_ids)})
