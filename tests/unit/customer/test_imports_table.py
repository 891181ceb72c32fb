"""What desks, lists and the look-up make of what is typed: every row of the table in docs/imports.md."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from contracts.customer.imports import Department
from contracts.customer.operations import CustomerKind
from contracts.spreadsheet_cells import unmarked
from services.customer.importing.spreadsheets.rows import Column, is_nobody, read_row
from services.customer.importing.spreadsheets.wordings import Field
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Given, Typed, Unreadable
from services.customer.record.rules.names import Name
from services.customer.view.rules.asking import meanings

TODAY = date(2026, 11, 23)
DOCUMENT = Path(__file__).parents[3] / "docs" / "imports.md"
FEWEST = 90


class Line(NamedTuple):
    """A row of the table."""

    field: str
    typed: str
    read_as: str
    warning: str
    desk: str
    listed: str
    look_up: str


def _lines() -> list[Line]:
    text = DOCUMENT.read_text("utf-8")
    table = text[text.index("| field |") :].split("\n\n", 1)[0]
    lines = [Line(*(cell.strip() for cell in row.strip("|").split("|"))) for row in table.splitlines()[2:]]
    return [line._replace(typed=_meant(line.typed)) for line in lines]


def _meant(typed: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), typed.strip("`"))


LINES = _lines()
_ROW = (Field.NAME, Field.MOBILE, Field.AMOUNT)


def _shown(given: Given, field: str) -> str:
    if field in ("name", "title"):
        assert isinstance(given.name, Name)
        return f"{given.name.text} [{given.name.title}]" if given.name.title else given.name.text
    if field in ("mobile", "phone"):
        return ", ".join(one.number + (f"-{one.extension}" if one.extension else "") for one in given.phones)
    found = {
        "id_no": given.id18,
        "vin": given.vehicle.vin if given.vehicle else None,
        "plate": given.plate.number if given.plate else None,
        "birth_date": given.birth_date and given.birth_date.isoformat(),
        "email": given.email,
        "gender": given.gender,
    }[field]
    return found or ""


def _in_a_list(field: str, typed: str) -> tuple[str, str, str]:
    """(what becomes of it, what is read, the warnings)."""
    if field == "row":
        cells = typed.split(",")
        columns = [Column(place, one) for place, one in enumerate(_ROW)]
        return ("refused NOT_A_CUSTOMER" if is_nobody(cells, columns) else "read"), "", ""
    said = {"name": "张伟", field: typed}
    columns = [Column(place, Field(name)) for place, name in enumerate(said)]
    row = read_row(list(said.values()), columns, department=Department.SALES, today=TODAY)
    try:
        given = giving.read(row.typed, today=TODAY, imported=True)
    except Unreadable as error:
        return f"refused {error.code}", "", ""
    read, warnings = _shown(given, field), [*row.warnings, *given.warnings]
    left_out = not read or "TITLE_UNKNOWN" in warnings
    return ("left out" if left_out else "read"), read, ", ".join(warnings)


def _at_desk(field: str, typed: str) -> tuple[str, str]:
    """(what becomes of it, what is read)."""
    name = {"mobile": "phones", "phone": "phones", "id_no": "id_number"}.get(field, field)
    typed = unmarked(typed) if typed.startswith("=") else typed
    said: dict[str, Any] = {"name": "张伟", "kind": CustomerKind.PERSON}
    said[name] = (typed,) if name == "phones" else typed
    try:
        return "read", _shown(giving.read(Typed(**said), today=TODAY), field)
    except Unreadable as error:
        return f"refused {error.code}", ""


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.field}-{line.typed}".encode("unicode_escape").decode())
def test_every_row_of_the_table_is_so(line: Line) -> None:
    became, read, warnings = _in_a_list(line.field, line.typed)
    assert (became, read, warnings) == (line.listed, line.read_as, line.warning)
    if line.desk == "as typed":
        became, read = _at_desk(line.field, line.typed)
        assert (became, read) == ("read", line.typed)
    elif line.desk != "—":
        became, read = _at_desk(line.field, line.typed)
        assert became == line.desk
        assert read == (line.read_as if became == "read" else "")
    if line.look_up != "—" or line.field in ("mobile", "phone", "id_no", "vin", "plate"):
        asked = meanings(line.typed, today=TODAY)
        assert (asked[0].by.value if asked else "—") == line.look_up


def test_the_table_is_read_whole() -> None:
    assert len(LINES) >= FEWEST
    assert {line.field for line in LINES} >= {"mobile", "phone", "name", "id_no", "vin", "plate", "birth_date", "row"}
