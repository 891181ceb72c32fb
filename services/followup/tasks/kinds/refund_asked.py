"""REFUND_ASKED: money is asked back, and somebody else than who asked must agree or not (R43)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from contracts.envelope import Received
from contracts.money import yuan
from contracts.sales.events import RefundApproved, RefundRefused, RefundRequested
from contracts.sales.payments import approve_refund
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening

WITHIN = timedelta(days=1)
"""A customer who waits for his money is answered by the next day."""


def asked(event: Received[RefundRequested]) -> Opening | None:
    """Any sales manager's of the store but his who asked; of money that is nobody's known there is no task."""
    told = event.payload
    if told.customer_id is None or told.order_id is None:
        return None
    return Opening(
        subject_id=str(told.refund_id),
        store_id=event.store_id,
        role="sales_manager",
        not_for=(told.requested_by,),
        customer_id=told.customer_id,
        document=("order", str(told.order_id)),
        due_at=event.occurred_at + WITHIN,
        zh=f"退款待审批:¥{yuan(told.amount_fen)}",
        en=f"A refund of {yuan(told.amount_fen)} yuan is to be decided",
    )


def decided(event: Received[RefundApproved] | Received[RefundRefused]) -> Iterable[str]:
    """The refund, whatever was decided."""
    return [str(event.payload.refund_id)]


REFUND_ASKED = Kind(
    code="REFUND_ASKED",
    zh="退款审批",
    en="Refund to decide",
    done_by=approve_refund,
    console="/console/{store_id}/customers/{customer_id}",
    api="/api/v1/customers/{customer_id}/360",
    opens={RefundRequested: asked},
    closes={RefundApproved: decided, RefundRefused: decided},
)
