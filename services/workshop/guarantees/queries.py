"""What is counted of cars' repairs under their guarantee, and which counters were told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.orm import Session

from chassis.process.clock import LOCAL
from chassis.store import policies
from contracts.access import Scope
from contracts.picked import shaped
from contracts.workshop import guarantees as contract
from contracts.workshop.jobs import FaultGroup
from contracts.workshop.policies import CAR_GUARANTEE
from services.workshop.guarantees import rules
from services.workshop.guarantees.models import GuaranteeWatch
from services.workshop.guarantees.rules import Terms, Visit
from services.workshop.repair_orders.models import RepairOrder

_watches = GuaranteeWatch.__table__.c
_orders = RepairOrder.__table__.c

_REPAIRED = text(
    """
    SELECT o.vehicle_id, o.id, o.authorized_at, o.ready_at, CASE WHEN o.km_status = 'OK' THEN o.km END AS km,
           array_agg(DISTINCT l.fault_group) FILTER (WHERE l.fault_group IS NOT NULL) AS parts
      FROM repair_order o
      JOIN job_line l ON l.order_id = o.id AND l.kind = 'WORK' AND l.state NOT IN ('proposed', 'declined')
      LEFT JOIN comeback c ON c.order_id = l.order_id AND c.position = l.position AND c.state = 'confirmed'
      LEFT JOIN job_line f ON f.order_id = c.cause_order_id AND f.position = c.cause_position
     WHERE o.vehicle_id = ANY(:vehicles) AND o.authorized_at IS NOT NULL AND o.cancelled_at IS NULL
       AND (l.pay_type = 'WARRANTY' OR l.shares @> '[{"pay_type": "WARRANTY"}]'
            OR f.pay_type = 'WARRANTY' OR f.shares @> '[{"pay_type": "WARRANTY"}]')
     GROUP BY o.id ORDER BY o.authorized_at
    """
)
"""Repairs that the maker bears something of, and those that had to be done again after one, at whoever's cost."""
_RUNS_FROM = text("SELECT vehicle_id, runs_from FROM vehicle_guarantee WHERE vehicle_id = ANY(:vehicles)")


class Counted(NamedTuple):
    """What is counted of a car, by the law it was sold under."""

    rule: str
    runs_from: date | None
    counts: list[contract.Count]


def counted(reader: Session | Connection, vehicles: Collection[UUID], *, now: datetime) -> defaultdict[UUID, Counted]:
    """Of these cars; what the maker bears is known of all stores."""
    runs_from = {row.vehicle_id: row.runs_from for row in reader.execute(_RUNS_FROM, {"vehicles": list(vehicles)})}
    visits: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for row in reader.execute(_REPAIRED, {"vehicles": list(vehicles)}):
        parts = frozenset(FaultGroup[part] for part in row.parts or ())
        visits[row.vehicle_id].append(Visit(row.id, row.authorized_at, row.ready_at, parts, row.km))
    policy = policies.resolve(reader, CAR_GUARANTEE, store_id=policies.GROUP, at=now)
    terms = Terms(policy.months, policy.km, policy.repair_months, policy.repair_km)
    local = now.astimezone(LOCAL)
    found: defaultdict[UUID, Counted] = defaultdict(lambda: Counted(rules.LAWS[-1].code, None, []))
    for vehicle_id in vehicles:
        since = runs_from.get(vehicle_id)
        counts = rules.counts(visits[vehicle_id], runs_from=since, terms=terms, now=local)
        found[vehicle_id] = Counted(rules.law_of(since).code, since, counts)
    return found


def vehicle_counters(
    connection: Connection, asked: contract.CountersAsked, *, now: datetime
) -> contract.VehicleCounters:
    """A car's counters as they stand; of one nobody repaired under its guarantee there are none."""
    of = counted(connection, [asked.vehicle_id], now=now)[asked.vehicle_id]
    return contract.VehicleCounters(asked.vehicle_id, of.rule, of.runs_from, of.counts)


_SHOWN = (
    *(column for column in _watches if column.name not in ("id", "key", "order_id", "most")),
    _watches.most.label("limit"),
    _watches.id.label("watch_id"),
    _watches.order_id.label("ro_id"),
    _orders.number.label("ro_number"),
    _orders.customer_id,
)


def list_guarantees(
    connection: Connection, asked: contract.ListGuarantees, *, scope: Scope
) -> contract.GuaranteeWatches:
    """A page of counters that were told of in the caller's scope. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted: list[Any] = [_watches.answered_at.is_not(None) if asked.answered else _watches.answered_at.is_(None)]
    if stores is not None:
        wanted.append(_watches.store_id.in_(stores))
    last = (_watches.told_at.desc(), _watches.id.desc())
    page = _shown().where(*wanted).order_by(*last).limit(asked.size).offset((asked.page - 1) * asked.size)
    items = [shaped(contract.GuaranteeWatch, row) for row in connection.execute(page).mappings()]
    total = connection.scalar(select(func.count()).select_from(GuaranteeWatch.__table__).where(*wanted)) or 0
    return contract.GuaranteeWatches(items, asked.page, asked.size, total)


def watch_shown(connection: Connection, watch_id: UUID) -> contract.GuaranteeWatch:
    """One that is there."""
    return shaped(contract.GuaranteeWatch, connection.execute(_shown().where(_watches.id == watch_id)).mappings().one())


def _shown() -> Select[Any]:
    return select(*_SHOWN).join(RepairOrder.__table__, _orders.id == _watches.order_id)
