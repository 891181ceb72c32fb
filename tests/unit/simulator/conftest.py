"""Generated files, read back as somebody would who does not know how they were made."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from simulator.files.departments import DEPARTMENTS, Department
from simulator.files.truth import PairTruth, RowTruth, pairs, rows
from simulator.generate import generate


@dataclass
class Made:
    """A generated folder, read back; `cells` has every file's rows by header."""

    place: Path
    rows: list[RowTruth]
    pairs: list[PairTruth]
    persons: dict[str, dict[str, str]]
    vehicles: dict[str, dict[str, str]]
    cells: dict[str, list[dict[str, object]]]


def read(place: Path) -> Made:
    def table(name: str, key: str) -> dict[str, dict[str, str]]:
        return {line[key]: line for line in csv.DictReader(io.StringIO((place / name).read_text(encoding="utf-8")))}

    cells = {department.file: list(cells_of(place, department)) for department in DEPARTMENTS.values()}
    persons, vehicles = table("truth_persons.csv", "truth_person_id"), table("truth_vehicles.csv", "truth_vehicle_id")
    return Made(place, list(rows(place)), list(pairs(place)), persons, vehicles, cells)


def cells_of(place: Path, department: Department) -> Iterator[dict[str, object]]:
    """The data rows of one file."""
    path = place / department.file
    if department.encoding:
        yield from csv.DictReader(io.StringIO(path.read_bytes().decode(department.encoding), newline=""))
    else:
        book = openpyxl.load_workbook(path, read_only=True)
        headers, *lines = book.worksheets[0].iter_rows(values_only=True)
        for line in lines:
            yield {str(header): cell for header, cell in zip(headers, line, strict=True)}
        book.close()


@pytest.fixture(scope="session")
def read_back() -> Callable[[Path], Made]:
    """Read a folder of generated files."""
    return read


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    """Ten thousand parties of 2002."""
    place = tmp_path_factory.mktemp("ten_thousand")
    generate(place, persons=10_000, seed=7)
    return read(place)
