"""Which order has which vehicle: the queue for what is not there yet, and what is kept for whom."""

from services.sales.allocation import queries, usecases

__all__ = ["queries", "usecases"]
