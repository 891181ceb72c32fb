"""RECEIPT_UNAPPLIED: money came that its order does not owe, and finance must use it or give it back (C19)."""

from __future__ import annotations

from datetime import timedelta

from contracts.envelope import Received
from contracts.money import yuan
from contracts.sales.events import ReceiptSettled, ReceiptUnapplied
from contracts.sales.payments import apply_receipt
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(days=1)
"""It is the customer's money: he hears of it by the next day."""


def idle(event: Received[ReceiptUnapplied]) -> Opening | None:
    """Finance's of the store; of money whose order nobody knows there is no task, it stands in finance's list."""
    told = event.payload
    if told.customer_id is None or told.order_id is None:
        return None
    return Opening(
        subject_id=str(told.payment_id),
        store_id=event.store_id,
        role="finance",
        customer_id=told.customer_id,
        document=("order", str(told.order_id)),
        due_at=event.occurred_at + WITHIN,
        zh=f"多收款¥{yuan(told.amount_fen)}待处理:退款或用于订单",
        en=f"{yuan(told.amount_fen)} yuan came that nobody owed: give them back, or use them",
    )


def settled(event: Received[ReceiptSettled]) -> list[str]:
    """The payment."""
    return [str(event.payload.payment_id)]


RECEIPT_UNAPPLIED = Kind(
    code="RECEIPT_UNAPPLIED",
    zh="未分配收款",
    en="Unapplied receipt",
    done_by=apply_receipt,
    console="/console/{store_id}/customers/{customer_id}",
    api="/api/v1/receipts/unapplied",
    opens={ReceiptUnapplied: idle},
    closes={ReceiptSettled: settled},
)
