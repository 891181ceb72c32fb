"""What every answer about a customer shows of him: his vehicles and the facts at a glance."""

from __future__ import annotations

from typing import Any

GLANCE = """
    g.sold_at, g.sold_store_id, g.consultant_id, g.last_service_at, g.last_km, g.service_visits, g.open_visits,
    g.last_score
"""

JOINED = """
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_object('vehicle_id', v.id, 'vin', v.vin, 'model', v.model, 'colour', v.colour,
                                             'plate', n.plate, 'role', p.role, 'since', p.since, 'until', p.until)
                           ORDER BY p.until IS NOT NULL, p.since DESC, v.id) AS vehicles
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
            WHERE p.customer_id = c.id) owned ON true
"""
"""Joins the glance `g` and the vehicles `owned` to a customer `c`."""


def glance(row: Any) -> dict[str, Any]:
    """`operations.Glance` of a row with the columns of GLANCE."""
    return {
        "sold_by_us": row.sold_at is not None,
        "sold_at": row.sold_at,
        "sold_store_id": row.sold_store_id,
        "consultant_id": row.consultant_id,
        "last_service_at": row.last_service_at,
        "last_km": row.last_km,
        "service_visits": row.service_visits or 0,
        "open_visits": row.open_visits or 0,
        "last_score": row.last_score,
    }
