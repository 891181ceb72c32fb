"""One event name, one producer: over what is declared and what decision 0021 keeps for what is to come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from chassis.documents import declared_events
from chassis.process.settings import SERVICES
from tests.support.source import ROOT

RECORD = (ROOT / "docs" / "decisions" / "0021-event-names.md").read_text("utf-8")
NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
OF = re.compile(r"`([a-z_]+)` of ([a-z]+)")
Told = tuple[str, str]
"""An event's name and who tells it."""


def rows(heading: str, text: str = RECORD) -> Iterator[list[str]]:
    """The cells of the rows of a section's table, without its head."""
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in [line for line in section.splitlines() if line.startswith("| ")][1:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def chosen() -> list[Told]:
    """What the record keeps for each producer."""
    found = [
        (name, producer)
        for heading in ("Beside the specification's list", "The specification's names as they stand")
        for producer, names in rows(heading)
        for name in NAME.findall(names)
    ]
    return found + [
        told for _, here, _ in rows("Names that differ from the specification's list") for told in OF.findall(here)
    ]


def given_up() -> set[str]:
    """Names of the specification's list that nobody may take."""
    differing = list(rows("Names that differ from the specification's list"))
    return {name for there, here, _ in differing for name in set(NAME.findall(there)) - set(NAME.findall(here))}


def declared() -> list[Told]:
    return [(event.declaration.name, event.declaration.producer) for event in declared_events()]


def of_several(told: Iterable[Told]) -> dict[str, list[str]]:
    """Names that more than one producer has."""
    producers: dict[str, set[str]] = {}
    for name, producer in told:
        producers.setdefault(name, set()).add(producer)
    return {name: sorted(of) for name, of in producers.items() if len(of) > 1}


def test_an_event_name_has_one_producer() -> None:
    assert of_several([*declared(), *chosen()]) == {}


def test_no_name_is_given_twice() -> None:
    names = [name for name, _ in chosen()]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_names_are_given_to_services() -> None:
    assert {producer for _, producer in chosen()} <= set(SERVICES)


def test_every_name_that_differs_says_whose_it_is() -> None:
    for _, here, _ in rows("Names that differ from the specification's list"):
        assert NAME.findall(here) == [name for name, _ in OF.findall(here)]


def test_a_name_that_was_given_up_is_not_taken() -> None:
    assert "policy_published" in given_up()
    assert given_up() & {name for name, _ in [*declared(), *chosen()]} == set()


def test_every_service_has_a_name_for_its_policies() -> None:
    assert {(f"{service}_policy_published", service) for service in SERVICES} <= set(chosen())


@pytest.mark.parametrize(
    "planted",
    [
        ("payment_confirmed", "workshop"),
        ("payment_reversed", "workshop"),
        ("repair_refund_paid", "sales"),
        ("lead_created", "customer"),
        ("store_changed", "customer"),
        ("followup_policy_published", "sales"),
        ("task_closed", "workshop"),
    ],
    ids=lambda one: one[0],
)
def test_a_planted_second_producer_is_found(planted: Told) -> None:
    assert list(of_several([*declared(), *chosen(), planted])) == [planted[0]]
