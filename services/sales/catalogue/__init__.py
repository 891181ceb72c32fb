"""The cars that are sold, and what they cost by the list."""

from services.sales.catalogue import queries, usecases

__all__ = ["queries", "usecases"]
