"""Bays are added, and used no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.organisation import stores
from chassis.store import turns
from contracts.access import Scope
from contracts.picked import picked
from contracts.workshop import bays as contract
from services.workshop.bays.errors import BayUnknown
from services.workshop.bays.models import Bay


def put_bay(session: Session, asked: contract.PutBay, *, scope: Scope, now: datetime) -> contract.Bay:
    """A bay of the store is there, or is used no more; what is booked there stays.

    Raises StoreNotAllowed, StoreClosed.
    """
    scope.require_store(asked.store_id)
    stores.require_open(session, asked.store_id, now=now)
    take_turn(session, asked.store_id)
    known = session.scalar(select(Bay).where(Bay.store_id == asked.store_id, Bay.code == asked.code))
    bay: Bay = known or Bay.put(asked)
    session.add(bay)
    bay.kind, bay.active = asked.kind, asked.active
    return picked(contract.Bay, bay)


def take_turn(session: Session, store_id: str) -> None:
    """Whoever changes what a store's bays are kept for does so alone."""
    turns.take(session, "bays", [store_id])


def require_bays(session: Session, codes: Collection[str], *, store_id: str) -> None:
    """Raise BayUnknown for a bay that the store has not in use; a store without bays calls its places what it likes."""
    named = [code for code in codes if code]
    if not named:
        return
    used = set(session.scalars(select(Bay.code).where(Bay.store_id == store_id, Bay.active)))
    unknown = [code for code in named if code not in used]
    if used and unknown:
        raise BayUnknown(field="bay", bay=unknown[0])
