"""The review queue: a human decides whether two records are one customer (R22, E7)."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process import metrics
from chassis.store.outbox import record_all
from contracts.access import Scope
from contracts.customer.duplicates import DecidePair, Decision, PairDecided, PairStatus
from contracts.customer.relations import AddRelation
from services.customer.folder.errors import RelationExists
from services.customer.folder.usecases import relations
from services.customer.merging import errors
from services.customer.merging.usecases.joining import Asked, By, merge
from services.customer.record.usecases import pairs

_PAIR = text("SELECT * FROM pair WHERE a = :a AND b = :b FOR UPDATE")
_RELATED = text(
    """
    UPDATE pair SET status = 'related', relation = :relation, related_from = :related_from,
                    decided_at = :at, decided_by = :by, reason = :reason
     WHERE a = :a AND b = :b
    """
)


def decide_pair(session: Session, request: DecidePair, *, scope: Scope, now: datetime) -> PairDecided:
    """The same are merged; others are kept apart until a card number of either changes; relatives are related.

    Raises PairNotFound, PairDecided, RelationRequired, and what a merge raises.
    """
    pair = _open_pair(session, request, scope=scope)
    by = by_of(scope, store_id=pair["store_id"], at=now)
    metrics.REVIEW_HOURS.observe(max((now - pair["found_at"]).total_seconds() / 3600, 0))
    if request.decision is Decision.SAME:
        done = merge(
            session, Asked(loser_ids=[pair["a"], pair["b"]], reason=request.reason, score=pair["points"]), by=by
        )
        return PairDecided(PairStatus.MERGED, done.merge_id, done.survivor.id)
    if request.decision is Decision.RELATED:
        _relate(session, request, pair, scope=scope, now=now)
        return PairDecided(PairStatus.RELATED)
    pairs.told_apart(
        session,
        [(pair["a"], pair["b"])],
        by=scope.staff_id,
        store_id=pair["store_id"],
        at=now,
        reason=request.reason,
    )
    return PairDecided(PairStatus.NOT_SAME)


def by_of(scope: Scope, *, store_id: str, at: datetime) -> By:
    """Who decides, for the store it concerns."""
    return By(scope.staff_id, scope.role, store_id, at)


def _open_pair(session: Session, request: DecidePair, *, scope: Scope) -> Any:
    asked = {"a": min(request.a, request.b), "b": max(request.a, request.b)}
    pair = session.execute(_PAIR, asked).mappings().one_or_none()
    if pair is None or not scope.admits(store_id=pair["store_id"]):
        raise errors.PairNotFound
    if pair["status"] != pairs.OPEN:
        raise errors.PairDecided(status=pair["status"])
    return pair


def _relate(session: Session, request: DecidePair, pair: Any, *, scope: Scope, now: datetime) -> None:
    """Keep what the one is to the other; that they are so already is no hindrance. Raises RelationRequired."""
    one = request.related_from or request.a
    if request.relation is None or one not in (pair["a"], pair["b"]):
        raise errors.RelationRequired
    other = pair["b"] if one == pair["a"] else pair["a"]
    with contextlib.suppress(RelationExists):
        relations.add_relation(session, AddRelation(one, other, request.relation), scope=scope, now=now)
    decided = pairs.told(session, decided=[(pair, pairs.RELATED)], at=now)
    session.execute(
        _RELATED,
        {
            "a": pair["a"],
            "b": pair["b"],
            "relation": request.relation.value,
            "related_from": one,
            "at": now,
            "by": scope.staff_id,
            "reason": request.reason,
        },
    )
    record_all(session, decided)
