"""Vehicles, their plates and readings over time, and who has what to do with them (E5, E7)."""

from services.customer.vehicles import queries
from services.customer.vehicles.usecases import adding, odometer, parties, plates

__all__ = ["adding", "odometer", "parties", "plates", "queries"]
