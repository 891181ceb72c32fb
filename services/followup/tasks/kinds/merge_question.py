"""MERGE_QUESTION: two records may be one customer, and customer relations must say whether they are (R22, E7)."""

from __future__ import annotations

from contracts.customer.duplicates import decide_pair
from contracts.customer.events import DuplicateDecided, DuplicateSuspected
from contracts.envelope import Received
from contracts.followup import policies
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.rules import Opening


def asked(event: Received[DuplicateSuspected]) -> Opening:
    """Anybody's of customer relations in the store where the suspicion arose, due as the policy says."""
    score = event.payload.score
    return Opening(
        subject_id=event.subject.id,
        store_id=event.store_id,
        role="cr_agent",
        customer_id=event.payload.customer_id,
        zh=f"疑似重复档案({score} 分):是否为同一客户?",
        en=f"Perhaps one customer twice ({score} points): is it?",
    )


def answered(event: Received[DuplicateDecided]) -> list[str]:
    """The pair, whatever was decided of it."""
    return [event.subject.id]


MERGE_QUESTION = Kind(
    code="MERGE_QUESTION",
    zh="疑似重复",
    en="Duplicate",
    done_by=decide_pair,
    console="/console/{store_id}/duplicates?customer_id={customer_id}",
    api="/api/v1/duplicates?customer_id={customer_id}",
    within=policies.MERGE_QUESTION,
    opens={DuplicateSuspected: asked},
    closes={DuplicateDecided: answered},
)
