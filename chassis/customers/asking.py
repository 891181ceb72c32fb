"""What any service asks the customer service before it writes a document: whether customer and vehicle are there.

Whom it has a document of already it knows. Of the others it asks who owns them: customers and vehicles the customer
service, new vehicles sales. So somebody who was registered a moment ago is never refused, and no service needs
a copy of all customers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause

from chassis.bus.context import Ask
from contracts.customer.operations import WhichExist, which_exist
from contracts.refusals import InvalidRequest
from contracts.sales.stock import StockVehicles, which_in_stock
from contracts.sayings import Saying

Read = Callable[[Callable[[Connection], Any]], Any]
"""Reads in the service's own database."""

_FIELDS = {"customer_id": "customer_ids", "vehicle_id": "vehicle_ids"}


def require_registered(asked: Any, *, met: dict[str, TextClause], read: Read, ask: Ask) -> None:
    """Raise InvalidRequest that names the field whose customer or vehicle is none.

    `met` finds by field, for its `:id`, whether the service has a document of it: then nobody is asked.
    """
    named = {field: getattr(asked, field) for field in met}
    strangers = read(lambda connection: list(_unmet(connection, named, met)))
    if not strangers:
        return
    wanted = WhichExist(**{_FIELDS[field]: [named[field]] for field in strangers})
    known = ask(which_exist, wanted)
    nobody = {field for field in strangers if named[field] not in getattr(known, _FIELDS[field])}
    if "vehicle_id" in nobody and ask(which_in_stock, StockVehicles([named["vehicle_id"]])).vehicle_ids:
        nobody.remove("vehicle_id")  # a new one; the customer service hears of it when it is handed over
    if nobody:
        raise InvalidRequest(errors={field: [Saying.NOBODY()] for field in nobody})


def _unmet(connection: Connection, named: dict[str, UUID], met: dict[str, TextClause]) -> Iterable[str]:
    return (field for field, found in met.items() if connection.scalar(found, {"id": named[field]}) is None)
