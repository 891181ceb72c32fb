"""The retention: what is past its time goes away by itself, or is put before somebody (PIPL 19, 47)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.process import logs, metrics
from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.rows import insert_all
from contracts.customer.policies import Act, Retention
from contracts.customer.privacy import RequestKind
from services.customer.privacy.errors import ErasureBlocked
from services.customer.privacy.models import PrivacyRequest
from services.customer.privacy.rules import limits
from services.customer.privacy.usecases.erasing import erase
from services.customer.privacy.usecases.requests import opened, retention

SYSTEM = "system"
"""Who proposes, and erases, when nobody does."""

log = logs.get("retention")
_requests: Any = PrivacyRequest.__table__

_ENDED = "('finished', 'refused', 'cancelled', 'undone')"
_OVERDUE = text("SELECT count(*) FROM privacy_request WHERE status = 'open' AND due_at < :now")
_FINISHED = text("SELECT finished_at FROM retention_run WHERE day = :day")
_NOTE = text(
    """
    INSERT INTO retention_run AS known (day, figures, finished_at)
    VALUES (:day, CAST(:figures AS jsonb), :finished_at)
    ON CONFLICT (day) DO UPDATE
       SET finished_at = excluded.finished_at,
           figures = known.figures || (
               SELECT coalesce(
                      jsonb_object_agg(what, coalesce((known.figures->>what)::bigint, 0) + number::bigint), '{}')
                 FROM jsonb_each_text(excluded.figures) AS one(what, number))
    RETURNING figures
    """
)


class Step(NamedTuple):
    """What goes when: a statement over `:before` that takes at most `:most` at once, by the limit of a retention."""

    what: str
    limit: str
    most: int
    statement: TextClause


def _of_erased(table: str, *, age: str = "c.updated_at") -> TextClause:
    """Rows of customers who were erased, and what the row is older than."""
    return text(
        f"""
        DELETE FROM {table} WHERE id IN (
               SELECT r.id FROM customer c JOIN {table} r ON r.customer_id = c.id
                WHERE c.status = 'erased' AND {age} < :before LIMIT :most)
        """  # noqa: S608  # names of our own tables
    )


STEPS = (
    Step(
        "import_rows",
        "transient",
        5000,
        text(
            f"""
            DELETE FROM import_row WHERE (import_id, number) IN (
                   SELECT r.import_id, r.number FROM import_file f JOIN import_row r ON r.import_id = f.id
                    WHERE f.status IN {_ENDED} AND f.finished_at < :before LIMIT :most)
            """  # noqa: S608  # a constant of this file
        ),
    ),
    Step(
        "import_parts",
        "transient",
        20,
        text(
            f"""
            DELETE FROM import_part WHERE (import_id, no) IN (
                   SELECT p.import_id, p.no FROM import_file f JOIN import_part p ON p.import_id = f.id
                    WHERE f.status IN ('uploading', {_ENDED[1:-1]}) AND f.created_at < :before LIMIT :most)
            """  # noqa: S608  # a constant of this file
        ),
    ),
    Step("changes", "proof", 1000, _of_erased("change")),
    Step("consents", "proof", 1000, _of_erased("consent")),
    Step(
        "merges",
        "proof",
        1000,
        text(
            """
            WITH past AS (
                 SELECT m.id FROM customer c JOIN merge m ON m.survivor_id = c.id
                  WHERE c.status = 'erased' AND c.updated_at < :before LIMIT :most),
            steps AS (DELETE FROM merge_step WHERE merge_id IN (SELECT id FROM past))
            DELETE FROM merge WHERE id IN (SELECT id FROM past)
            """
        ),
    ),
    Step("documents", "books", 1000, _of_erased("document", age="greatest(r.added_at, r.removed_at)")),
    Step(
        "privacy_requests",
        "proof",
        1000,
        text(
            """
            DELETE FROM privacy_request WHERE id IN (
                   SELECT id FROM privacy_request WHERE decided_at < :before LIMIT :most)
            """
        ),
    ),
)
"""In this order; each turn takes the first of which there is something."""

TOGETHER = {Act.PROPOSE: 50, Act.ERASE: 5}
"""Customers proposed, or erased, in one transaction."""

_NOT_MET = """
      FROM customer c LEFT JOIN glance g ON g.customer_id = c.id
     WHERE c.status = 'active' AND c.registered_at < :before AND c.updated_at < :before
       AND coalesce(greatest(g.sold_at, g.last_service_at, g.last_contact_at) < :before, true)
       AND coalesce(g.open_orders, 0) = 0 AND coalesce(g.open_repair_orders, '[]') = '[]'
       AND NOT EXISTS (SELECT FROM customer m WHERE m.merged_into = c.id AND m.registered_at >= :before)
       AND NOT EXISTS (SELECT FROM privacy_request r
                        WHERE r.customer_id = c.id AND (r.status = 'open' AND (r.kind <> 'expired' OR :proposing)
                                                        OR r.decided_at >= :before))
"""
"""Whom nobody met since. One whose erasure was refused since then is not proposed again."""
_PAST = text(
    f"""
    SELECT c.id, c.store_id,
           EXISTS (SELECT FROM privacy_request r WHERE r.customer_id = c.id AND r.status = 'open') AS proposed
      {_NOT_MET} ORDER BY c.id LIMIT :most
    """  # noqa: S608  # a constant of this file
)
_HOW_MANY = text(f"SELECT count(*) {_NOT_MET}")


def keep_to_retention(session: Session, *, now: datetime) -> int:
    """One turn of today's run: a bit of what is past its time; how much. Over for today, it only counts what waits."""
    metrics.PRIVACY_OVERDUE.set(session.scalar(_OVERDUE, {"now": now}) or 0)
    today = now.astimezone(LOCAL).date()
    if session.scalar(_FINISHED, {"day": today}) is not None:
        return 0
    held = retention(session, at=now)
    what, done = _next(session, held, now=now)
    figures = _note(session, today, {what: done} if done else {}, finished_at=None if done else now)
    if done:
        metrics.RETIRED.labels(what).inc(done)
    else:
        log.info("retention", day=today.isoformat(), **figures)
    return done


def concerned(session: Session, made: policies.Publication, *, now: datetime) -> policies.Effect:
    """How many customers, as records stand, the daily check proposes or erases by a new retention."""
    del now
    held = retention(session, at=made.since)
    before = limits(held, now=made.since)["relationship"]
    found = session.scalar(_HOW_MANY, {"before": before, "proposing": held.act is Act.PROPOSE})
    return policies.Effect(found or 0)


def _next(session: Session, held: Retention, *, now: datetime) -> tuple[str, int]:
    before = limits(held, now=now)
    for step in STEPS:
        gone: Any = session.execute(step.statement, {"before": before[step.limit], "most": step.most})
        if gone.rowcount:
            return step.what, int(gone.rowcount)
    return _forgotten(session, held, before=before["relationship"], now=now)


def _forgotten(session: Session, held: Retention, *, before: datetime, now: datetime) -> tuple[str, int]:
    """Customers whom nobody met since then: proposed once, or erased."""
    erases = held.act is Act.ERASE
    asked = {"before": before, "most": TOGETHER[held.act], "proposing": not erases}
    rows = session.execute(_PAST, asked).all()
    proposed = [
        opened(row.id, RequestKind.EXPIRED.value, how="", store_id=row.store_id, by=SYSTEM, held=held, now=now)
        for row in rows
        if not row.proposed
    ]
    if proposed:
        insert_all(session, _requests, proposed)
    if not erases:
        return "proposed", len(proposed)
    done = 0
    for row in rows:
        with contextlib.suppress(ErasureBlocked), session.begin_nested():
            erase(session, row.id, by=SYSTEM, at=now)
            done += 1
    return "erased", done


def _note(session: Session, day: date, figures: Mapping[str, int], *, finished_at: datetime | None) -> dict[str, int]:
    told = {"day": day, "figures": orjson.dumps(figures).decode(), "finished_at": finished_at}
    noted: dict[str, int] = session.execute(_NOTE, told).scalar_one()
    return noted
