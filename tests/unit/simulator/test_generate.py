"""The four departmental files: the same arguments write the same bytes, and every row has its truth."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from simulator.files import folder
from simulator.files.departments import DEPARTMENTS
from simulator.files.truth import expected_rejects, rows
from simulator.generate import generate

FILES = [department.file for department in DEPARTMENTS.values()]


def digests(place: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(place.iterdir())}


@pytest.mark.parametrize("profile", ["2002", "modern"])
def test_the_same_arguments_write_the_same_bytes_and_another_seed_others(tmp_path, profile):
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        generate(tmp_path / name, persons=300, seed=seed, profile=profile)
    one, two, other = (digests(tmp_path / name) for name in ("one", "two", "other"))
    assert len(one) == len(FILES) + 4
    assert one == two
    assert not set(one.values()) & set(other.values())


@pytest.mark.parametrize("persons", [1, 2, 10])
@pytest.mark.parametrize("seed", range(12))
def test_any_size_has_exactly_so_many_parties_and_each_is_in_a_file(tmp_path, read_back, persons, seed):
    generate(tmp_path, persons=persons, seed=seed)
    few = read_back(tmp_path)
    assert len(few.persons) == persons
    assert {row.truth_person_id for row in few.rows} == set(few.persons)


def test_nobody_is_no_number_of_persons(tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        generate(tmp_path, persons=0, seed=7)


def test_every_row_of_every_file_has_one_line_of_truth(made):
    told = Counter((row.file, row.row) for row in made.rows)
    standing = {(file, number) for file, lines in made.cells.items() for number in range(1, len(lines) + 1)}
    assert set(told) == standing
    assert set(told.values()) == {1}
    assert {row.truth_person_id for row in made.rows} == set(made.persons)
    assert {row.truth_vehicle_id for row in made.rows} == set(made.vehicles)


def test_more_rows_than_the_window_are_written_once_each_in_another_order(made):
    service = [row.truth_person_id for row in made.rows if row.file == "service.csv"]
    assert len(service) > 5_000
    assert service != sorted(service)


def test_the_headers_are_each_department_s_own(made):
    for department in DEPARTMENTS.values():
        assert tuple(made.cells[department.file][0]) == department.headers


def test_the_service_file_begins_with_a_byte_order_mark_and_the_others_are_no_utf_8(made):
    assert (made.place / "service.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for name in ("sales.csv", "finance.csv"):
        with pytest.raises(UnicodeDecodeError):
            (made.place / name).read_text(encoding="utf-8")


def test_the_rows_to_refuse_are_those_with_a_mistyped_id(made):
    refused = expected_rejects(made.place)
    assert refused == {(row.file, row.row): "id_checksum" for row in made.rows if "id_typo" in row.classes}
    assert refused


def test_pairs_name_existing_parties_and_one_party_twice_only_to_merge(made):
    assert {pair.expectation for pair in made.pairs} == {"must_merge", "must_not_merge", "relation"}
    for pair in made.pairs:
        assert {pair.person_a, pair.person_b} <= set(made.persons)
        assert (pair.person_a == pair.person_b) == (pair.expectation == "must_merge")


def test_who_must_be_merged_has_at_least_two_rows_that_are_accepted(made):
    accepted = Counter(row.truth_person_id for row in made.rows if not row.expected_reject)
    assert min(accepted[pair.person_a] for pair in made.pairs if pair.expectation == "must_merge") >= 2


def test_a_full_sheet_is_followed_by_another_and_rows_are_counted_on(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "ROWS_OF_A_SHEET", 30)
    generate(tmp_path, persons=100, seed=7)
    book = openpyxl.load_workbook(tmp_path / "sales_support.xlsx", read_only=True)
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    book.close()
    assert len(sheets) > 1 and all(sheet[0] == DEPARTMENTS["support"].headers for sheet in sheets)
    told = [row.row for row in rows(tmp_path) if row.file == "sales_support.xlsx"]
    assert sum(len(sheet) - 1 for sheet in sheets) == len(told) == max(told)
