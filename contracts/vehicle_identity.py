"""A vehicle has the same identifier in every service: the UUID derived from its VIN.

Why: `docs/decisions/0005-vehicle-identity.md`.
"""

from __future__ import annotations

from uuid import UUID, uuid5

_VEHICLES = UUID("6f9d3b52-0c1e-5a57-9d0e-2b1f7c1a4e10")


def vehicle_id(vin: str) -> UUID:
    """The identifier of the vehicle with this normalised VIN."""
    return uuid5(_VEHICLES, vin)
