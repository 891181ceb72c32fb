"""What people do and see on the way from the contract to the keys."""

from services.sales.deliveries import queries, usecases

__all__ = ["queries", "usecases"]
