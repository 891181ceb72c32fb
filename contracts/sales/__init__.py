"""What the sales service can be asked, by the idea it belongs to."""

from contracts.sales import allocation, operations, payments, policies, stock

__all__ = ["allocation", "operations", "payments", "policies", "stock"]
