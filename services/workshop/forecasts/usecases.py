"""What is foreseen of orders is kept once their work was given, and judged once they are ready; by the clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.organisation import stores
from services.workshop.forecasts import rules
from services.workshop.forecasts.models import Forecast
from services.workshop.repair_orders.usecases.outlook import outlook

_UNFORESEEN = text(
    """
    SELECT o.id, o.store_id FROM repair_order o
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL AND o.stage IN ('dispatched', 'in_progress')
       AND NOT EXISTS (SELECT FROM forecast f WHERE f.order_id = o.id)
     ORDER BY o.id DESC LIMIT 200 FOR UPDATE OF o SKIP LOCKED
    """
)
_TO_JUDGE = text(
    """
    SELECT o.id, o.ready_at, main.job_class
      FROM forecast f
      JOIN repair_order o ON o.id = f.order_id
      LEFT JOIN LATERAL (
           SELECT l.job_class FROM job_line l
            WHERE l.order_id = o.id AND l.kind = 'WORK' AND l.state <> 'declined'
            ORDER BY l.hours DESC, l.position LIMIT 1) main ON TRUE
     WHERE f.judged_at IS NULL AND o.ready_at IS NOT NULL
     ORDER BY o.id DESC LIMIT 500 FOR UPDATE OF f SKIP LOCKED
    """
)


def foresee(session: Session, *, now: datetime) -> int:
    """Keep when orders are expected to be ready whose work was given to somebody; returns how many."""
    waiting = {row.id: row.store_id for row in session.execute(_UNFORESEEN)}
    if not waiting:
        return 0
    found = [one for one in outlook(session, set(waiting.values()), now=now) if one.ro_id in waiting]
    kept = 0
    for one in found:
        eta, standard_eta = one.predicted.eta, one.by_standard_hours(now)
        if eta is None or standard_eta is None:
            continue
        session.add(
            Forecast(
                order_id=one.ro_id, store_id=waiting[one.ro_id], foreseen_at=now, eta=eta, standard_eta=standard_eta
            )
        )
        kept += 1
    return kept


def judge(session: Session, *, now: datetime) -> int:
    """Say of orders that are ready how far they were from what was foreseen; returns how many."""
    ready = {row.id: row for row in session.execute(_TO_JUDGE)}
    forecasts = session.scalars(select(Forecast).where(Forecast.order_id.in_(ready))).all() if ready else []
    calendars = stores.calendars(session, {one.store_id for one in forecasts}) if forecasts else {}
    for one in forecasts:
        row, hours = ready[one.order_id], calendars.get(one.store_id)
        one.job_class, one.judged_at = row.job_class, now
        one.off_minutes = rules.off_minutes(hours, eta=one.eta, ready_at=row.ready_at)
        one.standard_off_minutes = rules.off_minutes(hours, eta=one.standard_eta, ready_at=row.ready_at)
    return len(forecasts)
