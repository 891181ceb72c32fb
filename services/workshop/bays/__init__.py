"""Where work is done: the bays of each store, as data."""

from services.workshop.bays import queries, usecases

__all__ = ["queries", "usecases"]
