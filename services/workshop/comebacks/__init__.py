"""Comebacks: work of ours that has to be done again."""

from services.workshop.comebacks import queries, usecases

__all__ = ["queries", "usecases"]
