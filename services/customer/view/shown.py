"""What every answer about a customer shows of him: his vehicles, the facts at a glance, and what not to overlook."""

# ruff: noqa: S608  # put together from constants of this file

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.process.clock import LOCAL
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import surnames
from services.customer.view.rules.alerts import Arrival
from services.customer.view.rules.alerts import alerts as alerts_of

_LONGEST_SURNAME = 2

SUMS = ("service_visits", "open_visits", "open_orders", "spent_fen")
FACTS = (
    "sold_at", "sold_store_id", "consultant_id", "last_service_at", "last_service_store_id", "last_contact_at",
    "last_km", "last_score", "next_visit_at", "next_visit_purpose",
)  # fmt: skip

GLANCE = f"""
    {", ".join(f"g.{name}" for name in (*FACTS, *SUMS))}, nullif(g.open_repair_orders, '[]') AS open_repair_orders,
    coalesce(owned.formal, false) AS formal,
    coalesce((c.preferences->>'do_not_call')::boolean, false) AS do_not_call,
    num_nonnulls(c.id18, c.uscc, c.organisation_code) > 0 AS has_card,
    EXISTS (SELECT FROM pair WHERE pair.a = c.id AND pair.status = 'open')
    OR EXISTS (SELECT FROM pair WHERE pair.b = c.id AND pair.status = 'open') AS suspected
"""

JOINED = """
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_object('vehicle_id', v.id, 'vin', v.vin, 'model', v.model, 'colour', v.colour,
                                             'plate', n.plate, 'role', p.role, 'since', p.since, 'until', p.until)
                           ORDER BY p.until IS NOT NULL, p.since DESC, v.id) AS vehicles,
                  bool_or(p.role = 'owner' AND p.until IS NULL AND d.vehicle_id IS NOT NULL) AS formal
             FROM (SELECT vehicle_id, role, min(since) AS since,
                          CASE WHEN bool_or(until IS NULL) THEN NULL ELSE max(until) END AS until
                     FROM vehicle_party WHERE customer_id = c.id GROUP BY vehicle_id, role) p
             JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_dealing d ON d.vehicle_id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL) owned ON true
"""
"""Joins the glance `g` and the vehicles `owned` to a customer `c`."""


def glance(row: Any) -> dict[str, Any]:
    """`operations.Glance` of a row with the columns of GLANCE."""
    return {
        "sold_by_us": row.sold_at is not None,
        "formal": row.formal,
        **{name: getattr(row, name) for name in FACTS},
        **{name: getattr(row, name) or 0 for name in SUMS},
        "open_repair_orders": row.open_repair_orders or [],
    }


def alerts(row: Any, *, today: date) -> list[dict[str, str]]:
    """`operations.Alert`s of the same row, which also holds the customer's kind, name and mobile."""
    arrival = Arrival(
        kind=CustomerKind(row.kind),
        mobile=row.mobile,
        has_card=row.has_card,
        surname_only=len(row.name) <= _LONGEST_SURNAME
        and row.kind == CustomerKind.PERSON
        and surnames.split(row.name)[1] == "",
        sold_by_us=row.sold_at is not None,
        in_workshop=row.open_repair_orders or (),
        open_orders=row.open_orders or 0,
        due_at=row.next_visit_at.astimezone(LOCAL) if row.next_visit_at else None,
        last_score=row.last_score,
        do_not_call=row.do_not_call,
        suspected=row.suspected,
    )
    return [alert._asdict() for alert in alerts_of(arrival, today=today)]
