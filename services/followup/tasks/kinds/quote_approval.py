"""QUOTE_APPROVAL: a quote gives away more than the store may, and somebody else's word is asked for (C3, R42)."""

from __future__ import annotations

from contracts.envelope import Received
from contracts.followup import policies
from contracts.sales.quote_events import QuoteApprovalRequested, QuoteApproved, QuoteLost, QuoteRejected, QuoteRevised
from contracts.sales.quotes import approve_quote
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening


def asked(event: Received[QuoteApprovalRequested]) -> Opening:
    """A sales manager's of the store, but of none whose own price it is; due as the policy of prices says."""
    told = event.payload
    return Opening(
        subject_id=event.subject.id,
        store_id=event.store_id,
        role="sales_manager",
        customer_id=told.customer_id,
        zh="报价超出权限,请审批",
        en="A quote is beyond the limits: approve or refuse it",
        not_for=tuple(sorted({told.created_by, told.edited_by, told.consultant_id})),
        document=(event.subject.type, event.subject.id),
    )


def decided(event: Received[QuoteApproved | QuoteRejected | QuoteRevised | QuoteLost]) -> list[str]:
    """The quote, whatever became of the version that waited; the next one asks anew."""
    return [event.subject.id]


QUOTE_APPROVAL = Kind(
    code="QUOTE_APPROVAL",
    zh="报价审批",
    en="Quote approval",
    done_by=approve_quote,
    console="/console/{store_id}/quotes/{subject_id}",
    api="/api/v1/quotes/{subject_id}",
    within=policies.ORDER_APPROVAL,
    opens={QuoteApprovalRequested: asked},
    closes=dict.fromkeys((QuoteApproved, QuoteRejected, QuoteRevised, QuoteLost), decided),
)
