"""What an export looks like to who asks."""

from __future__ import annotations

from sqlalchemy import Row

from contracts.customer import exports
from contracts.customer.exports import ExportStatus, FileFormat
from contracts.picked import picked
from services.customer.exports.models import Export


def export_shown(export: Export | Row[tuple[Export]]) -> exports.Export:
    """An export, from its model or its row."""
    format, status = FileFormat(export.format), ExportStatus(export.status)  # noqa: A001  # its field's name
    return picked(exports.Export, export, export_id=export.id, format=format, status=status)
