"""What sales does with quotes: offered in versions, judged as orders are, and over one way or another (C3, R42)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.bus.context import Ask
from chassis.customers import asking, rekeying
from chassis.customers.asking import Read
from chassis.organisation import stores
from chassis.process.clock import LOCAL
from chassis.store import policies
from chassis.store.numbers import Per, next_number
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.envelope import Event
from contracts.sales import operations, quote_events, quotes
from contracts.sales.policies import QUOTE_VALID
from services.sales import orders
from services.sales.catalogue.usecases import named
from services.sales.orders.shown import order_shown
from services.sales.orders.usecases import MET, credited
from services.sales.prices import usecases as prices
from services.sales.quotes.errors import QuoteNotFound
from services.sales.quotes.models import Quote, QuoteVersion
from services.sales.quotes.rules import OPEN
from services.sales.quotes.shown import quote_shown

AT_ONCE = 50
"""Quotes that the clock ends in one transaction."""


def require_registered(asked: quotes.CreateQuote, *, read: Read, ask: Ask) -> None:
    """A quote is written for a customer that is registered. Raises InvalidRequest that names the field."""
    asking.require_registered(asked, met={"customer_id": MET}, read=read, ask=ask)


def create_quote(session: Session, asked: quotes.CreateQuote, *, scope: Scope, now: datetime) -> quotes.Quote:
    """Write a quote, one's own or a consultant's of the store.

    Raises ConsultantUnknown, StoreClosed, and what is refused of its car and price.
    """
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    price = prices.agree(session, asked, car=named(session, asked, store_id=asked.store_id, now=now), now=now)
    whose = {"consultant_id": credited(session, asked, scope=scope), "by": scope.staff_id}
    number = next_number(session, "QU", store_id=asked.store_id, per=Per.MONTH, now=now)
    quote = Quote.write(asked, price, number=number, **whose, now=now)
    (owner,) = rekeying.owners(session, [rekeying.Told(asked.customer_id, "quote", str(quote.id))])
    quote.customer_id, quote.origin_customer_id = owner
    session.add(quote)
    return _submitted(session, quote, unless=asked.draft, now=now)


def revise_quote(session: Session, asked: quotes.ReviseQuote, *, scope: Scope, now: datetime) -> quotes.Quote:
    """Offer something else. Raises what is refused of its car and price."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    car = named(session, asked, store_id=quote.store_id, now=now)
    is_next = quote.revise(prices.agree(session, asked, car=car, now=now), by=scope.staff_id, now=now)
    quote.touch(now=now)
    if is_next:
        tell(session, quote, _about(quote, quote_events.QuoteRevised), now=now)
    return _submitted(session, quote, unless=asked.draft, now=now)


def submit_quote(session: Session, asked: quotes.QuoteStep, *, scope: Scope, now: datetime) -> quotes.Quote:
    """The draft is what is offered; beyond what the store may give, somebody else is asked."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    quote.touch(now=now)
    return _submitted(session, quote, unless=False, now=now)


def _submitted(session: Session, quote: Quote, *, unless: bool, now: datetime) -> quotes.Quote:
    newest = quote.newest
    if unless:
        return quote_shown(quote)
    beyond = prices.needs_approval(session, newest.price().lines, store_id=quote.store_id, now=now)
    newest.submit(beyond=beyond, days=_days(session, quote, now=now), now=now)
    if beyond:
        by = {"created_by": newest.written_by, "edited_by": newest.edited_by}
        gives = {"discount_fen": newest.discount_fen, "gift_fen": newest.gift_fen}
        tell(session, quote, _about(quote, quote_events.QuoteApprovalRequested, **by, **gives), now=now)
    return quote_shown(quote)


def _days(session: Session, quote: Quote, *, now: datetime) -> int:
    return policies.resolve(session, QUOTE_VALID, store_id=quote.store_id, at=now).days


def approve_quote(session: Session, asked: quotes.QuoteStep, *, scope: Scope, now: datetime) -> quotes.Quote:
    """Give one's word for a price beyond the limits. Raises OwnPrice."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    whose = {"consultant_id": quote.consultant_id, "by": scope.staff_id}
    quote.newest.approve(**whose, days=_days(session, quote, now=now), now=now)
    return _changed(session, quote, quote_events.QuoteApproved, now=now, approved_by=scope.staff_id)


def reject_quote(session: Session, asked: quotes.RejectQuote, *, scope: Scope, now: datetime) -> quotes.Quote:
    """Refuse it, with the reason; its consultant writes another price. Raises OwnPrice."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    quote.newest.reject(consultant_id=quote.consultant_id, reason=asked.reason, by=scope.staff_id)
    return _changed(session, quote, quote_events.QuoteRejected, now=now, rejected_by=scope.staff_id)


def present_quote(session: Session, asked: quotes.QuoteStep, *, scope: Scope, now: datetime) -> quotes.Quote:
    """The customer has it. Raises QuoteExpired."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    quote.newest.present(now=now)
    about = {"model": quote.newest.model, "valid_until": quote.newest.valid_until}
    return _changed(session, quote, quote_events.QuotePresented, now=now, **about)


def lose_quote(session: Session, asked: quotes.LoseQuote, *, scope: Scope, now: datetime) -> quotes.Quote:
    """The customer does not take it, and why."""
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    quote.newest.lose(asked.reason, remark=asked.remark, now=now)
    return _changed(session, quote, quote_events.QuoteLost, now=now, reason=asked.reason)


def require_identity(asked: quotes.QuoteStep, *, read: Read, ask: Ask, scope: Scope, now: datetime) -> None:
    """Whom the order will be for is known as far as its store asks, for it is submitted by it (C4).

    Raises IdentityIncomplete; of a quote that is not there, or out of the caller's scope, nothing is asked: the command
    says so.
    """
    wanted = select(Quote.store_id, Quote.consultant_id, Quote.customer_id).where(Quote.id == asked.quote_id)
    quote = read(lambda connection: connection.execute(wanted).one_or_none())
    if quote is not None and scope.admits(store_id=quote.store_id, owner_id=quote.consultant_id):
        orders.usecases.require_known(quote.customer_id, store_id=quote.store_id, read=read, ask=ask, now=now)


def accept_quote(session: Session, asked: quotes.QuoteStep, *, scope: Scope, now: datetime) -> operations.Order:
    """The customer takes it: an order at its price, approved as it was, whatever policy there is by now.

    Raises QuoteExpired, StoreClosed.
    """
    quote = _to_change(session, asked.quote_id, asked.expected_version, scope=scope)
    stores.require_open(session, quote.store_id, now=now)
    newest = quote.newest
    newest.accept(now=now)
    given = rekeying.given_documents(session, [("quote", str(quote.id))])
    whose = given.get(("quote", str(quote.id)), quote.written_for)
    wanted = operations.CreateOrder(whose, quote.store_id, newest.model, newest.total_fen)
    order = orders.usecases.write(
        session, wanted, newest.price(), beyond=False, consultant_id=quote.consultant_id, by=scope.staff_id, now=now
    )
    order.follow_quote(
        quote.id, quote_version=newest.quote_version, approved_by=newest.approved_by, approved_at=newest.approved_at
    )
    quote.order_id = order.id
    _changed(session, quote, quote_events.QuoteAccepted, now=now, order_id=order.id)
    return order_shown(order)


def expire(session: Session, *, now: datetime) -> int:
    """End what was offered until a day that is over; how many."""
    over = QuoteVersion.valid_until < now.astimezone(LOCAL).date()
    due = (
        select(Quote)
        .join(QuoteVersion, QuoteVersion.quote_id == Quote.id)
        .where(QuoteVersion.status.in_(OPEN), over)
        .order_by(Quote.id)
        .limit(AT_ONCE)
        .with_for_update(of=Quote, skip_locked=True)
    )
    found = session.scalars(due.execution_options(populate_existing=True)).all()
    ended = [quote for quote in found if quote.newest.status in OPEN]
    for quote in ended:
        quote.newest.expire(now=now)
        _changed(session, quote, quote_events.QuoteExpired, now=now)
    return len(ended)


def _changed(session: Session, quote: Quote, told: Callable[..., Event], *, now: datetime, **more: Any) -> quotes.Quote:
    """The next version of the record, which is told."""
    quote.touch(now=now)
    tell(session, quote, _about(quote, told, **more), now=now)
    return quote_shown(quote)


def _about(quote: Quote, told: Callable[..., Event], **more: Any) -> Event:
    """What every event of a quote says, and what this one says beside it."""
    which = {"quote_id": quote.id, "quote_version": quote.quote_version, "total_fen": quote.newest.total_fen}
    return told(**which, customer_id=quote.written_for, consultant_id=quote.consultant_id, **more)


def _to_change(session: Session, quote_id: UUID, expected_version: int | None, *, scope: Scope) -> Quote:
    """The quote, locked, if it lies in the caller's scope. Raises QuoteNotFound, StaleVersion."""
    quote = session.get(Quote, quote_id, with_for_update=True)
    if quote is None or not scope.admits(store_id=quote.store_id, owner_id=quote.consultant_id):
        raise QuoteNotFound
    quote.require_version(expected_version)
    return quote
