"""Customers who were forgotten: whoever hears of them later, or again, calls nobody (PIPL 47)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.customers import erasing
from chassis.store.rows import insert_all
from contracts.customer.events import CustomerErased
from contracts.customer.folder import ConsentChannel
from contracts.envelope import Received
from services.followup.visits.models import VISITS, Wish
from services.followup.visits.rules import ERASED
from services.followup.visits.usecases import together, wishes

_wish: Any = Wish.__table__


def forget(session: Session, event: Received[CustomerErased]) -> None:
    """His wishes go and a mark stays in their place; nobody calls him, and what he answered in words is emptied.

    The mark is a wish like others: a visit planned after it, out of a late event, follows it at once.
    """
    his = sorted(event.payload.erased_ids)
    wishes.lock(session, his)
    marks = [
        {
            "customer_id": one,
            "about": ERASED,
            "channel": ConsentChannel.ANY.value,
            "allowed": False,
            "at": event.payload.at,
            "version": 0,
        }
        for one in his
    ]
    insert_all(session, _wish, marks, on_conflict="DO NOTHING")
    wishes.forget(session, his)
    erasing.forget(session, event, holding=VISITS)
    changed = wishes.follow(session, dict.fromkeys(his, event))
    together.arrange(session, dict.fromkeys(changed, together.Because.of(event)))
