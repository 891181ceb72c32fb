"""What was foreseen of repair orders, and how far it was from what happened."""

from services.workshop.forecasts import queries, usecases

__all__ = ["queries", "usecases"]
