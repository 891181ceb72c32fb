"""Imports as their people see them: preview, how far they are, and the report row by row (R25)."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Connection, text

from contracts.access import Scope
from contracts.customer import imports
from contracts.personal_numbers import mask_id_number, mask_mobile
from contracts.picked import picked, shaped
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.importing.usecases.files import COLUMNS, find, open_uploaded, shown
from services.customer.importing.usecases.uploading import proposals

PREVIEWED = 20
"""Rows of a preview."""

_CARD = re.compile(r"\d{6}\W?\d{8}\W?\d{3}[\dXx]|\d{15,}[Xx]?")
_LONG_NUMBER = re.compile(r"1[3-9]\d(?:\W?\d){8}(?!\d)|(?<![0-9A-HJ-NPR-Z]{6})\d{7,}[Xx]?")
"""What a file's numbers may be before they are read, mistyped ones too."""
_LIST = text(
    f"""
    SELECT {COLUMNS} FROM import_file f
     WHERE (CAST(:stores AS text[]) IS NULL OR f.store_id = ANY(CAST(:stores AS text[])))
       AND (CAST(:status AS text) IS NULL OR f.status = :status)
     ORDER BY f.created_at DESC, f.id DESC LIMIT :most
    """  # noqa: S608  # a constant of this package
)
_ROWS = text(
    """
    SELECT r.number, r.outcome, coalesce(c.merged_into, r.customer_id) AS customer_id, r.field, r.code, r.zh, r.en,
           r.undone, r.warnings
      FROM import_row r LEFT JOIN customer c ON c.id = r.customer_id
     WHERE r.import_id = :import_id AND r.number > :after AND r.outcome IS NOT NULL
       AND (CAST(:outcome AS text) IS NULL OR r.outcome = :outcome)
       AND (CAST(:undone AS text) IS NULL OR r.undone = :undone)
       AND (CAST(:stays AS boolean) IS NULL OR :stays = (r.undone IS NOT NULL AND r.undone <> 'taken_back'))
     ORDER BY r.number LIMIT :most
    """
)


def preview(connection: Connection, asked: imports.PreviewImport, *, scope: Scope) -> imports.Preview:
    """What the file holds. Raises ImportNotFound, ImportStarted, ImportIncomplete, ImportAltered, a file's refusal."""
    opened = open_uploaded(connection, find(connection, asked.import_id, scope=scope), sheet=asked.sheet)
    return picked(
        imports.Preview,
        opened.table,
        import_id=asked.import_id,
        columns=[
            imports.ColumnProposed(one.column, one.heading, one.field, round(one.confidence * 100), one.why, one.unit)
            for one in proposals(opened)
        ],
        rows=[
            imports.RowShown(row.number, [_in_part(cell) for cell in row.cells]) for row in opened.sample[:PREVIEWED]
        ],
        fields=[field.value for field in Field],
    )


def _in_part(cell: str) -> str:
    """A cell whose phone and card numbers are masked: whose they are is not yet known to anybody (R62)."""
    cell = _CARD.sub(lambda found: mask_id_number(re.sub(r"\W", "", found[0])), unicodedata.normalize("NFKC", cell))
    return _LONG_NUMBER.sub(lambda found: mask_mobile(found[0]), cell)


def get(connection: Connection, asked: imports.ImportAsked, *, scope: Scope) -> imports.Import:
    """The import as it stands. Raises ImportNotFound."""
    return shown(find(connection, asked.import_id, scope=scope))


def list_imports(connection: Connection, asked: imports.ListImports, *, scope: Scope) -> imports.Imports:
    """Imports of the caller's stores, newest first. Raises StoreNotAllowed."""
    stores = scope.narrow(asked.store_id)
    wanted = {"stores": list(stores) if stores is not None else None, "status": asked.status, "most": asked.limit}
    return imports.Imports([shown(row) for row in connection.execute(_LIST, wanted)])


def rows(connection: Connection, asked: imports.ListRows, *, scope: Scope) -> imports.RowReports:
    """What became of the rows after one. Raises ImportNotFound."""
    find(connection, asked.import_id, scope=scope)
    wanted = {
        "import_id": asked.import_id,
        "after": asked.after,
        "outcome": asked.outcome,
        "undone": asked.undone,
        "stays": asked.stays,
        "most": asked.limit + 1,
    }
    found = [shaped(imports.RowReport, row) for row in connection.execute(_ROWS, wanted).mappings()]
    items = found[: asked.limit]
    return imports.RowReports(items, items[-1].number if len(found) > asked.limit else None)
