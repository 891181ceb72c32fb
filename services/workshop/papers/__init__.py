"""Repairs on paper: what stands on each sheet."""

from services.workshop.papers import queries

__all__ = ["queries"]
