"""Repairs as their customers follow them, by links; and what they answer."""

from services.workshop.following import queries, usecases

__all__ = ["queries", "usecases"]
