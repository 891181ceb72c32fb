"""A vehicle's stay in the workshop."""

from services.workshop.repair_orders import queries
from services.workshop.repair_orders.usecases import clocks, lines, parties, promises, steps, taking_in

__all__ = ["clocks", "lines", "parties", "promises", "queries", "steps", "taking_in"]
