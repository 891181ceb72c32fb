"""Orders, from the contract to the handed-over car."""

from services.sales.orders import queries, shown, usecases

__all__ = ["queries", "shown", "usecases"]
