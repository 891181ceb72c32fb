"""Who a customer is, and who changed what in his record (R19)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from contracts.customer import operations
from contracts.picked import picked
from services.customer.record.errors import CustomerErased, CustomerNotFound
from services.customer.record.models import Change
from services.customer.record.rules.reaching import ways_of
from services.customer.record.rules.record import ERASED
from services.customer.record.sealing import SEALED, key_beside, opened

_NAMES = text(
    """
    SELECT asked.id AS customer_id, c.name
      FROM customer asked JOIN customer c ON c.id = coalesce(asked.merged_into, asked.id)
     WHERE asked.id IN :ids ORDER BY asked.id
    """
).bindparams(bindparam("ids", expanding=True))
_CONTACT = text(
    """
    SELECT c.id AS customer_id, c.name, c.mobile AS full_mobile, c.status
      FROM customer asked JOIN customer c ON c.id = coalesce(asked.merged_into, asked.id) WHERE asked.id = :customer_id
    """
)
_HISTORY = text(
    f"""
    SELECT customer_id, field, old, new, version, at, staff_id, department, origin, {key_beside("change.customer_id")}
      FROM change
     WHERE customer_id = :customer_id AND (CAST(:field AS text) IS NULL OR field = :field)
     ORDER BY at DESC, id DESC LIMIT :most
    """  # noqa: S608  # a constant of this service
)
_REACHED = text(
    """
    SELECT asked.id AS customer_id, coalesce(c.mobile, '') AS mobile, coalesce(c.phones, '[]') AS phones, c.email,
           coalesce(c.addresses, '[]') AS addresses
      FROM unnest(CAST(:customers AS uuid[])) AS asked(id)
      LEFT JOIN customer known ON known.id = asked.id
      LEFT JOIN customer c ON c.id = coalesce(known.merged_into, known.id)
    """
)
_WHICH_EXIST = text(
    """
    SELECT ARRAY(SELECT id FROM customer WHERE id = ANY(CAST(:customers AS uuid[])) AND status <> :erased
                  ORDER BY id) AS customers,
           ARRAY(SELECT id FROM vehicle WHERE id = ANY(CAST(:vehicles AS uuid[])) ORDER BY id) AS vehicles
    """
)
_EXISTS = text("SELECT 1 FROM customer WHERE id = :customer_id")


def history(connection: Connection, asked: operations.HistoryAsked) -> operations.History:
    """What was changed in the record, newest first. Raises CustomerNotFound."""
    if connection.execute(_EXISTS, {"customer_id": asked.customer_id}).one_or_none() is None:
        raise CustomerNotFound
    wanted = {"customer_id": asked.customer_id, "field": asked.field, "most": asked.limit}
    return operations.History([change_shown(row) for row in connection.execute(_HISTORY, wanted)])


def change_shown(row: Row[tuple[Change]]) -> operations.ChangeShown:
    """A change as it is shown, from a row that has the customer's `sealed_key` beside it."""
    old, new = row.old, row.new
    if row.field in SEALED:
        old, new = (opened(row.customer_id, row.sealed_key, row.field, sealed) for sealed in (old, new))
    return picked(operations.ChangeShown, row, old=_said(row.field, old), new=_said(row.field, new))


def _said(field: str, value: Any) -> dict[str, Any] | None:
    """A value under the name of what it is, so that a number or address is masked wherever it stands."""
    if value is None:
        return None
    if field == "phones":
        return {field: [{"mobile": one["number"], "until": one["until"]} for one in value]}
    if field == "addresses":
        return {field: [{"address": one["text"], "until": one["until"]} for one in value]}
    return {field: value}


def reveal_contact(connection: Connection, asked: operations.RevealContact) -> operations.Contact:
    """The full phone number. Raises CustomerNotFound, CustomerErased."""
    row = connection.execute(_CONTACT, {"customer_id": asked.customer_id}).one_or_none()
    if row is None:
        raise CustomerNotFound
    if row.status == ERASED:
        raise CustomerErased
    return operations.Contact(row.customer_id, row.name, row.full_mobile)


def ways_to_reach(connection: Connection, asked: operations.ByIds) -> operations.WaysToReach:
    """For each the channels for which his record has a number or address; of merged records the survivor's."""
    rows = connection.execute(_REACHED, {"customers": asked.customer_ids})
    return operations.WaysToReach(
        [
            operations.ReachedBy(
                row.customer_id,
                list(ways_of(mobile=row.mobile, phones=row.phones, email=row.email, addresses=row.addresses)),
            )
            for row in rows
        ]
    )


def which_exist(connection: Connection, asked: operations.WhichExist) -> operations.WhichExist:
    """Those that are registered: merged records live on in others, erased ones do not."""
    row = connection.execute(
        _WHICH_EXIST, {"customers": asked.customer_ids, "vehicles": asked.vehicle_ids, "erased": ERASED}
    ).one()
    return operations.WhichExist(row.customers, row.vehicles)


def names_of(connection: Connection, asked: operations.ByIds) -> operations.NamesOf:
    """Names of the customers that exist."""
    if not asked.customer_ids:
        return operations.NamesOf([])
    rows = connection.execute(_NAMES, {"ids": asked.customer_ids})
    return operations.NamesOf([operations.NameOf(row.customer_id, row.name) for row in rows])
