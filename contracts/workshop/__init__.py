"""What the workshop can be asked, by the idea it belongs to."""

from contracts.workshop import (
    appointments,
    bays,
    comebacks,
    following,
    forecasts,
    guarantees,
    papers,
    parties,
    policies,
    settlements,
)

__all__ = [
    "appointments",
    "bays",
    "comebacks",
    "following",
    "forecasts",
    "guarantees",
    "papers",
    "parties",
    "policies",
    "settlements",
]
