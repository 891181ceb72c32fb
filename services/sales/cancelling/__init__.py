"""Orders that are cancelled, and what becomes of their cars."""

from services.sales.cancelling import usecases

__all__ = ["usecases"]
