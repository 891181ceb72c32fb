"""What the sales service can be asked, by the idea it belongs to."""

from contracts.sales import (
    allocation,
    catalogue,
    deliveries,
    finance,
    operations,
    parties,
    payments,
    policies,
    progress,
    quotes,
    receivables,
    steps,
    stock,
)

__all__ = [
    "allocation",
    "catalogue",
    "deliveries",
    "finance",
    "operations",
    "parties",
    "payments",
    "policies",
    "progress",
    "quotes",
    "receivables",
    "steps",
    "stock",
]
