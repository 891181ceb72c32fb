"""The search for duplicates through all records, batch by batch: the surest are merged, others queued (R22, E7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.process import metrics
from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.outbox import record_all
from chassis.store.rows import insert_all
from contracts.access import Scope
from contracts.customer.duplicates import Scan, StartScan
from contracts.customer.policies import AUTO_MERGE, AutoMerge
from contracts.refusals import Refusal
from services.customer.merging.models import DuplicateScan
from services.customer.merging.usecases.joining import BY_EVIDENCE, BY_ID, Asked, By, merge
from services.customer.record.rules.matching import Decision, Kind, Match
from services.customer.record.sealing import key_beside
from services.customer.record.usecases.identifying import Candidate, Known, candidate_of, known_to
from services.customer.record.usecases.pairs import NOT_SAME, Suspicion, found_the_same, queue

TOGETHER = 200
"""Records compared in one transaction."""

SYSTEM, AUTO = "system", "auto"
"""Who merges when nobody does, and the label of what he merged."""

_RUNNING = text("SELECT * FROM duplicate_scan WHERE status = 'running' FOR UPDATE")
_NEXT = text(
    f"""
    SELECT c.*, {key_beside("c.id")}, his.vehicles, met.met_on
      FROM (SELECT * FROM customer WHERE status = 'active' AND (CAST(:after AS uuid) IS NULL OR id > :after)
             ORDER BY id LIMIT :most) c
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('vin', v.vin, 'role', p.role, 'since', p.since, 'until', p.until,
                                               'plate', n.plate)) AS vehicles
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
            WHERE p.customer_id = c.id) his ON true
      LEFT JOIN LATERAL (
           SELECT greatest(g.sold_at, g.last_service_at, g.last_contact_at)::date AS met_on
             FROM glance g WHERE g.customer_id = c.id) met ON true
     ORDER BY c.id
    """  # noqa: S608  # a constant of this service
)
_DECIDED = text(
    """
    SELECT a, b, status FROM pair
     WHERE a = ANY(CAST(:ids AS uuid[])) AND b = ANY(CAST(:ids AS uuid[])) AND status <> 'open'
    """
)
_PROGRESS = text(
    """
    UPDATE duplicate_scan SET checkpoint = :checkpoint, scanned = scanned + :scanned, queued = queued + :queued,
                              merged = merged + :merged, status = :status, finished_at = :finished_at
     WHERE id = :id
    """
)
_OPEN_PAIRS = text("SELECT count(*) FROM pair WHERE status = 'open'")
_scans: Any = DuplicateScan.__table__


class Likeness(NamedTuple):
    """Two records that may be one customer."""

    pair: tuple[UUID, UUID]
    match: Match


def start_scan(session: Session, request: StartScan, *, scope: Scope, now: datetime) -> Scan:
    """Begin a search; one that runs already goes on."""
    row = {
        "id": uuids.uuid7(),
        "status": "running",
        "scanned": 0,
        "queued": 0,
        "merged": 0,
        "started_by": scope.staff_id,
        "started_at": now,
        "reason": request.reason,
    }
    insert_all(session, _scans, [row], on_conflict="(status) WHERE status = 'running' DO NOTHING")
    running = session.execute(_RUNNING).one()
    return Scan(
        running.id,
        running.status,
        running.scanned,
        running.queued,
        running.merged,
        running.started_by,
        running.started_at,
        running.reason,
    )


def go_on(session: Session, *, now: datetime, together: int = TOGETHER) -> int:
    """Compare the next records of the search that runs, if one does; how many."""
    metrics.DUPLICATES_OPEN.set(session.scalar(_OPEN_PAIRS) or 0)
    running = session.execute(_RUNNING).one_or_none()
    if running is None:
        return 0
    rows = session.execute(_NEXT, {"after": running.checkpoint, "most": together}).mappings().all()
    queued, merged = _work(session, [candidate_of(row) for row in rows], now=now) if rows else (0, 0)
    over = len(rows) < together
    session.execute(
        _PROGRESS,
        {
            "id": running.id,
            "checkpoint": rows[-1]["id"] if rows else running.checkpoint,
            "scanned": len(rows),
            "queued": queued,
            "merged": merged,
            "status": "complete" if over else "running",
            "finished_at": now if over else None,
        },
    )
    return len(rows)


def _work(session: Session, batch: Sequence[Candidate], *, now: datetime) -> tuple[int, int]:
    """Merge what is sure and queue what may be; how many pairs, how many losers."""
    known = known_to(session, [one.facts for one in batch], at=now.astimezone(LOCAL).date())
    for one in batch:
        known.keep(one)
    alike = _alike(batch, known)
    decided = _decided(session, alike)
    alike = {pair: match for pair, match in alike.items() if pair not in decided}
    sure = [pair for pair, match in alike.items() if match.decision is Decision.LINK]
    merged, gone = 0, set()
    for cluster in _clusters(sure):
        if _one_customer(cluster, known, decided) and _allowed(session, cluster, known, alike, now=now):
            lost = _merge(session, cluster, known, alike, now=now)
            merged += len(lost)
            gone |= lost
    waiting = [
        Suspicion(*pair, match, known.of(pair[0]).record.store_id, "scan", now)
        for pair, match in sorted(alike.items())
        if not gone & set(pair)
    ]
    facts = queue(session, waiting)
    record_all(session, facts)
    return len(facts), merged


def _alike(batch: Sequence[Candidate], known: Known) -> dict[tuple[UUID, UUID], Match]:
    """Every pair of which one stands in the batch, seen from whichever side."""
    return {
        (min(one.record.id, found.record.id), max(one.record.id, found.record.id)): found.match
        for one in batch
        for found in known.alike(one.facts)
        if found.record.id != one.record.id
    }


def _decided(session: Session, alike: dict[tuple[UUID, UUID], Match]) -> dict[tuple[UUID, UUID], str]:
    """What humans said of these pairs; that is not asked again."""
    ids = sorted({one for pair in alike for one in pair})
    return {(row.a, row.b): row.status for row in session.execute(_DECIDED, {"ids": ids})} if ids else {}


def _clusters(sure: Sequence[tuple[UUID, UUID]]) -> Iterator[list[UUID]]:
    """Records that hang together by what is sure."""
    of: dict[UUID, set[UUID]] = {}
    for one, other in sure:
        together = of.get(one, {one}) | of.get(other, {other})
        for each in together:
            of[each] = together
    seen: set[UUID] = set()
    for one in sorted(of):
        if one not in seen:
            seen |= of[one]
            yield sorted(of[one])


def _one_customer(cluster: Sequence[UUID], known: Known, decided: dict[tuple[UUID, UUID], str]) -> bool:
    """True if nothing speaks against any two of them: what is sure of neighbours need not be so of the whole."""
    return not any(
        decided.get(pair) == NOT_SAME or known.compare(known.of(pair[0]).facts, known.of(pair[1]).facts).vetoes
        for pair in combinations(cluster, 2)
    )


def _allowed(
    session: Session,
    cluster: Sequence[UUID],
    known: Known,
    alike: dict[tuple[UUID, UUID], Match],
    *,
    now: datetime,
) -> bool:
    """What the policies of every store concerned leave to a search."""
    stores = sorted({known.of(one).record.store_id for one in cluster})
    asked = [policies.Asked(AUTO_MERGE, store, now) for store in stores]
    by = {value.by for value in policies.resolve_all(session, asked)}
    if AutoMerge.NOTHING in by:
        return False
    return by == {AutoMerge.EVIDENCE} or all(
        _by_number(match)
        for pair, match in alike.items()
        if set(pair) <= set(cluster) and match.decision is Decision.LINK
    )


def _by_number(match: Match) -> bool:
    return any(one.kind in (Kind.ID18, Kind.ORGANISATION) for one in match.evidence)


def _merge(
    session: Session,
    cluster: Sequence[UUID],
    known: Known,
    alike: dict[tuple[UUID, UUID], Match],
    *,
    now: datetime,
) -> set[UUID]:
    """The losers; none if somebody changed one of the records meanwhile, which the next search finds again."""
    sure = [match for pair, match in alike.items() if set(pair) <= set(cluster) and match.decision is Decision.LINK]
    asked = Asked(
        loser_ids=cluster,
        versions={one: known.of(one).record.version for one in cluster},
        reason=AUTO,
        rule=BY_ID if all(map(_by_number, sure)) else BY_EVIDENCE,
        score=min(match.points for match in sure),
    )
    try:
        done = merge(session, asked, by=By(SYSTEM, SYSTEM, "", now))
    except Refusal:
        return set()
    found = [
        Suspicion(*pair, match, done.survivor.store_id, "scan", now)
        for pair, match in alike.items()
        if set(pair) <= set(cluster)
    ]
    found_the_same(session, found, by=SYSTEM, reason=AUTO)
    return set(cluster) - {done.survivor.id}
