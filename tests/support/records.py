"""Changes of customers' records as other services hear of them: merges, their undoing, splits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids

from contracts.customer.events import (
    CustomerErased,
    CustomerMerged,
    CustomerSplit,
    CustomerUnmerged,
    DocumentMoved,
    LivesOn,
)
from contracts.envelope import Received
from tests.support.events import MORNING, received


def merged(losers: Sequence[UUID], *, into: UUID, version: int = 2, change_id: UUID | None = None) -> Received[Any]:
    """These records live on in that one since this version of theirs."""
    change = change_id or uuids.uuid7()
    payload = CustomerMerged(
        change_id=change,
        survivor_id=into,
        loser_ids=list(losers),
        rule="human",
        lives_on=[LivesOn(one, into, version) for one in losers],
    )
    return received(payload, subject_id=f"{change}/1")


def unmerged(
    losers: Sequence[UUID],
    *,
    of: UUID,
    version: int = 3,
    documents: Sequence[DocumentMoved] = (),
    change_id: UUID | None = None,
) -> Received[Any]:
    """These records are on their own again."""
    change = change_id or uuids.uuid7()
    payload = CustomerUnmerged(
        change_id=change,
        survivor_id=of,
        restored_ids=list(losers),
        lives_on=[LivesOn(one, one, version) for one in losers],
        documents=list(documents),
    )
    return received(payload, subject_id=f"{change}/1")


def parted(customer: UUID, new: UUID, *documents: DocumentMoved) -> Received[Any]:
    """These documents are the new customer's."""
    change = uuids.uuid7()
    payload = CustomerSplit(change_id=change, customer_id=customer, new_id=new, documents=list(documents))
    return received(payload, subject_id=f"{change}/1")


def erased(*records: UUID, version: int = 9, at: datetime = MORNING) -> Received[Any]:
    """These records, the first with those that lived on in it, were emptied for good."""
    payload = CustomerErased(customer_id=records[0], erased_ids=list(records), at=at)
    return received(payload, subject_id=records[0], subject_version=version, occurred_at=at)
