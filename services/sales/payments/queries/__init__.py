"""What sales shows of money: of one order, what finance works off, what waits for a manager's word."""

from services.sales.payments.queries.approvals import list_approvals
from services.sales.payments.queries.finance import (
    list_notices,
    list_receipts,
    list_receivables,
    list_refunds,
    list_returns,
)
from services.sales.payments.queries.of_order import order_money

__all__ = [
    "list_approvals",
    "list_notices",
    "list_receipts",
    "list_receivables",
    "list_refunds",
    "list_returns",
    "order_money",
]
