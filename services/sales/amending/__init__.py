"""Prices that stand are changed by documents of their own."""

from services.sales.amending import usecases

__all__ = ["usecases"]
