"""What is known of exports, and their files, made when they are asked for and kept nowhere (R18, R62)."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from chassis.process.aside import aside
from chassis.process.clock import LOCAL
from contracts.access import Reach, Scope, matrix
from contracts.customer import exports
from contracts.customer.exports import ExportById, ExportFile, ExportStatus, FileFormat
from contracts.personal_numbers import numbers_masked
from services.customer.exports.errors import ExportExpired, ExportNotFound, ExportNotReady, ExportTooLarge
from services.customer.exports.models import Export
from services.customer.exports.shown import export_shown
from services.customer.importing.spreadsheets.writing import Cell, write_csv, write_xlsx

MOST_MEGABYTES = 10
"""Of a file. It travels in one message as base64, a third longer; RabbitMQ takes 16 MiB since 4.0 (128 before)."""

TOGETHER = 500
"""Members read at a time, so that others have their turn in between."""

HEADINGS = (
    "customer_id", "姓名", "电话", "类型", "登记门店", "车型", "车牌", "销售日期", "销售门店", "最近服务", "进站次数",
    "地址", "进入分组",
)  # fmt: skip

_LEAST, _GREATEST = UUID(int=0), UUID(int=2**128 - 1)
_WRITERS = {FileFormat.CSV: write_csv, FileFormat.XLSX: write_xlsx}
_ONE = text("SELECT * FROM export WHERE id = :export_id")
_ADMITTED = """
      FROM export WHERE (CAST(:staff_id AS text) IS NULL OR requested_by = :staff_id)
       AND (CAST(:status AS text) IS NULL OR status = :status)
"""
_PAGE = text(f"SELECT * {_ADMITTED} ORDER BY requested_at DESC, id DESC LIMIT :size OFFSET :skipped")
_TOTAL = text(f"SELECT count(*) {_ADMITTED}")
_LAST = text(
    """
    SELECT entered_at, customer_id FROM segment_member
     WHERE segment_id = :segment_id AND left_at IS NULL AND entered_at <= :at
     ORDER BY entered_at, customer_id OFFSET :most - 1 LIMIT 1
    """
)
"""A turn of judging that began before the export was asked for may end after it: no more than were counted then."""

_MEMBERS = text(
    """
    WITH member AS MATERIALIZED (
         SELECT customer_id, entered_at FROM segment_member
          WHERE segment_id = :segment_id AND left_at IS NULL AND customer_id > :after
            AND (entered_at, customer_id) <= (:at, :last)
          ORDER BY customer_id LIMIT :together)
    SELECT member.customer_id, member.entered_at, c.status, c.kind, c.name, c.title, c.mobile, c.store_id, g.sold_at,
           g.sold_store_id, g.last_service_at, coalesce(g.service_visits, 0) AS service_visits,
           owned.models, owned.plates,
           (SELECT a->>'text' FROM jsonb_array_elements(c.addresses) a WHERE a->>'until' IS NULL LIMIT 1) AS address
      FROM member JOIN customer c ON c.id = member.customer_id
      LEFT JOIN glance g ON g.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT left(string_agg(v.model, ' ' ORDER BY v.id), 10000) AS models,
                  left(string_agg(n.plate, ' ' ORDER BY v.id), 10000) AS plates
             FROM vehicle_party p JOIN vehicle v ON v.id = p.vehicle_id
             LEFT JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL
            WHERE p.customer_id = c.id AND p.until IS NULL) owned ON true
     ORDER BY member.customer_id
    """
)
"""A cell of a workbook holds 32 767 signs; of a fleet's cars it shows the first thousand or so."""


def list_exports(connection: Connection, asked: exports.ListExports, *, scope: Scope) -> exports.Exports:
    """A page of exports that the caller may know of."""
    wanted = {
        "staff_id": None if scope.reach is Reach.GROUP else scope.staff_id,
        "status": asked.status.value if asked.status else None,
    }
    page = {"size": asked.size, "skipped": (asked.page - 1) * asked.size}
    items = [export_shown(row) for row in connection.execute(_PAGE, wanted | page)]
    return exports.Exports(items, asked.page, asked.size, connection.scalar(_TOTAL, wanted) or 0)


def get_export(connection: Connection, asked: ExportById, *, scope: Scope) -> exports.Export:
    """One export. Raises ExportNotFound, also for somebody else's unless the caller decides on them."""
    export = _find(connection, asked.export_id)
    if scope.reach is not Reach.GROUP and export.requested_by != scope.staff_id:
        raise ExportNotFound
    return export_shown(export)


def download(
    connection: Connection, asked: ExportById, *, scope: Scope, roles: tuple[str, ...], now: datetime
) -> ExportFile:
    """The file, with what these roles may see of the members.

    Raises ExportNotFound, also for somebody else's; ExportNotReady, ExportExpired, ExportTooLarge.
    """
    export = _find(connection, asked.export_id)
    if export.requested_by != scope.staff_id:
        raise ExportNotFound
    if export.status != ExportStatus.READY:
        raise ExportNotReady
    if export.expires_at <= now:
        raise ExportExpired
    members = _members(connection, export)
    given_up = Event()
    try:
        content = aside(partial(_file, members, FileFormat(export.format), roles=roles, given_up=given_up))
    finally:
        given_up.set()
    return ExportFile(
        file_name=f"segment-{export.segment_id}.{export.format}",
        format=FileFormat(export.format),
        rows=len(members),
        customer_ids=[one.customer_id for one in members],
        reason=export.reason,
        content=content,
    )


def _find(connection: Connection, export_id: UUID) -> Row[tuple[Export]]:
    row = connection.execute(_ONE, {"export_id": export_id}).one_or_none()
    if row is None:
        raise ExportNotFound
    return row


def _members(connection: Connection, export: Row[tuple[Export]]) -> list[Any]:
    """Those who were members when it was asked for and still are, in the order of identifiers."""
    if export.rows == 0:
        return []
    then = {"segment_id": export.segment_id, "at": export.requested_at}
    last = connection.execute(_LAST, then | {"most": export.rows}).one_or_none()
    bounds = then | ({"at": last.entered_at, "last": last.customer_id} if last else {"last": _GREATEST})
    found: list[Any] = []
    after = _LEAST
    while page := connection.execute(_MEMBERS, bounds | {"after": after, "together": TOGETHER}).all():
        found += [row for row in page if row.status == "active"]
        after = page[-1].customer_id
    return found


class GivenUp(Exception):
    """Nobody waits for the file any more: its deadline passed."""


def _file(
    members: Sequence[Any],
    format: FileFormat,  # noqa: A002  # its field's name
    *,
    roles: tuple[str, ...],
    given_up: Event,
) -> str:
    file = io.BytesIO()
    _WRITERS[format](_lines(members, roles=roles, given_up=given_up), file)
    if file.tell() > MOST_MEGABYTES * 1_000_000:
        raise ExportTooLarge(most=MOST_MEGABYTES)
    return b64encode(file.getbuffer()).decode("ascii")


def _lines(members: Sequence[Any], *, roles: tuple[str, ...], given_up: Event) -> Iterator[list[Cell]]:
    """The heading and the members. Raises GivenUp, or the next file would wait for one that nobody wants."""
    numbers, cards, houses = (matrix().sees(kind, roles) for kind in ("mobile", "id_number", "address"))
    yield list(HEADINGS)
    for one in members:
        if given_up.is_set():
            raise GivenUp
        yield [
            str(one.customer_id),
            numbers_masked(f"{one.name}{one.title}", phones=not numbers, cards=not cards),
            one.mobile if numbers else f"****{one.mobile[-4:]}",
            one.kind,
            one.store_id,
            one.models or "",
            one.plates or "",
            one.sold_at.astimezone(LOCAL).date() if one.sold_at else None,
            one.sold_store_id or "",
            one.last_service_at.astimezone(LOCAL).date() if one.last_service_at else None,
            one.service_visits,
            numbers_masked(one.address or "", phones=not numbers, cards=not cards) if houses else "",
            one.entered_at.astimezone(LOCAL),
        ]
