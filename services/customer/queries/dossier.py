"""A customer's whole folder for paper (R24, PIPL 45)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis.clock import LOCAL
from services.customer.queries import folder, view

MOST_LINES = 500
"""Timeline entries that are printed, newest first; `customer.older` says that there are more."""


def dossier(connection: Connection, *, customer_id: UUID, now: datetime) -> dict[str, Any]:
    """`folder.Dossier`. Raises CustomerNotFound."""
    today = now.astimezone(LOCAL).date()
    return {
        "customer": view.customer_view(connection, customer_id=customer_id, today=today, limit=MOST_LINES),
        "consents": folder.consents(connection, customer_id=customer_id).current,
        "documents": folder.documents(connection, customer_id=customer_id).items,
        "relations": folder.relations(connection, customer_id=customer_id).items,
        "printed_at": now.astimezone(LOCAL),
    }
