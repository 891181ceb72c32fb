"""The review queue: pairs of records that may be one customer, for a human to decide (E7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.outbox import Fact
from chassis.rows import insert_all
from contracts.customer import events
from services.customer.models import Pair
from services.customer.rules.matching import Match

OPEN = "open"

_pairs: Any = Pair.__table__


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
