"""The money of repair orders: who owes how much of one, and what came."""

from services.workshop.settlements import queries, usecases

__all__ = ["queries", "usecases"]
