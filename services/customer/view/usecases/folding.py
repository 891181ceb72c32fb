"""Facts at a glance, folded from the whole timeline of a customer by the table of `rules/glance.py`, never counted up.

So late, repeated and shuffled events give the same glance.
"""

# ruff: noqa: S608  # put together from names of our own events, tables and fields

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from services.customer.view.models import Glance
from services.customer.view.rules.glance import (
    AT,
    DOCUMENT,
    FACTS,
    STORE,
    Fact,
    Listed,
    Made,
    Newest,
    Number,
    Soonest,
    Total,
)

_LOCK = text(
    """
    WITH asked AS (SELECT unnest((SELECT CAST(:customers AS uuid[]))) AS id),
         persons AS (SELECT id FROM asked
                      UNION SELECT k.merged_into FROM asked JOIN customer k USING (id) WHERE k.merged_into IS NOT NULL)
    SELECT id, pg_advisory_xact_lock(hashtextextended(id::text, 1))
      FROM (SELECT id FROM persons ORDER BY id) in_one_order
    """
)
"""Two transactions must not fold a customer without seeing each other's lines; in one order, so without deadlock."""

_CLOSES, _REPLACES, _OPENS = range(3)
"""What an event does to a fact, in the order that holds for events of one version."""


def statement(facts: Sequence[Fact]) -> TextClause:
    """Customers' glances by these facts, each from one pass over all his lines, those of records merged in included.

    It gives whom it folded, and leaves a note for the segments. Of a customer who was erased nothing stays, however
    late and however often it is told (PIPL 47). In the order of a document's events of one fact, newest first, the
    first that is no replacement decides, and what was told last is that of the first: itself, or what replaced it.
    """
    glance = _glance(facts)
    return text(
        f"""
        WITH erased AS MATERIALIZED (
             SELECT id, merged_into, updated_at FROM customer
              WHERE id = ANY((SELECT CAST(:customers AS uuid[]))::uuid[]) AND status = 'erased'),
        forgotten AS (
             DELETE FROM timeline_entry t USING erased WHERE t.customer_id = erased.id),
        parted AS (
             UPDATE vehicle_party p SET until = greatest(p.since, erased.updated_at)
               FROM erased WHERE p.customer_id IN (erased.id, erased.merged_into) AND p.until IS NULL),
        person AS (
             SELECT DISTINCT coalesce(k.merged_into, asked.id) AS id
               FROM unnest((SELECT CAST(:customers AS uuid[]))) AS asked(id) LEFT JOIN customer k ON k.id = asked.id
              WHERE k.status IS DISTINCT FROM 'erased'),
        written AS (
        INSERT INTO glance AS known (customer_id, {", ".join(glance)})
        SELECT person.id, folded.*
          FROM person CROSS JOIN LATERAL (
               SELECT {", ".join(glance.values())}
                 FROM (SELECT fact, effect, source_id AS {DOCUMENT}, store_id AS {STORE}, occurred_at AS {AT},
                              first_value(summary) OVER document AS told,
                              count(*) FILTER (WHERE effect <> {_REPLACES}) OVER document AS place
                         FROM timeline_entry t JOIN (VALUES {", ".join(_effects(facts))})
                                                 AS does(fact, event_type, effect) USING (event_type)
                        WHERE t.customer_id = ANY(ARRAY(
                              SELECT person.id UNION ALL
                              SELECT m.id FROM customer m WHERE m.merged_into = person.id))
                       WINDOW document AS (PARTITION BY fact, source_id, source_type
                                           ORDER BY source_version DESC, effect, event_type
                                           ROWS UNBOUNDED PRECEDING)) newest_first
                WHERE place = 1 AND effect = {_OPENS}) folded
        ON CONFLICT (customer_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in glance)}
         WHERE known IS DISTINCT FROM excluded),
        to_judge AS (
        INSERT INTO segment_due
        SELECT id FROM (SELECT id FROM person UNION SELECT unnest((SELECT CAST(:customers AS uuid[])))) AS concerned
         WHERE EXISTS (SELECT FROM segment) AND id NOT IN (SELECT id FROM erased) ORDER BY id
        ON CONFLICT DO NOTHING)
        SELECT id FROM person
        """
    )


def _effects(facts: Sequence[Fact]) -> Iterator[str]:
    for number, fact in enumerate(facts):
        for effect, events in ((_CLOSES, fact.closes), (_REPLACES, fact.replaces), (_OPENS, fact.opens)):
            yield from (f"({number}, '{event.declaration.name}', {effect})" for event in events)


def _glance(facts: Sequence[Fact]) -> dict[str, str]:
    """Column of the glance → its expression over everything that stands."""
    glance: dict[str, str] = {}
    for number, fact in enumerate(facts):
        for column, made in fact.makes.items():
            one = _made(column, made, f"FILTER (WHERE fact = {number})")
            glance[column] = f"{glance[column]} + {one}" if column in glance else one
    return glance


def _made(column: str, made: Made, of: str) -> str:
    kind = Glance.__table__.c[column].type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]  # no dialect is typed
    match made:
        case Number():
            return f"count(*) {of}"
        case Total(field):
            return f"coalesce(sum(CAST({_told(field)} AS bigint)) {of}, 0)"
        case Newest(field) if field == AT:
            return f"max({AT}) {of}"
        case Newest(field):
            return f"CAST((array_agg({_told(field)} ORDER BY {AT} DESC, {DOCUMENT}) {of})[1] AS {kind})"
        case Soonest(field, by):
            moment = f"CAST({_told(by)} AS timestamptz)"
            return f"CAST((array_agg({_told(field)} ORDER BY {moment}, {DOCUMENT}) {of})[1] AS {kind})"
        case Listed(fields):
            one = ", ".join(f"'{name}', {_told(field)}" for name, field in fields.items())
            return f"coalesce(jsonb_agg(jsonb_build_object({one}) ORDER BY {AT}, {DOCUMENT}) {of}, '[]')"


def _told(field: str) -> str:
    return field if field in (AT, STORE, DOCUMENT) else f"told->>'{field}'"


FOLD = statement(FACTS)


def fold(session: Session, customers: Sequence[UUID], *, locked: frozenset[UUID] = frozenset()) -> None:
    """Fold the glances of these customers, or of those they were merged into, from what their timelines tell.

    `locked` are the customers this transaction holds already. Somebody merged while we waited for his lock lives on
    in a survivor whom we do not hold yet: then once more.
    """
    locked = locked or lock(session, customers)
    while not (folded := frozenset(session.execute(FOLD, {"customers": list(customers)}).scalars())) <= locked:
        locked |= lock(session, sorted(folded))


def lock(session: Session, customers: Sequence[UUID]) -> frozenset[UUID]:
    """Wait for whoever is telling of these; what is told of them later waits for us. Whom we hold now."""
    return frozenset(session.execute(_LOCK, {"customers": list(customers)}).scalars())
