"""Orders, from the contract to the handed-over car."""

from services.sales.orders import queries, usecases

__all__ = ["queries", "usecases"]
