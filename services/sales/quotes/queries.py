"""What sales shows of quotes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, RowMapping, TextClause, select, text

from chassis.customers import rekeying
from chassis.store import pages
from chassis.store.pages import Sorting
from contracts.access import Scope
from contracts.picked import shaped
from contracts.sales import quotes
from contracts.sales.quotes import QuoteSort
from services.sales.quotes.errors import QuoteNotApproved, QuoteNotFound
from services.sales.quotes.models import Quote, QuoteVersion

_quote, _newest = Quote.__table__.c, QuoteVersion.__table__.c
_FEW = "a store's quotes that are offered are some hundred"
SORTS = {
    QuoteSort.NEWEST: Sorting(_quote.created_at, _quote.id, descending=True, index="quote_by_store"),
    QuoteSort.OLDEST: Sorting(_quote.created_at, _quote.id, index="quote_by_store"),
    QuoteSort.VALID: Sorting(_newest.valid_until, _quote.id, few=_FEW),
}
_LISTED = (
    _newest.model, _newest.status, _newest.total_fen, _newest.discount_fen, _newest.gift_fen, _newest.valid_until,
    _newest.definition_id, _newest.colour,
)  # fmt: skip
_IN_FULL = text(
    """
    SELECT q.*, q.id AS quote_id, (
           SELECT jsonb_agg(to_jsonb(v) || jsonb_build_object('lines', (
                  SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]') FROM quote_line l
                   WHERE l.quote_id = v.quote_id AND l.quote_version = v.quote_version)) ORDER BY v.quote_version DESC)
             FROM quote_version v WHERE v.quote_id = q.id) AS versions
      FROM quote q WHERE q.id = :quote_id
    """
)
_SHEET = text(
    """
    SELECT v.*, q.*, q.id AS quote_id, (
           SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]') FROM quote_line l
            WHERE l.quote_id = q.id AND l.quote_version = q.quote_version) AS lines
      FROM quote q JOIN quote_version v ON v.quote_id = q.id AND v.quote_version = q.quote_version
     WHERE q.id = :quote_id
    """
)


def get_quote(connection: Connection, asked: quotes.QuoteById, *, scope: Scope) -> quotes.QuoteInFull:
    """One quote of the caller's scope with its versions. Raises QuoteNotFound."""
    return shaped(quotes.QuoteInFull, _row_to_show(connection, _IN_FULL, asked.quote_id, scope=scope))


def quote_sheet(connection: Connection, asked: quotes.QuoteSheetAsked, *, scope: Scope) -> quotes.QuoteSheet:
    """What stands on the sheet of a quote of the caller's scope. Raises QuoteNotFound, QuoteNotApproved."""
    row = _row_to_show(connection, _SHEET, asked.quote_id, scope=scope)
    if row["valid_until"] is None:
        raise QuoteNotApproved
    return shaped(quotes.QuoteSheet, row)


def _row_to_show(connection: Connection, statement: TextClause, quote_id: UUID, *, scope: Scope) -> RowMapping:
    row = connection.execute(statement, {"quote_id": quote_id}).mappings().one_or_none()
    if row is None or not scope.admits(store_id=row["store_id"], owner_id=row["consultant_id"]):
        raise QuoteNotFound
    return row


def list_quotes(connection: Connection, asked: quotes.ListQuotes, *, scope: Scope) -> quotes.Quotes:
    """A page of the quotes the caller may see. Raises StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    is_newest = (_newest.quote_id == _quote.id) & (_newest.quote_version == _quote.quote_version)
    wanted = select(Quote.__table__, *_LISTED).join(QuoteVersion.__table__, is_newest)
    if stores is not None:
        wanted = wanted.where(_quote.store_id.in_(stores))
    if scope.owners is not None:
        wanted = wanted.where(_quote.consultant_id.in_(scope.owners))
    if asked.status is not None:
        wanted = wanted.where(_newest.status == asked.status)
    if asked.customer_id is not None:
        wanted = wanted.where(rekeying.lives_on_in(asked.customer_id))
    found = pages.page(connection, wanted, asked, by=SORTS[asked.sort])
    shown = [shaped(quotes.Quote, row._mapping, quote_id=row.id) for row in found.rows]
    return quotes.Quotes(shown, asked.page, asked.size, found.total, found.next)
