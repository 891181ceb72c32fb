"""Groups of customers by what they are and did, kept up to date (R18)."""

from services.customer.segments import queries, usecases

__all__ = ["queries", "usecases"]
