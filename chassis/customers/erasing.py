"""Erasure in the services that wrote about a customer: their words about him go, the document stays (PIPL 47).

Documents stay with their numbers, amounts and dates: they belong to the books, and their customer is a tombstone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.customers.rekeying import Hanging, Holding
from chassis.store import idempotency
from contracts.customer.events import CustomerErased
from contracts.envelope import Received


def forget(session: Session, event: Received[CustomerErased], *, holding: Holding) -> None:
    """Empty the words in the documents that were his, and forget the answers to commands that name him or them.

    A document is his by the word of whoever wrote it, or if it was given to him since (`rekeying.DocumentOwner`); so
    it does not matter whether merges of his record are heard before or after. Heard again, it changes nothing.
    """
    emptied: list[Any] = list(session.scalars(_empty(holding), {"customers": event.payload.erased_ids}))
    idempotency.forget(session, naming=[*event.payload.erased_ids, *emptied])


@cache
def _empty(holding: Holding) -> TextClause:
    (key,) = holding.key
    emptied = [Hanging(holding.table, key, holding.words)] if holding.words else []
    emptied += holding.hanging
    steps = "".join(
        f""",
        emptied_{place} AS (
             UPDATE {table} known SET {", ".join(f"{one} = left(known.{one}, 0)" for one in words)}
               FROM his WHERE known.{column} = his.id)"""  # noqa: S608  # names of our own tables
        for place, (table, column, words) in enumerate(emptied)
    )
    return text(
        f"""
        WITH his AS (
             SELECT t.{key} AS id
               FROM {holding.table} t
               LEFT JOIN document_owner d
                 ON d.document_type = {holding.document_type} AND d.document_id = {holding.document_id}
              WHERE (t.customer_id = ANY(:customers) OR t.origin_customer_id = ANY(:customers))
                AND coalesce(d.customer_id, t.origin_customer_id, t.customer_id) = ANY(:customers)){steps}
        SELECT his.id FROM his
        """  # noqa: S608  # names of our own tables
    )
