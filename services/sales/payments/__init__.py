"""The money of orders: what came, what is awaited, what goes back."""

from services.sales.payments import queries
from services.sales.payments.usecases import loans, notices, receipts, refunds

__all__ = ["loans", "notices", "queries", "receipts", "refunds"]
