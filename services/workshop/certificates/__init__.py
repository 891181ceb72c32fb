"""Certificates of completion: what a repair was by law, and how long it is guaranteed."""

from services.workshop.certificates import usecases

__all__ = ["usecases"]
