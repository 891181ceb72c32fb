"""What every answer about a customer shows of him: his vehicles, the facts at a glance, and what not to overlook."""

# ruff: noqa: S608  # put together from constants of this file

from __future__ import annotations

from datetime import date

from sqlalchemy import RowMapping

from chassis.process.clock import LOCAL
from contracts.customer import views
from contracts.customer.operations import CustomerKind
from contracts.declared import Declared, fields_of
from contracts.picked import shaped
from services.customer.record.rules import surnames
from services.customer.view.models import Glance
from services.customer.view.rules.alerts import Arrival
from services.customer.view.rules.alerts import alerts as alerts_of

_LONGEST_SURNAME = 2

_FOLDED = {name: declared for name, declared in fields_of(views.Glance).items() if name in Glance.__table__.c}
"""What of the facts at a glance is kept: sums and lists are there from the first event on, the rest may be unknown."""


def _column(name: str, declared: Declared) -> str:
    if declared.nullable:
        return f"g.{name}"
    nothing = "0" if declared.member is None else "'[]'"
    return f"coalesce(g.{name}, {nothing}) AS {name}"


GLANCE = f"""
    {", ".join(_column(name, declared) for name, declared in _FOLDED.items())},
    coalesce(owned.formal, false) AS formal,
    coalesce((c.preferences->>'do_not_call')::boolean, false) AS do_not_call,
    num_nonnulls(c.id18, c.uscc, c.organisation_code) > 0 AS has_card,
    EXISTS (SELECT FROM pair WHERE pair.a = c.id AND pair.status = 'open')
    OR EXISTS (SELECT FROM pair WHERE pair.b = c.id AND pair.status = 'open') AS suspected
"""

JOINED = """
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT coalesce(json_agg(
                      json_build_object('vehicle_id', v.id, 'vin', v.vin, 'model', v.model, 'colour', v.colour,
                                        'plate', n.plate, 'role', p.role, 'since', p.since, 'until', p.until)
                      ORDER BY p.until IS NOT NULL, p.since DESC, v.id), '[]') AS vehicles,
                  bool_or(p.role = 'owner' AND p.until IS NULL AND d.vehicle_id IS NOT NULL) AS formal
             FROM (SELECT vehicle_id, role, min(since) AS since,
                          CASE WHEN bool_or(until IS NULL) THEN NULL ELSE max(until) END AS until
                     FROM vehicle_party WHERE customer_id = c.id GROUP BY vehicle_id, role) p
             JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_dealing d ON d.vehicle_id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL) owned ON true
"""
"""Joins the glance `g` and the vehicles `owned` to a customer `c`."""


def glance(row: RowMapping) -> views.Glance:
    """The facts at a glance, of a row with the columns of GLANCE."""
    return shaped(views.Glance, row, sold_by_us=row["sold_at"] is not None)


def alerts(row: RowMapping, known: views.Glance, *, today: date) -> list[views.Alert]:
    """What not to overlook, of the same row, which also holds the customer's kind, name and mobile."""
    kind, name = CustomerKind(row["kind"]), row["name"]
    arrival = Arrival(
        kind=kind,
        mobile=row["mobile"],
        has_card=row["has_card"],
        surname_only=len(name) <= _LONGEST_SURNAME and kind is CustomerKind.PERSON and surnames.split(name)[1] == "",
        sold_by_us=known.sold_by_us,
        in_workshop=known.open_repair_orders,
        open_orders=known.open_orders,
        due_at=known.next_visit_at.astimezone(LOCAL) if known.next_visit_at else None,
        last_score=known.last_score,
        do_not_call=row["do_not_call"],
        suspected=row["suspected"],
    )
    return alerts_of(arrival, today=today)
