"""The steps of a delivery: which an order has, where they stand, and when it will be done."""

from services.sales.steps import usecases

__all__ = ["usecases"]
