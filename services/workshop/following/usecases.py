"""Links are made and ended, and what a customer answers by his is taken down, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.customers import links
from chassis.store.outbox import tell
from contracts.access import Scope
from contracts.fields import Done
from contracts.links import LinkMade
from contracts.picked import picked
from contracts.workshop import events, operations
from contracts.workshop import following as contract
from contracts.workshop.lines import Said
from services.workshop.comebacks import usecases as comebacks
from services.workshop.following.models import REPAIR_PROGRESS
from services.workshop.following.queries import followed
from services.workshop.following.rules import BY_LINK, asked_of, require_offer
from services.workshop.repair_orders.models import Consent, RepairOrder
from services.workshop.repair_orders.rules.work import discounted_beyond
from services.workshop.repair_orders.usecases.finding import order_of_link, order_to_change
from services.workshop.repair_orders.usecases.lines import told_lines


def make_repair_link(session: Session, asked: contract.MakeRepairLink, *, scope: Scope, now: datetime) -> LinkMade:
    """A link by which the customer sees how far his repair is, and answers. Raises LinksTooMany."""
    order = order_to_change(session, asked.ro_id, scope=scope)
    about = {"document_id": order.id, "customer_id": order.customer_id}
    return links.make(session, REPAIR_PROGRESS, **about, days=asked.days, by=scope.staff_id, now=now)


def revoke_repair_link(session: Session, asked: contract.RepairLinkById, *, scope: Scope, now: datetime) -> Done:
    """End a link at once; ended already, it stays ended. Raises LinkNotFound."""
    order = order_to_change(session, asked.ro_id, scope=scope)
    which = {"document_id": order.id, "link_id": asked.link_id}
    links.revoke(session, REPAIR_PROGRESS, **which, by=scope.staff_id, now=now)
    return Done()


def answer_by_link(session: Session, asked: contract.AnswerByLink, *, now: datetime) -> contract.RepairFollowed:
    """The customer's word on all work that waits for it, to the version he was shown; said again it is the same word.

    His no is taken as it is: a discount that is more than the rest of the work is his advisor's to settle with him.

    Raises LinkNotFound, OfferMoved.
    """
    found = links.find(session.connection(), REPAIR_PROGRESS, token=asked.token, now=now)
    order = order_of_link(session, UUID(found.document_id))
    if not _said_already(session, order, asked):
        require_offer(asked_of(order.lines, stage=order.stage), version=order.version, shown=asked.version)
        take = _agree if asked.said is Said.AGREED else _decline
        take(session, order, asked, now=now)
        session.flush()
    return followed(session.connection(), found, now=now)


def _said_already(session: Session, order: RepairOrder, asked: contract.AnswerByLink) -> bool:
    """True if this word to this version was taken down: pressed twice, or sent again because its answer was lost."""
    before = session.get(Consent, (order.id, asked.version))
    return before is not None and (before.channel, before.said) == (BY_LINK, asked.said)


def _agree(session: Session, order: RepairOrder, asked: contract.AnswerByLink, *, now: datetime) -> None:
    consent = operations.AuthorizeRepair(order.id, asked.said_by, consent_channel=BY_LINK)
    session.add(order.authorize(consent, by=None, now=now))
    authorized = picked(
        events.RepairAuthorized, order, ro_id=order.id, customer_id=order.written_for, amount_fen=order.authorized_fen
    )
    tell(session, order, authorized, now=now)


def _decline(session: Session, order: RepairOrder, asked: contract.AnswerByLink, *, now: datetime) -> None:
    before_fen = discounted_beyond(order.lines)
    session.add(order.decline_unanswered(said_by=asked.said_by, channel=BY_LINK, now=now))
    tell(session, order, told_lines(order, before_fen=before_fen), now=now)
    comebacks.look(session, order, now=now)
