"""A vehicle's stay in the workshop."""

from services.workshop.repair_orders import queries, usecases

__all__ = ["queries", "usecases"]
