"""The truth about the files, which no system is shown: who stands in which row, and which pairs a benchmark asks about.

- `truth.csv`: one line per row of the four files.
- `pairs.csv`: the pairs of F3. `must_merge` names one person twice: his rows differ as the class says and must come
  together. `must_not_merge` are two parties easily taken for one. `relation` are two that stay apart and are linked.
- `truth_persons.csv` and `truth_vehicles.csv`: the parties with all their numbers, the cars with plates and owners;
  periods are half-open, written `what@since..until`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Self

from simulator.files.circles import Circle
from simulator.files.departments import Record
from simulator.files.parties import Party, Vehicle

NAMES_REMEMBERED = 50_000
"""Pairs of the same name are listed for so many different names; the others occur, but are not listed."""

_MUST_MERGE = (
    "homophone",
    "surname_title",
    "new_phone",
    "phone_typo",
    "temporary_plate",
    "vin_slip",
    "traditional",
    "accent_heard",
    "company_short",
)
_PERSON = ("truth_person_id", "kind", "name", "gender", "birth_date", "id_no", "org_code", "uscc", "phones", "address")
_VEHICLE = ("truth_vehicle_id", "vin", "model", "delivered", "sold_here", "plates", "owners")


@dataclass(frozen=True, slots=True)
class RowTruth:
    """What is true of one row. `row` counts data rows from 1; the header is not one."""

    file: str
    row: int
    truth_person_id: str
    role: str
    truth_vehicle_id: str
    classes: tuple[str, ...]
    expected_reject: str


@dataclass(frozen=True, slots=True)
class PairTruth:
    """What is to become of two parties, or of one whose rows differ."""

    kind: str
    person_a: str
    person_b: str
    expectation: str


class TruthWriter:
    """Open truth files; leaving the block finishes them."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._open = ExitStack()
        self._bearers: dict[str, str] = {}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._place.mkdir(parents=True, exist_ok=True)
        headers = {
            "truth.csv": [field.name for field in fields(RowTruth)],
            "pairs.csv": ["class", *(field.name for field in fields(PairTruth)[1:])],
            "truth_persons.csv": _PERSON,
            "truth_vehicles.csv": _VEHICLE,
        }
        for name, header in headers.items():
            file = self._open.enter_context((self._place / name).open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(header)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def wrote(self, file: str, row: int, record: Record) -> None:
        """Note who stands in a row that has just got its place."""
        encounter = record.encounter
        self._writers["truth.csv"].writerow(
            (
                file,
                row,
                encounter.party.truth_id,
                encounter.role,
                encounter.vehicle.truth_id,
                ";".join(record.classes),
                record.expected_reject,
            )
        )

    def circle(self, circle: Circle, records: list[Record]) -> None:
        """Note a circle's parties, cars and pairs; `records` are all rows about it."""
        for party in circle.parties:
            self._writers["truth_persons.csv"].writerow(_told(party))
        for vehicle in circle.vehicles:
            self._writers["truth_vehicles.csv"].writerow(_told_of(vehicle))
        pairs = [PairTruth(p.kind, p.one.truth_id, p.other.truth_id, p.expectation) for p in circle.pairs]
        for pair in (*pairs, *_to_merge(records), *self._namesakes(circle)):
            self._writers["pairs.csv"].writerow(astuple(pair))

    def _namesakes(self, circle: Circle) -> Iterator[PairTruth]:
        """Everybody with the last one before him of the same name."""
        for party in circle.parties:
            if party.company:
                continue
            if before := self._bearers.get(party.name):
                yield PairTruth("same_name", before, party.truth_id, "must_not_merge")
            if before or len(self._bearers) < NAMES_REMEMBERED:
                self._bearers[party.name] = party.truth_id


def rows(place: Path) -> Iterator[RowTruth]:
    """The lines of `truth.csv`."""
    with (place / "truth.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield RowTruth(
                file=line["file"],
                row=int(line["row"]),
                truth_person_id=line["truth_person_id"],
                role=line["role"],
                truth_vehicle_id=line["truth_vehicle_id"],
                classes=tuple(line["classes"].split(";")) if line["classes"] else (),
                expected_reject=line["expected_reject"],
            )


def pairs(place: Path) -> Iterator[PairTruth]:
    """The lines of `pairs.csv`."""
    with (place / "pairs.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield PairTruth(line["class"], line["person_a"], line["person_b"], line["expectation"])


def expected_rejects(place: Path) -> dict[tuple[str, int], str]:
    """(file, row) of every row that the system must refuse, with the reason: `id_checksum`."""
    return {(row.file, row.row): row.expected_reject for row in rows(place) if row.expected_reject}


def _to_merge(records: list[Record]) -> Iterator[PairTruth]:
    """One pair for every class that a party's accepted rows are an example of, if there is something to merge."""
    accepted: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if not record.expected_reject:
            accepted[record.encounter.party.truth_id].append(record)
    for truth_id, written in accepted.items():
        if len(written) < 2:
            continue
        found = {kind for record in written for kind in record.classes}
        kinds = [kind for kind in _MUST_MERGE if kind in found]
        if {"15", "18"} <= {record.id_form for record in written}:
            kinds.append("id_15_18")
        yield from (PairTruth(kind, truth_id, truth_id, "must_merge") for kind in kinds)


def _told(party: Party) -> tuple[object, ...]:
    return (
        party.truth_id,
        "company" if party.company else "person",
        party.name,
        party.gender,
        party.birth or "",
        "" if party.company else party.identity,
        party.identity if party.company else "",
        party.credit_code,
        ";".join(f"{phone.number}@{phone.since}..{phone.until or ''}" for phone in party.phones),
        party.address,
    )


def _told_of(vehicle: Vehicle) -> tuple[object, ...]:
    return (
        vehicle.truth_id,
        vehicle.vin,
        vehicle.model.name,
        vehicle.delivered,
        int(vehicle.sold_here),
        ";".join(f"{plate}@{since}..{until or ''}" for plate, since, until in vehicle.plates),
        ";".join(f"{owner.truth_id}@{since}..{until or ''}" for owner, since, until in vehicle.owners),
    )
