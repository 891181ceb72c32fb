"""Policies: each is declared by one service, which keeps it; its values have bounds and names; who publishes it."""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Annotated, Any

import pytest

from contracts import shapes
from contracts.access import Reach, matrix
from contracts.declared import Declared, fields_of
from contracts.gateway.policies import publish_policy
from contracts.policies import POLICIES, PolicyKind, policy
from contracts.shapes import Between, Called
from gateway.policies import DECLARED
from tests.support.inventory import inventory
from tests.support.source import ROOT

KINDS = sorted(POLICIES.values(), key=lambda kind: kind.code)
OF_THE_GATEWAY = ("get_policy", "list_policies", "publish_policy")
LEADERS_ONLY = (
    "AUTO_MERGE",
    "CONTACT_CAPS",
    "DELIVERY_D3",
    "DELIVERY_D30",
    "DELIVERY_D7",
    "EXPORT_APPROVAL",
    "RETENTION",
    "SEARCH_RATION",
    "SERVICE_D3",
)
"""Set for all dealers together: by the group's leader and nobody else."""

each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)


def wrong(kind: PolicyKind[Any]) -> list[str]:
    """What a declaration lacks, or says that cannot be."""
    found = [] if kind.code.isupper() and kind.code.isascii() else ["its code is not in capitals"]
    found += [f"no Chinese in {text!r}" for text in (kind.zh, kind.changes_zh) if not has_chinese(text)]
    found += [f"no English in {text!r}" for text in (kind.en, kind.changes_en) if not text or not text.isascii()]
    shape: type = kind.shape
    for name, one in fields_of(shape).items():
        found += [f"{name}: {lack}" for lack in lacks(one)]
    for name, value in {"default": kind.default, **kind.presets}.items():
        try:
            same = shapes.load(kind.shape, shapes.plain(value)) == value
        except shapes.InvalidShape as error:
            found.append(f"{name}: {error}")
        else:
            found += [] if same else [f"{name} is read back as another"]
    return found


def lacks(one: Declared) -> list[str]:
    """What a field of a value lacks for a form, or for who keeps it."""
    called = one.mark(Called, Called("", ""))
    found = [] if has_chinese(called.zh) and called.en.isascii() and called.en else ["has no name on a form"]
    if one.type is int and not any(isinstance(mark, Between) for mark in one.marks):
        found.append("is a number without bounds")
    return found


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


@each
def test_a_policy_says_what_it_is_in_both_languages_and_its_values_fit_their_shape(kind: PolicyKind[Any]) -> None:
    assert wrong(kind) == []


@dataclasses.dataclass(frozen=True, slots=True)
class Bare:
    number: int = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Low:
    number: Annotated[int, Between(1, 9), Called("数", "Number")] = 0


WORDS: dict[str, Any] = {"zh": "数", "en": "Number", "changes_zh": "数", "changes_en": "Number"}


@pytest.mark.parametrize(
    ("default", "more"),
    [
        (Low(1), {"zh": "number"}),
        (Low(1), {"en": "数"}),
        (Low(1), {"changes_en": ""}),
        (Low(), {}),
        (Low(1), {"presets": {"HONDA": Low(10)}}),
        (Bare(), {}),
    ],
)
def test_a_planted_lack_is_found(default: Any, more: dict[str, Any]) -> None:
    made = PolicyKind(
        code="PLANTED", default=default, service="sales", per_store=True, **{**WORDS, "presets": {}, **more}
    )
    assert wrong(made) != []


def test_a_policy_without_a_lack_has_none() -> None:
    made = PolicyKind("PLANTED", Low(1), "sales", **WORDS, per_store=True, presets={"HONDA": Low(9)})
    assert wrong(made) == []


def test_a_code_is_declared_once() -> None:
    with pytest.raises(TypeError, match="RETENTION"):
        policy("RETENTION", Low(1), service="sales", **WORDS)


@each
def test_a_policy_is_declared_where_its_service_s_contracts_are_and_the_gateway_knows_the_place(
    kind: PolicyKind[Any],
) -> None:
    module = import_module(f"contracts.{kind.service}.policies")
    assert kind.shape.__module__ == module.__name__
    assert module in DECLARED


def test_every_file_of_policies_is_known_to_the_gateway() -> None:
    files = {path.parent.name for path in (ROOT / "contracts").glob("*/policies.py")}
    assert {module.__name__ for module in DECLARED} == {f"contracts.{service}.policies" for service in files}


def test_who_declares_policies_keeps_them_and_nobody_else() -> None:
    keepers = {kind.service for kind in KINDS}
    for service, implemented in inventory().items():
        if service not in ("routes", "gateway"):
            wanted = [f"{service}.{verb}" for verb in OF_THE_GATEWAY] if service in keepers else []
            assert implemented["of_the_gateway"] == wanted


# -- who publishes what -------------------------------------------------------------------------------------------


def publishers(kind: PolicyKind[Any]) -> dict[str, Reach]:
    return matrix().publishes(kind.code, service=kind.service)


@each
def test_somebody_publishes_every_policy_and_one_of_the_group_somebody_who_reaches_all_of_it(
    kind: PolicyKind[Any],
) -> None:
    assert Reach.GROUP in publishers(kind).values()


def test_the_operation_is_for_whoever_publishes_any_policy_and_as_far_as_the_widest() -> None:
    widest: dict[str, Reach] = {}
    order = list(Reach)
    for kind in KINDS:
        for role, reach in publishers(kind).items():
            widest[role] = max(widest.get(role, Reach.OWN), reach, key=order.index)
    assert matrix().operations[publish_policy.name] == widest


def test_the_matrix_names_only_policies_and_services_that_have_some() -> None:
    assert set(matrix().policies) <= {kind.code for kind in KINDS} | {kind.service for kind in KINDS}


@pytest.mark.parametrize("code", LEADERS_ONLY)
def test_what_is_the_group_s_is_published_by_its_leader_only(code: str) -> None:
    assert publishers(POLICIES[code]) == {"leader": Reach.GROUP}
