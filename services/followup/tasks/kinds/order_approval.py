"""ORDER_APPROVAL: a price gives away more than the store may, and somebody else's word is asked for (C4, R42)."""

from __future__ import annotations

from contracts.envelope import Received
from contracts.followup import policies
from contracts.sales.events import OrderApprovalRequested, OrderApproved, OrderCancelled, OrderRejected
from contracts.sales.prices import approve_order
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening


def asked(event: Received[OrderApprovalRequested]) -> Opening:
    """A sales manager's of the store, but of none whose own price it is; due as the policy says."""
    told = event.payload
    return Opening(
        subject_id=event.subject.id,
        store_id=event.store_id,
        role="sales_manager",
        customer_id=told.customer_id,
        zh="订单价格超出权限,请审批",
        en="A price is beyond the limits: approve or refuse it",
        not_for=tuple(sorted({told.created_by, told.edited_by, told.consultant_id})),
        document=(event.subject.type, event.subject.id),
    )


def decided(event: Received[OrderApproved | OrderRejected | OrderCancelled]) -> list[str]:
    """The order, whatever was decided of it."""
    return [event.subject.id]


ORDER_APPROVAL = Kind(
    code="ORDER_APPROVAL",
    zh="价格审批",
    en="Price approval",
    done_by=approve_order,
    console="/console/{store_id}/orders/{subject_id}",
    api="/api/v1/orders/{subject_id}/price",
    within=policies.ORDER_APPROVAL,
    opens={OrderApprovalRequested: asked},
    closes={OrderApproved: decided, OrderRejected: decided, OrderCancelled: decided},
)
