"""Lists of customers taken out of the house: asked for, approved, downloaded (R18; S22)."""

from services.customer.exports import queries, usecases

__all__ = ["queries", "usecases"]
