"""Every kind of task leads somewhere: its command and its addresses exist, and somebody may do it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from string import Formatter

import pytest

from chassis.bus.topology import HEARS
from contracts.access import matrix
from contracts.followup import tasks
from contracts.operation import Operation
from gateway.faults import HttpFault
from gateway.routes import TABLE
from services.followup.tasks.kinds import KINDS
from services.followup.tasks.kinds.kind import Kind
from services.followup.tasks.kinds.visit_due import VISIT_DUE
from services.followup.tasks.rules import may_do
from services.followup.visits.occasions import OCCASIONS

KNOWN = {"store_id", "customer_id", "subject_id"}


def mistakes(kind: Kind) -> list[str]:
    """What a kind says that is not there."""
    found = [f"nobody may use {kind.done_by.name}"] if not matrix().operations.get(kind.done_by.name) else []
    if kind.done_by not in [route.operation for route in TABLE.routes]:
        found.append(f"{kind.done_by.name} has no address")
    for where in (kind.console, kind.api):
        named = {name for _, name, _, _ in Formatter().parse(where) if name}
        found += [f"{where}: no task says {name}" for name in sorted(named - KNOWN)]
    if not kind.console.startswith("/console/{store_id}/"):
        found.append(f"{kind.console} is not in the console of a store")
    try:
        TABLE.find("GET", kind.api.partition("?")[0].replace("{", "").replace("}", ""))
    except HttpFault:
        found.append(f"{kind.api} is no address")
    unheard = {event for event in kind.heard if event not in HEARS["followup"]}
    return found + [f"followup does not hear {event.__name__}" for event in unheard]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_kind_leads_somewhere(kind: Kind) -> None:
    assert mistakes(kind) == []


@pytest.mark.parametrize(
    "operation", [tasks.tasks_today, tasks.take_task, tasks.hand_over_task], ids=lambda one: one.name
)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_whoever_may_be_given_a_task_sees_it_takes_it_and_hands_it_over(
    kind: Kind, operation: Operation[object, object]
) -> None:
    """Else a list of tasks would be missing from his menu, or be in it and always empty."""
    rights = matrix().operations
    people = set(rights[kind.done_by.name]) & set(matrix().roles)
    assert people - rights[operation.name].keys() == set()


def test_each_code_is_there_once() -> None:
    assert {code: count for code, count in Counter(kind.code for kind in KINDS).items() if count > 1} == {}


@pytest.mark.parametrize("occasion", OCCASIONS, ids=lambda occasion: occasion.purpose)
def test_the_role_that_makes_a_visit_may_make_it(occasion: object) -> None:
    assert may_do(VISIT_DUE.done_by, [occasion.asked_by])  # type: ignore[attr-defined]  # an Occasion


@pytest.mark.parametrize(
    "planted",
    [
        {"api": "/api/v1/visit/{subject_id}"},
        {"console": "/console/{store}/visits"},
        {"console": "/visits/{subject_id}"},
        {"done_by": dataclasses.replace(VISIT_DUE.done_by, name="followup.dance")},
        {"closes": {str: lambda _: []}},
    ],
    ids=["address", "name", "console", "command", "unheard"],
)
def test_a_planted_mistake_is_found(planted: dict[str, object]) -> None:
    assert mistakes(VISIT_DUE) == []
    assert mistakes(dataclasses.replace(VISIT_DUE, **planted)) != []  # type: ignore[arg-type]  # planted
