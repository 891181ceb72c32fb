"""Who owes what of an order, and what a lender's letter says of it."""

from services.sales.receivables import usecases

__all__ = ["usecases"]
