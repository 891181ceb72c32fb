"""Re-keying: what belongs to a customer follows him when his record is merged, restored or split (E8).

A row keeps whose it was when it was written; whose it is now follows from three things, in whatever order they come:
that, the newest word on where the customer lives on (`customer_alias`), and the newest word on single documents
that were given to somebody else (`document_owner`). So a merge heard twice, late, or after its own undoing, and a
fact of the loser that comes after the merge, all end in the same rows.

Whoever writes such a row asks `owners` first, which makes him wait for a merge of that customer, and a merge for him.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, TextClause, Uuid, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.store import tables, turns
from chassis.store.outbox import record
from chassis.store.rows import as_json
from contracts.customer.events import CustomerMerged, CustomerSplit, CustomerUnmerged, DocumentMoved, LivesOn
from contracts.envelope import EVENTS, Event, Received

OWNERS = "owners"
"""Who writes, or moves, what belongs to a customer takes his turn (`chassis.store.turns`)."""

MERGED, UNMERGED, SPLIT = "merged", "unmerged", "split"

_ACKNOWLEDGES = "_rekeyed"

_KINDS = {CustomerMerged: MERGED, CustomerUnmerged: UNMERGED, CustomerSplit: SPLIT}


class CustomerAlias:
    """Mixed into a table `customer_alias`: whose record a customer's lives on in; his own after an undoing."""

    __tablename__ = "customer_alias"

    customer_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    version: Mapped[int]


class DocumentOwner:
    """Mixed into a table `document_owner`: a document that was given to another customer than it was written for."""

    __tablename__ = "document_owner"

    document_type: Mapped[str] = mapped_column(String, primary_key=True)
    document_id: Mapped[str] = mapped_column(String, primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    version: Mapped[int]


def acknowledging() -> set[str]:
    """The services that say by an event `…rekeyed` that they have followed a merge, its undoing or a split.

    Whoever only hears of it is not waited for.
    """
    return {event.declaration.producer for event in EVENTS.values() if event.declaration.name.endswith(_ACKNOWLEDGES)}


class Told(NamedTuple):
    """Whose something is by the word of whoever wrote it, and the document it belongs to."""

    customer_id: UUID
    document_type: str
    document_id: str


class Owner(NamedTuple):
    """Whose it is now; `origin_id` is whose it was written for, if that is somebody else."""

    customer_id: UUID
    origin_id: UUID | None


class Hanging(NamedTuple):
    """Rows that hang on those of a holding, by the column that has its key; `words` are as the holding's."""

    table: str
    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A table whose rows belong to customers by its columns `customer_id` and `origin_customer_id`.

    `document_type` and `document_id` are SQL over a row `t`, `found_by` a condition that finds the rows `t` of a
    document `l` by an index; `types` are the types of document the rows may be of, empty for any.
    `words` are the columns with words about the customer, which go when he is erased (`chassis.customers.erasing`),
    `hanging` other tables that have such words of the same documents.
    """

    table: str
    key: tuple[str, ...]
    document_type: str
    document_id: str
    found_by: str
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hanging: tuple[Hanging, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What changes: where customers live on, and whose some documents are."""

    lives_on: Sequence[LivesOn] = ()
    documents: Sequence[DocumentMoved] = ()


_OWNERS = text(
    """
    SELECT coalesce(a.survivor_id, d.customer_id, asked.customer_id) AS owner
      FROM ROWS FROM (jsonb_to_recordset(CAST(:asked AS jsonb))
                      AS (customer_id uuid, document_type text, document_id text)) WITH ORDINALITY
           AS asked(customer_id, document_type, document_id, place)
      LEFT JOIN document_owner d ON d.document_type = asked.document_type AND d.document_id = asked.document_id
      LEFT JOIN customer_alias a ON a.customer_id = coalesce(d.customer_id, asked.customer_id)
     ORDER BY asked.place
    """
)
_GIVEN = text(
    """
    SELECT d.document_type, d.document_id, d.customer_id
      FROM jsonb_populate_recordset(NULL::document_owner, CAST(:asked AS jsonb)) asked
      JOIN document_owner d ON d.document_type = asked.document_type AND d.document_id = asked.document_id
    """
)
_ALIASES = text(
    """
    INSERT INTO customer_alias AS known (customer_id, survivor_id, version)
    SELECT customer_id, survivor_id, version FROM jsonb_populate_recordset(NULL::customer_alias, CAST(:rows AS jsonb))
    ON CONFLICT (customer_id) DO UPDATE SET survivor_id = excluded.survivor_id, version = excluded.version
     WHERE known.version < excluded.version
    """
)
_DOCUMENTS = text(
    """
    INSERT INTO document_owner AS known (document_type, document_id, customer_id, version)
    SELECT document_type, document_id, customer_id, version
      FROM jsonb_populate_recordset(NULL::document_owner, CAST(:rows AS jsonb))
    ON CONFLICT (document_type, document_id)
       DO UPDATE SET customer_id = excluded.customer_id, version = excluded.version
     WHERE known.version < excluded.version
    """
)


def owners(session: Session, told: Sequence[Told]) -> list[Owner]:
    """Whose these are now, in their order; until the transaction ends, that does not change."""
    if not told:
        return []
    turns.share(session, OWNERS, _named({one.customer_id for one in told}, {one[1:] for one in told}))
    found = session.scalars(_OWNERS, {"asked": as_json([one._asdict() for one in told])})
    return [
        Owner(owner, None if owner == one.customer_id else one.customer_id)
        for one, owner in zip(told, found, strict=True)
    ]


def lives_on_in(customer_id: UUID) -> TextClause:
    """A condition on a column `customer_id`: this customer's, or of whoever he lives on in; for a query's filter."""
    return text(
        "customer_id = coalesce((SELECT a.survivor_id FROM customer_alias a WHERE a.customer_id = :asked_customer_id),"
        " :asked_customer_id)"
    ).bindparams(bindparam("asked_customer_id", customer_id, Uuid))


def given_documents(session: Session, documents: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Those of these documents that were given to somebody else than they were written for, and to whom."""
    asked = as_json([{"document_type": kind, "document_id": number} for kind, number in documents])
    rows = session.execute(_GIVEN, {"asked": asked})
    return {(row.document_type, row.document_id): row.customer_id for row in rows}


def apply(session: Session, change: Change, holdings: Sequence[Holding]) -> tuple[int, set[UUID]]:
    """Keep what changed, and move what it moves; how many rows moved, and the customers they came from and went to.

    What is older than what is known changes nothing.
    """
    moved = [one.customer_id for one in change.lives_on]
    turns.take(session, OWNERS, _named(moved, {(one.document_type, one.document_id) for one in change.documents}))
    if change.lives_on:
        session.execute(_ALIASES, {"rows": as_json([_plain(one) for one in change.lives_on])})
    if change.documents:
        session.execute(_DOCUMENTS, {"rows": as_json([_plain(one) for one in change.documents])})
    listed = as_json([{"document_type": one.document_type, "document_id": one.document_id} for one in change.documents])
    rows = 0
    customers: set[UUID] = set()
    for holding in holdings:
        for row in session.execute(_move(holding), {"moved": moved, "listed": listed}):
            rows += 1
            customers.update((row.before, row.owner))
    return rows, customers


def follow(session: Session, event: Received[Any], holdings: Sequence[Holding], *, acknowledge: Event) -> set[UUID]:
    """Do in this service what customer has done, and record that it is done; the customers whose rows moved.

    `acknowledge` is this service's event for it. Heard again, it is not recorded again.
    """
    told = event.payload
    rows, customers = apply(session, Change(told.lives_on, told.documents), holdings)
    kind = _KINDS[type(told)]
    subject = f"{told.change_id}/{kind}/{told.part}"
    log = tables.outbox.c
    known = select(log.position).where(
        log.subject_type == acknowledge.declaration.subject,
        log.subject_id == subject,
        log.event_type == acknowledge.declaration.name,
    )
    if session.scalar(known) is None:
        record(
            session,
            acknowledge(change_id=told.change_id, kind=kind, part=told.part, rows=rows),
            subject_id=subject,
            subject_version=1,
            store_id=event.store_id,
            occurred_at=_after(event),
        )
    return customers


def _after(event: Received[Any]) -> datetime:
    return event.envelope.recorded_at


def _plain(one: LivesOn | DocumentMoved) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _named(customers: Iterable[UUID], documents: Iterable[tuple[str, ...]]) -> list[str]:
    return [*map(str, customers), *map("/".join, documents)]


_moves: dict[Holding, TextClause] = {}


def _move(holding: Holding) -> TextClause:
    """The statement that gives every row it concerns to whom it belongs now."""
    known = _moves.get(holding)
    if known is None:
        key = ", ".join(f"t.{name}" for name in holding.key)
        types = ", ".join(f"'{one}'" for one in holding.types)
        of_type = f" AND document_type IN ({types})" if types else ""
        known = _moves[holding] = text(
            f"""
            WITH listed AS MATERIALIZED (
                 SELECT document_type, document_id FROM document_owner
                  WHERE customer_id = ANY(CAST(:moved AS uuid[])){of_type}
                 UNION
                 SELECT document_type, document_id
                   FROM jsonb_to_recordset(CAST(:listed AS jsonb)) AS given(document_type text, document_id text)
                  WHERE true{of_type}),
            concerned AS (
                 SELECT {key}, t.customer_id, t.origin_customer_id, {holding.document_type} AS document_type,
                        {holding.document_id} AS document_id
                   FROM {holding.table} t WHERE t.origin_customer_id = ANY(CAST(:moved AS uuid[]))
                 UNION
                 SELECT {key}, t.customer_id, t.origin_customer_id, {holding.document_type}, {holding.document_id}
                   FROM {holding.table} t
                  WHERE t.customer_id = ANY(CAST(:moved AS uuid[])) AND t.origin_customer_id IS NULL
                 UNION
                 SELECT {key}, t.customer_id, t.origin_customer_id, {holding.document_type}, {holding.document_id}
                   FROM listed l JOIN {holding.table} t ON {holding.found_by}),
            owned AS (
                 SELECT {", ".join(f"c.{name}" for name in holding.key)}, c.customer_id AS before,
                        coalesce(c.origin_customer_id, c.customer_id) AS told,
                        coalesce(a.survivor_id, d.customer_id, c.origin_customer_id, c.customer_id) AS owner
                   FROM concerned c
                   LEFT JOIN document_owner d ON d.document_type = c.document_type AND d.document_id = c.document_id
                   LEFT JOIN customer_alias a
                     ON a.customer_id = coalesce(d.customer_id, c.origin_customer_id, c.customer_id))
            UPDATE {holding.table} row SET customer_id = owned.owner,
                   origin_customer_id = CASE WHEN owned.owner = owned.told THEN NULL ELSE owned.told END
              FROM owned WHERE {" AND ".join(f"row.{name} = owned.{name}" for name in holding.key)}
               AND row.customer_id <> owned.owner
            RETURNING owned.before, owned.owner
            """  # noqa: S608  # names of our own tables
        )
    return known
