"""The vehicles in the yards."""

from services.sales.stock import queries, usecases

__all__ = ["queries", "usecases"]
