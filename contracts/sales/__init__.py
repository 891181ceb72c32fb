"""What the sales service can be asked, by the idea it belongs to."""

from contracts.sales import allocation, deliveries, operations, payments, policies, progress, steps, stock

__all__ = ["allocation", "deliveries", "operations", "payments", "policies", "progress", "steps", "stock"]
