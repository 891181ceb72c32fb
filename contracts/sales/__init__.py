"""What the sales service can be asked, by the idea it belongs to."""

from contracts.sales import (
    allocation,
    deliveries,
    finance,
    operations,
    parties,
    payments,
    policies,
    progress,
    receivables,
    steps,
    stock,
)

__all__ = [
    "allocation",
    "deliveries",
    "finance",
    "operations",
    "parties",
    "payments",
    "policies",
    "progress",
    "receivables",
    "steps",
    "stock",
]
