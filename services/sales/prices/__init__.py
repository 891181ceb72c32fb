"""What a price is made of, for quotes and orders alike."""

from services.sales.prices import usecases

__all__ = ["usecases"]
