"""What we had to do with a vehicle, whoever owned it then: first sold, and first served by us (R25)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.store.rows import Insert
from contracts.envelope import Received
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.customer.vehicles.models import Dealing

DEALT = (VehicleDelivered, VehicleReturned)
"""Events by which a vehicle becomes one of those that we sold, or served."""

_dealings: Any = Dealing.__table__
_EARLIEST = """
    (vehicle_id) DO UPDATE SET sold_at = least(known.sold_at, excluded.sold_at),
                               served_at = least(known.served_at, excluded.served_at)
     WHERE excluded.sold_at < coalesce(known.sold_at, 'infinity')
        OR excluded.served_at < coalesce(known.served_at, 'infinity')
"""


def dealings(received: Sequence[Received[Any]]) -> Insert:
    """The dealings in these events, to be written with other rows; of several about one vehicle the earliest."""
    rows: dict[Any, dict[str, Any]] = {}
    for event in sorted(received, key=lambda one: one.occurred_at, reverse=True):
        if isinstance(event.payload, DEALT):
            vehicle_id = event.payload.vehicle_id
            row = rows.setdefault(vehicle_id, {"vehicle_id": vehicle_id, "sold_at": None, "served_at": None})
            row["sold_at" if isinstance(event.payload, VehicleDelivered) else "served_at"] = event.occurred_at
    return Insert(_dealings, [rows[one] for one in sorted(rows)], _EARLIEST)
