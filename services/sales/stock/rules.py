"""Where a vehicle stands, and where its certificate may go."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.sales.stock import Certificate, StockStatus

CERTIFICATES = {
    Certificate.WITH_US: (Certificate.PLEDGED,),
    Certificate.PLEDGED: (Certificate.REQUESTED, Certificate.RELEASED),
    Certificate.REQUESTED: (Certificate.RELEASED, Certificate.PLEDGED),
    Certificate.RELEASED: (Certificate.PLEDGED,),
}
"""The allowed moves; a bank may say no to a request."""


def standing(*, received_at: datetime | None, order_id: UUID | None, gone_at: datetime | None) -> StockStatus:
    """Where a vehicle stands that arrived, was set aside and left at these moments, or has not."""
    if gone_at is not None:
        return StockStatus.GONE
    if order_id is not None:
        return StockStatus.ALLOCATED
    return StockStatus.INCOMING if received_at is None else StockStatus.AVAILABLE
