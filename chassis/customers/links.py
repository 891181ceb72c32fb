"""Links for customers: who has one sees what it opens, without an account, until it ends (point 21; decision 0033).

A link is a random token of 160 bits. Its service keeps a hash of it and nothing else, so that neither the database
nor a copy of it opens anything. It belongs to one document and to the customer that the document was written for: if
the document turns out to be another person's (a split, a merge undone) it opens nothing, whatever is heard first.
Unknown, ended, revoked and another's are one answer, made by one statement.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import Connection, TextClause, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.customers.rekeying import Holding
from contracts.customer.events import CustomerErased
from contracts.envelope import Received
from contracts.links import LINKS_OPEN, LinkMade, Links
from contracts.picked import shaped
from contracts.refusals import LinkNotFound, LinksTooMany

TOKEN_BYTES = 20


class CustomerLink:
    """Mixed into a table `customer_link`: a link that a customer was given. `customer_id` is whose the document was."""

    __tablename__ = "customer_link"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    document_id: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """What links of a `purpose` open: one document of the table that the holding describes. Others' links do not."""

    purpose: str
    holding: Holding


@dataclass(frozen=True, slots=True)
class Found:
    """What a link opens."""

    document_id: str
    ends_at: datetime


_OPEN = "purpose = :purpose AND document_id = :document_id AND ends_at > :now AND revoked_at IS NULL"
_MAKE = text(
    """
    INSERT INTO customer_link (id, purpose, document_id, customer_id, token_hash, made_by, made_at, ends_at)
    VALUES (:id, :purpose, :document_id, :customer_id, :token_hash, :made_by, :now, :ends_at)
    """
)
_HOW_MANY = text(f"SELECT count(*) FROM customer_link WHERE {_OPEN}")  # noqa: S608  # a text of our own
_LIST = text(
    f"""
    SELECT id AS link_id, made_by, made_at, ends_at FROM customer_link WHERE {_OPEN} ORDER BY made_at DESC, id DESC
    """  # noqa: S608  # a text of our own
)
_REVOKE = text(
    """
    UPDATE customer_link SET revoked_at = coalesce(revoked_at, :now), revoked_by = coalesce(revoked_by, :by)
     WHERE id = :id AND purpose = :purpose AND document_id = :document_id RETURNING id
    """
)
_END_HIS = text("UPDATE customer_link SET revoked_at = :now WHERE customer_id = ANY(:customers) AND revoked_at IS NULL")


def make(
    session: Session, opening: Opening, *, document_id: UUID, customer_id: UUID, days: int, by: str, now: datetime
) -> LinkMade:
    """A new link to a document, which its caller has locked; the token is told this once. Raises LinksTooMany."""
    mine = {"purpose": opening.purpose, "document_id": str(document_id), "now": now}
    if (session.scalar(_HOW_MANY, mine) or 0) >= LINKS_OPEN:
        raise LinksTooMany(most=LINKS_OPEN)
    link_id, token, ends_at = uuids.uuid7(), secrets.token_urlsafe(TOKEN_BYTES), now + timedelta(days=days)
    made = {"id": link_id, "customer_id": customer_id, "token_hash": _hash_of(token), "made_by": by, "ends_at": ends_at}
    session.execute(_MAKE, mine | made)
    return LinkMade(link_id, token, ends_at)


def revoke(session: Session, opening: Opening, *, document_id: UUID, link_id: UUID, by: str, now: datetime) -> None:
    """End a link of a document; one that has ended stays as it is. Raises LinkNotFound."""
    asked = {"id": link_id, "purpose": opening.purpose, "document_id": str(document_id), "by": by, "now": now}
    if session.scalar(_REVOKE, asked) is None:
        raise LinkNotFound


def open_links(connection: Connection, opening: Opening, *, document_id: UUID, now: datetime) -> Links:
    """The links of a document that have not ended, the newest first."""
    rows = connection.execute(_LIST, {"purpose": opening.purpose, "document_id": str(document_id), "now": now})
    return shaped(Links, {"items": [dict(row._mapping) for row in rows]})


def find(connection: Connection, opening: Opening, *, token: str, now: datetime) -> Found:
    """What a token opens now. Raises LinkNotFound, which does not say why it opens nothing."""
    asked = {"purpose": opening.purpose, "token_hash": _hash_of(token), "now": now}
    row = connection.execute(_find(opening.holding), asked).one_or_none()
    if row is None:
        raise LinkNotFound
    return Found(row.document_id, row.ends_at)


def end_his(session: Session, event: Received[CustomerErased], *, now: datetime) -> None:
    """End every link that a customer was given who is forgotten; heard again, it changes nothing (PIPL 47)."""
    session.execute(_END_HIS, {"customers": event.payload.erased_ids, "now": now})


def _hash_of(token: str) -> bytes:
    """What is kept of a token: it is random, so that nobody finds it by trying."""
    return hashlib.sha256(token.encode()).digest()


@cache
def _find(holding: Holding) -> TextClause:
    return text(
        f"""
        SELECT l.document_id, l.ends_at
          FROM customer_link l
          JOIN {holding.table} t ON {holding.found_by}
          LEFT JOIN customer_alias a ON a.customer_id = l.customer_id
         WHERE l.token_hash = :token_hash AND l.purpose = :purpose AND l.ends_at > :now AND l.revoked_at IS NULL
           AND t.customer_id = coalesce(a.survivor_id, l.customer_id)
        """  # noqa: S608  # names of our own tables
    )
