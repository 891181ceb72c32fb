"""What money looks like to who asks."""

from __future__ import annotations

from contracts.picked import picked
from contracts.sales import payments as operations
from services.sales.payments.models import Payment, Refund


def payment_shown(payment: Payment) -> operations.Payment:
    """A payment."""
    return picked(operations.Payment, payment, payment_id=payment.id)


def refund_shown(refund: Refund) -> operations.Refund:
    """A refund."""
    return picked(operations.Refund, refund, refund_id=refund.id)
