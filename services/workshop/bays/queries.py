"""What the workshop shows of its bays."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from contracts.access import Scope
from contracts.picked import shaped
from contracts.workshop import bays as contract
from services.workshop.bays.models import Bay

_bays = Bay.__table__.c


def list_bays(connection: Connection, asked: contract.ListBays, *, scope: Scope) -> contract.Bays:
    """The bays of the caller's scope. Raises StoreNotAllowed."""
    return contract.Bays(bays_of(connection, scope.narrow(asked.store_id)))


def bays_of(reader: Session | Connection, store_ids: Collection[str] | None) -> list[contract.Bay]:
    """The bays of these stores, or of all, by store and code."""
    wanted = select(Bay.__table__).order_by(_bays.store_id, _bays.code)
    if store_ids is not None:
        wanted = wanted.where(_bays.store_id.in_(store_ids))
    return [shaped(contract.Bay, row) for row in reader.execute(wanted).mappings()]
