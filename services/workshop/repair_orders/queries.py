"""What the workshop shows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, select, text

from chassis.customers import rekeying
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.picked import picked, shaped
from contracts.workshop import clocking, lines, operations, stages
from contracts.workshop import parties as parties_contract
from contracts.workshop import progress as contract
from contracts.workshop.operations import LineKind, RepairOrderSort, Stage
from contracts.workshop.progress import Risk, RiskReason
from services.workshop.parties.models import RepairParty
from services.workshop.repair_orders.errors import RepairOrderNotFound
from services.workshop.repair_orders.models import Clocking, Consent, JobLine, RepairOrder, StageEntry
from services.workshop.repair_orders.rules.prediction import rank, risk_of
from services.workshop.repair_orders.rules.work import GIVABLE
from services.workshop.repair_orders.shown import clocking_shown, hours_apart, shown
from services.workshop.repair_orders.usecases.history import Took, history
from services.workshop.repair_orders.usecases.outlook import OpenOrder, outlook

_columns = RepairOrder.__table__.c
_lines = JobLine.__table__.c

SORTS = {
    RepairOrderSort.PROMISE: Sorting(_columns.promised_at, _columns.id, index="repair_order_board"),
    RepairOrderSort.LONGEST_HERE: Sorting(_columns.opened_at, _columns.id, index="repair_order_by_opening"),
    RepairOrderSort.NEWEST: Sorting(_columns.opened_at, _columns.id, descending=True, index="repair_order_by_opening"),
}
"""What is asked for by promise is open: of what was returned the page is sorted when it is found."""
_LAST_RETURNED_FIRST = Sorting(_columns.returned_at, _columns.id, descending=True, index="repair_order_by_store")
_OPEN = and_(_columns.returned_at.is_(None), _columns.cancelled_at.is_(None))
"""The vehicle is still here: the board's orders, by the predicate of its index."""
_HERE_NO_MORE = {
    Stage.RETURNED: _columns.returned_at.is_not(None),
    Stage.CLOSED: _columns.returned_at.is_not(None),
    Stage.CANCELLED: _columns.cancelled_at.is_not(None),
}
"""By the stages at which it is not."""


_WORK = text(
    """
    SELECT o.id AS ro_id, o.number, o.store_id, o.vehicle_id, o.stage, o.promised_at,
           l.position, l.description, l.state, l.hours, whose.technicians, coalesce(nullif(l.bay, ''), o.bay) AS bay,
           coalesce(runs.clocked_on, '{}') AS clocked_on, runs.since
      FROM repair_order o
      JOIN job_line l ON l.order_id = o.id AND l.kind = 'WORK' AND l.state IN ('authorized', 'working')
      JOIN LATERAL (
           SELECT CASE WHEN l.technicians <> '{}' THEN l.technicians
                       WHEN o.technician_id IS NOT NULL THEN ARRAY[CAST(o.technician_id AS text)]
                       ELSE ARRAY(SELECT DISTINCT who FROM job_line other, unnest(other.technicians) who
                                   WHERE other.order_id = o.id ORDER BY who) END AS technicians) whose ON TRUE
      LEFT JOIN LATERAL (
           SELECT array_agg(c.technician_id ORDER BY c.began_at) AS clocked_on, min(c.began_at) AS since
             FROM clocking c
            WHERE c.order_id = o.id AND c.ended_at IS NULL AND coalesce(c.position, l.position) = l.position) runs
        ON TRUE
     WHERE o.returned_at IS NULL AND o.cancelled_at IS NULL AND whose.technicians <> '{}'
       AND (CAST(:store_ids AS text[]) IS NULL OR o.store_id = ANY(:store_ids))
       AND (CAST(:technicians AS text[]) IS NULL OR whose.technicians && CAST(:technicians AS text[]))
     ORDER BY runs.since IS NULL, o.promised_at NULLS LAST, o.id, l.position
    """
)


_FORGOTTEN = text(
    """
    SELECT c.id AS clocking_id, c.order_id AS ro_id, o.number, c.store_id, c.technician_id, c.position, c.began_at,
           c.ended_at
      FROM clocking c JOIN repair_order o ON o.id = c.order_id
     WHERE c.forgotten AND c.confirmed_at IS NULL
       AND (CAST(:store_ids AS text[]) IS NULL OR c.store_id = ANY(:store_ids))
     ORDER BY c.began_at, c.id
    """
)


def get_repair_order(
    connection: Connection, asked: operations.RepairOrderById, *, scope: Scope
) -> operations.RepairOrder:
    """One repair order of the caller's scope. Raises RepairOrderNotFound."""
    row = connection.execute(select(RepairOrder.__table__).where(_columns.id == asked.ro_id)).one_or_none()
    if row is None or not scope.admits(store_id=row.store_id, owner_id=row.advisor_id):
        raise RepairOrderNotFound
    return shown(row, _lines_of(connection, [row.id])[row.id])


def repair_history(connection: Connection, asked: operations.RepairOrderById, *, scope: Scope) -> stages.RepairHistory:
    """Every stage an order of the caller's scope came to. Raises RepairOrderNotFound."""
    get_repair_order(connection, asked, scope=scope)
    entries = StageEntry.__table__
    wanted = select(entries).where(entries.c.order_id == asked.ro_id).order_by(entries.c.version)
    return stages.RepairHistory([shaped(stages.StageEntry, row) for row in connection.execute(wanted).mappings()])


def consents(connection: Connection, asked: operations.RepairOrderById, *, scope: Scope) -> lines.Consents:
    """What the customer said to an order of the caller's scope. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    said = Consent.__table__
    wanted = select(said).where(said.c.order_id == asked.ro_id).order_by(said.c.version)
    items = [shaped(lines.Consent, row) for row in connection.execute(wanted).mappings()]
    return lines.Consents(order.store_id, items)


def clockings(connection: Connection, asked: operations.RepairOrderById, *, scope: Scope) -> clocking.Clockings:
    """Who worked on an order of the caller's scope, and its hours by line. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    table = Clocking.__table__
    wanted = select(table).where(table.c.order_id == asked.ro_id).order_by(table.c.began_at, table.c.id)
    found = [clocking_shown(row) for row in connection.execute(wanted)]
    return clocking.Clockings(
        order.store_id, found, hours_apart(order.lines, found, estimates=_estimates(connection, order))
    )


def _estimates(connection: Connection, order: operations.RepairOrder) -> dict[int, clocking.HoursEstimate]:
    """By line to be done that has no standard hours, how long such work took."""
    lines = [line for line in order.lines if line.kind is LineKind.WORK and line.state in GIVABLE and not line.hours]
    known = history(connection, [line.job_class for line in lines])
    return {line.position: _estimate(known.of(line.job_class, store_id=order.store_id)) for line in lines}


def _estimate(took: Took) -> clocking.HoursEstimate:
    return picked(clocking.HoursEstimate, took)


def list_work(connection: Connection, asked: clocking.ListWork, *, scope: Scope) -> clocking.Work:
    """Lines that technicians were given and that are not done, in the caller's scope. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    named = (scope.owners, None if asked.technician_id is None else (asked.technician_id,))
    reached = [set(one) for one in named if one is not None]
    wanted = {
        "store_ids": None if stores is None else sorted(stores),
        "technicians": sorted(set.intersection(*reached)) if reached else None,
    }
    return clocking.Work([shaped(clocking.WorkItem, row) for row in connection.execute(_WORK, wanted).mappings()])


def forgotten_clocks(
    connection: Connection, asked: clocking.ForgottenOfStore, *, scope: Scope
) -> clocking.ForgottenClocks:
    """Forgotten clocks of the caller's scope that nobody confirmed yet. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = {"store_ids": None if stores is None else sorted(stores)}
    rows = connection.execute(_FORGOTTEN, wanted).mappings()
    return clocking.ForgottenClocks([shaped(clocking.ForgottenClock, row) for row in rows])


def repair_parties(
    connection: Connection, asked: operations.RepairOrderById, *, scope: Scope
) -> parties_contract.RepairParties:
    """Whom an order of the caller's scope is about beside its customer. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    return parties_of(connection, order.ro_id, store_id=order.store_id, version=order.version)


def parties_of(connection: Connection, ro_id: UUID, *, store_id: str, version: int) -> parties_contract.RepairParties:
    """The parties of an order, who brings the vehicle first."""
    known = RepairParty.__table__
    wanted = select(known).where(known.c.order_id == ro_id).order_by(known.c.role, known.c.pay_type)
    items = [shaped(parties_contract.RepairParty, row) for row in connection.execute(wanted).mappings()]
    return parties_contract.RepairParties(ro_id, store_id, version, items)


def progress(
    connection: Connection, asked: operations.RepairOrderById, *, scope: Scope, now: datetime
) -> contract.Progress:
    """How far one order is, and whether its promise will hold. Raises RepairOrderNotFound."""
    order = get_repair_order(connection, asked, scope=scope)
    here = outlook(connection, [order.store_id], now=now)
    found = next((one for one in here if one.ro_id == asked.ro_id), None)
    if found is not None:
        return _progress(found)
    kept = Risk.NONE if order.ready_at is None else risk_of(order.promised_at, eta=order.ready_at, now=order.ready_at)
    return picked(contract.Progress, order, eta=order.ready_at, risk=kept, reason=RiskReason.READY)


def board_progress(
    connection: Connection, asked: contract.ProgressOfBoard, *, scope: Scope, now: datetime
) -> contract.BoardProgress:
    """How far every open order of the caller's scope is, the worst first. Raises StoreNotAllowed."""
    orders = outlook(connection, scope.narrow(asked.store_id), now=now)
    shown = [_progress(one) for one in orders if scope.owners is None or one.row.advisor_id in scope.owners]
    return contract.BoardProgress(sorted(shown, key=_worst_first))


def _progress(one: OpenOrder) -> contract.Progress:
    return shaped(contract.Progress, one.row._mapping, **one.predicted._asdict())


def _worst_first(one: contract.Progress) -> tuple[int, bool, float, UUID]:
    promised = one.promised_at.timestamp() if one.promised_at else 0.0
    return (-rank(one.risk), one.promised_at is None, promised, one.ro_id)


def list_repair_orders(
    connection: Connection, asked: operations.ListRepairOrders, *, scope: Scope
) -> operations.RepairOrders:
    """A page of the board, unless asked otherwise oldest promise first; of what was returned, or of a customer, newest.

    Raises StoreNotAllowed for a foreign store.
    """
    stores = scope.narrow(asked.store_id)
    wanted = select(RepairOrder.__table__)
    if asked.stage is not None:
        wanted = wanted.where(_columns.stage == asked.stage)
        if asked.stage in _HERE_NO_MORE:
            wanted = wanted.where(_HERE_NO_MORE[asked.stage])
    if asked.stage not in _HERE_NO_MORE and (asked.stage is not None or asked.customer_id is None):
        wanted = wanted.where(_OPEN)
    if stores is not None:
        wanted = wanted.where(_columns.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_columns.advisor_id.in_(scope.owners))
    if asked.vehicle_id is not None:
        wanted = wanted.where(_columns.vehicle_id == asked.vehicle_id)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    found = pages.page(connection, wanted, asked, by=SORTS[asked.sort] if asked.sort else _usual(asked))
    work = _lines_of(connection, [row.id for row in found.rows])
    items = [shown(row, work[row.id]) for row in found.rows]
    return operations.RepairOrders(items, asked.page, asked.size, found.total, found.next)


def _usual(asked: operations.ListRepairOrders) -> Sorting:
    """How a list is sorted of which nothing else is said."""
    if asked.stage in (Stage.RETURNED, Stage.CLOSED):
        return _LAST_RETURNED_FIRST
    if asked.stage is Stage.CANCELLED or (asked.stage is None and asked.customer_id is not None):
        return SORTS[RepairOrderSort.NEWEST]
    return SORTS[RepairOrderSort.PROMISE]


def _lines_of(connection: Connection, orders: list[UUID]) -> defaultdict[UUID, list[Any]]:
    """The job lines of several orders, in one statement."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    if orders:
        wanted = select(JobLine.__table__).where(_lines.order_id.in_(orders)).order_by(_lines.order_id, _lines.position)
        for row in connection.execute(wanted):
            found[row.order_id].append(row)
    return found
