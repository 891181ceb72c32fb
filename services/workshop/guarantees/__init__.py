"""The law's guarantee of cars: what is counted of their repairs."""

from services.workshop.guarantees import queries, usecases

__all__ = ["queries", "usecases"]
