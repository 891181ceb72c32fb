"""The review queue: pairs of records that may be one customer, for a human to decide (E7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.store.outbox import Fact, record_all
from chassis.store.rows import as_json, insert_all
from contracts.customer import events
from services.customer.record.models import Pair
from services.customer.record.rules.matching import Match

OPEN, MERGED, NOT_SAME, RELATED = "open", "merged", "not_same", "related"
WITHDRAWN = "withdrawn"
"""Of a pair that is no more: one of the two lives on in another record, or was erased."""

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
    RETURNING p.*
    """
)
_REOPEN = text(
    """
    UPDATE pair SET status = 'open', decided_at = NULL, decided_by = NULL, reason = NULL
     WHERE status = 'not_same' AND (a = ANY(CAST(:ids AS uuid[])) OR b = ANY(CAST(:ids AS uuid[]))) RETURNING *
    """
)
_WAITING = text(
    """
    SELECT p.* FROM pair p JOIN jsonb_populate_recordset(NULL::pair, CAST(:rows AS jsonb)) AS named
        ON p.a = named.a AND p.b = named.b
     WHERE p.status = 'open' ORDER BY p.a, p.b FOR UPDATE OF p
    """
)
_VERSIONS = text("SELECT nextval('pair_version') FROM generate_series(1, :many)")
"""Each word about a pair is newer than those before, though the pair itself may be gone in between."""
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
    return told(session, suspected=[rows[row.a, row.b] for row in new])


def told(
    session: Session,
    *,
    suspected: Sequence[Mapping[Any, Any]] = (),
    decided: Sequence[tuple[Mapping[Any, Any], str]] = (),
    at: datetime | None = None,
) -> list[Fact]:
    """The facts of pairs that a human must look at, and of others that waited for one and what became of them.

    Without `at` they are suspected since they were found.
    """
    events_of = [(row, _suspicion(row)) for row in suspected] + [(row, _decision(row, one)) for row, one in decided]
    if not events_of:
        return []
    versions = session.scalars(_VERSIONS, {"many": len(events_of)})
    return [
        Fact(
            event=event,
            subject_id=f"{row['a']}/{row['b']}",
            subject_version=version,
            store_id=row["store_id"],
            occurred_at=at or row["found_at"],
        )
        for (row, event), version in zip(events_of, versions, strict=True)
    ]


def _suspicion(row: Mapping[Any, Any]) -> events.DuplicateSuspected:
    evidence = [each["kind"] for each in row["evidence"]]
    return events.DuplicateSuspected(customer_id=row["a"], other_id=row["b"], score=row["points"], evidence=evidence)


def _decision(row: Mapping[Any, Any], status: str) -> events.DuplicateDecided:
    return events.DuplicateDecided(customer_id=row["a"], other_id=row["b"], status=status)


def waiting(session: Session, pairs: Iterable[tuple[UUID, UUID]]) -> list[Mapping[Any, Any]]:
    """Those of these pairs that wait for a human, locked."""
    rows = as_json([{"a": min(pair), "b": max(pair)} for pair in pairs])
    return list(session.execute(_WAITING, {"rows": rows}).mappings())


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
    decided = [(row, MERGED) for row in among if row["status"] == OPEN]
    decided += [(row, WITHDRAWN) for row in of_losers if row["status"] == OPEN]
    suspected = [row for row in made.values() if row["status"] == OPEN]
    record_all(session, told(session, suspected=suspected, decided=decided, at=at))
    return {"before": [*among, *of_losers], "made": list(made.values())}


def part(
    session: Session,
    touched: Mapping[str, Sequence[Mapping[Any, Any]]],
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
    gone: list[Mapping[Any, Any]] = []
    back: list[Mapping[Any, Any]] = []
    if touched["made"]:
        gone = list(session.execute(_STILL_OPEN, {"rows": as_json(touched["made"])}).mappings())
    if touched["before"]:
        restored = insert_all(
            session,
            _pairs,
            touched["before"],
            on_conflict="(a, b) DO NOTHING",
            returning="a, b, status, store_id, points, evidence",
        )
        back = [row for row in restored.mappings() if row["status"] == OPEN]
    decided = [(row, WITHDRAWN) for row in gone if row["status"] == OPEN]
    record_all(session, told(session, suspected=back, decided=decided, at=at))
    told_apart(session, [(survivor_id, one) for one in loser_ids], by=by, store_id=store_id, at=at, reason=reason)
    session.execute(_APART, {"ids": [survivor_id, *loser_ids], "by": by, "at": at, "reason": reason})


def told_apart(
    session: Session, pairs: Collection[tuple[UUID, UUID]], *, by: str, store_id: str, at: datetime, reason: str
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
        decided = [(row, NOT_SAME) for row in waiting(session, pairs)]
        insert_all(session, _pairs, rows, on_conflict=_DECIDED)
        record_all(session, told(session, decided=decided, at=at))


def found_the_same(session: Session, suspicions: Sequence[Suspicion], *, by: str, reason: str) -> None:
    """Keep of pairs that were merged without having waited for anybody what spoke for them."""
    decided = {"status": MERGED, "decided_by": by, "reason": reason}
    rows = {one.pair: _row(one) | decided | {"decided_at": one.at} for one in suspicions}
    if rows:
        insert_all(session, _pairs, [rows[pair] for pair in sorted(rows)], on_conflict="DO NOTHING")


def reopen(session: Session, customer_ids: Sequence[UUID], *, at: datetime) -> list[Fact]:
    """A card number of these changed: who was told apart from them by a human is looked at again (E7). The facts."""
    again = session.execute(_REOPEN, {"ids": list(customer_ids)}).mappings().all()
    return told(session, suspected=again, at=at)


def withdrawn(session: Session, customer_ids: Sequence[UUID], *, at: datetime) -> list[Fact]:
    """These are about to be erased, and their pairs with them: the facts of those that wait for a human."""
    theirs = session.execute(_OF, {"ids": list(customer_ids)}).mappings()
    return told(session, decided=[(row, WITHDRAWN) for row in theirs if row["status"] == OPEN], at=at)
