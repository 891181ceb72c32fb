"""Quotes, from the first price to the order or the loss."""

from services.sales.quotes import queries, usecases

__all__ = ["queries", "usecases"]
