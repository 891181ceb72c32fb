"""What an answer shows to whom: sensitive fields masked, identifiers given their names.

Both are marks in the response's declaration (`contracts.shapes`: Sensitive, Names).
A plan of where the marks are is made once per response type and set of roles,
so that an answer without marks and texts passes as the bytes it came in.
Every other text is masked by what it holds, whatever it was typed into (`contracts/personal_numbers.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from contracts.access import NEAR, Reach, matrix
from contracts.declared import fields_of
from contracts.personal_numbers import mask_id_number, mask_mobile, may_hold_number, numbers_masked
from contracts.shapes import Names, Owner, Sensitive
from gateway.expanding import EXPANSIONS, Expansion

Mask = Callable[[Any], Any]

_FREE = {"mobile": "mobile", "id_number": "id_number", "id18": "id_number", "address": "address", "_fen": "price"}
"""A free dictionary has no marks: there the end of a key says what kind of datum it is."""
_MONEY_OF = {"workshop": "repair_price"}
"""What kind of money stands in a dictionary beside which `source` it came from."""
_AS_IT_IS = frozenset((
    "full_mobile", "vin", "vin_tail", "uscc", "organisation_code", "token", "hash", "request_id", "older", "content",
    "event_id", "next",
))  # fmt: skip
"""Texts that are no people's words: what was asked for with a reason, and identifiers."""


def hide(_: Any) -> None:
    """Nothing of it."""


MASKS: dict[str, Mask] = {
    "mobile": mask_mobile,
    "id_number": mask_id_number,
    "address": hide,
    "price": hide,
    "repair_price": hide,
    "spent": hide,
}


class Reader(NamedTuple):
    """Who reads the answer of an operation: as what, where, and who is in his team."""

    roles: tuple[str, ...]
    stores: tuple[str, ...] = ()
    dealer_stores: tuple[str, ...] = ()
    staff_id: str = ""
    teammates: tuple[str, ...] = ()
    operation: str = ""

    def sees(self, kind: str, *, store_id: str | None, owner_id: str | None = None) -> bool:
        """Whether he sees this kind of datum in full in an object of this store, for which this person is responsible.

        One of no store is of his own.
        """
        reach = matrix().sees_as_far_as(kind, self.roles, operation=self.operation)
        if reach is None or reach is Reach.GROUP:
            return reach is not None
        if store_id is not None and store_id not in self.stores:
            return reach is Reach.DEALER and store_id in self.dealer_stores
        if reach in NEAR:
            return owner_id == self.staff_id or (reach is Reach.TEAM and owner_id in self.teammates)
        return True


@dataclass(frozen=True, slots=True)
class Named:
    """An identifier that gets a name beside it: `consultant_id` → `consultant_name`."""

    field: str
    what: str
    beside: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with an object. `free` fields hold dictionaries without a declaration, `texts` whatever was typed.

    `elsewhere` are masked, by their kind, in an object that the reader's sight of it does not cover: of another store,
    or, if it is `near`, of another person, who stands in the field `owner`.
    """

    masks: tuple[tuple[str, Mask], ...] = ()
    elsewhere: tuple[tuple[str, Mask, str], ...] = ()
    near: bool = False
    owner: str = ""
    names: tuple[Named, ...] = ()
    inside: tuple[tuple[str, Plan], ...] = ()
    free: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    expands: tuple[Expansion, ...] = ()

    @property
    def is_needed(self) -> bool:
        """False if the answer can pass as it is."""
        return bool(self.masks or self.elsewhere or self.names or self.inside or self.free or self.texts)


@dataclass(slots=True)
class Found:
    """What a walk through an answer found to be named, to be asked for in one go."""

    named: list[tuple[dict[str, Any], Any, Named]]
    expanding: list[tuple[dict[str, Any], Expansion]]


@cache
def plan_of(shape: type, roles: tuple[str, ...], operation: str = "") -> Plan:
    """The plan of a response type for the roles of a caller of an operation."""
    masks: list[tuple[str, Mask]] = []
    elsewhere: list[tuple[str, Mask, str]] = []
    names: list[Named] = []
    within: list[tuple[str, Plan]] = []
    free: list[str] = []
    texts: list[str] = []
    near, owner = False, ""
    declared = fields_of(shape)
    for name, one in declared.items():
        inside, many = one.opened()
        marks = inside.marks
        sensitive = [mark.kind for mark in marks if isinstance(mark, Sensitive)]
        seen = {kind: matrix().sees_as_far_as(kind, roles, operation=operation) for kind in sensitive}
        hidden = [kind for kind, reach in seen.items() if reach is None]
        partly = [kind for kind, reach in seen.items() if reach not in (None, Reach.GROUP)]
        near = near or any(reach in NEAR for reach in seen.values())
        owner = name if any(isinstance(mark, Owner) for mark in marks) else owner
        masks += [(name, _mask(kind, many=many)) for kind in hidden]
        elsewhere += [(name, _mask(kind, many=many), kind) for kind in partly]
        named = [mark.what for mark in marks if isinstance(mark, Names) and not many]
        names += [Named(name, what, f"{name.removesuffix('_id')}_name") for what in named]
        if inside.is_shape:
            plan = plan_of(inside.type, roles, operation)
            if plan.is_needed or plan.expands:
                within.append((name, plan))
        elif inside.type is str and not hidden and _is_text(name, marks):
            texts.append(name)
        elif inside.is_free:
            free.append(name)
    return Plan(
        masks=tuple(masks),
        elsewhere=tuple(elsewhere),
        near=near,
        owner=owner,
        names=tuple(names),
        inside=tuple(within),
        free=tuple(free),
        texts=tuple(texts),
        expands=tuple(each for each in EXPANSIONS if each.is_of(shape)),
    )


def apply(
    plan: Plan,
    item: dict[str, Any],
    *,
    found: Found,
    reader: Reader,
    store_id: str | None = None,
    owner_id: str | None = None,
) -> None:
    """Mask in place, and note what is to be named. `store_id` and `owner_id` are those of what it is part of."""
    store_id, owner_id = item.get("store_id", store_id), item.get(plan.owner, owner_id)
    _hide(plan.masks, item)
    if plan.elsewhere and (plan.near or (store_id is not None and store_id not in reader.stores)):
        sees = partial(reader.sees, store_id=store_id, owner_id=owner_id)
        _hide(((field, mask) for field, mask, kind in plan.elsewhere if not sees(kind)), item)
    for named in plan.names:
        identifier = item.get(named.field)
        if identifier is not None:
            found.named.append((item, identifier, named))
    found.expanding += [(item, each) for each in plan.expands]
    for field, inner in plan.inside:
        value = item.get(field)
        for each in value if isinstance(value, list) else (value,):
            if each is not None:
                apply(inner, each, found=found, reader=reader, store_id=store_id, owner_id=owner_id)
    _mask_texts(plan.texts, item, roles=reader.roles)
    for field in plan.free:
        money = _MONEY_OF.get(item.get("source", ""), "price")
        _mask_free(item.get(field), reader=reader, store_id=store_id, money=money)


def _hide(masks: Iterable[tuple[str, Mask]], item: dict[str, Any]) -> None:
    for field, mask in masks:
        value = item.get(field)
        if value is not None:
            item[field] = mask(value)


def mask_text(value: str, *, roles: tuple[str, ...]) -> str:
    """A text without the numbers in it that these roles may not see."""
    sees = matrix().sees
    return numbers_masked(value, phones=not sees("mobile", roles), cards=not sees("id_number", roles))


def _is_text(name: str, marks: tuple[Any, ...]) -> bool:
    return name not in _AS_IT_IS and not name.endswith("_id") and not any(isinstance(mark, Names) for mark in marks)


def _mask_texts(fields: tuple[str, ...], item: dict[str, Any], *, roles: tuple[str, ...]) -> None:
    for field in fields:
        value = item.get(field)
        if value.__class__ is list:
            _mask_free(value, reader=Reader(roles))
        elif value and may_hold_number(value):
            item[field] = mask_text(value, roles=roles)


def _mask_free(value: Any, *, reader: Reader, store_id: str | None = None, money: str = "price") -> None:
    if isinstance(value, list):
        for place, each in enumerate(value):
            if isinstance(each, str):
                value[place] = mask_text(each, roles=reader.roles)
            else:
                _mask_free(each, reader=reader, store_id=store_id, money=money)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                _mask_free(inner, reader=reader, store_id=store_id, money=money)
                continue
            kind = next((kind for end, kind in _FREE.items() if key.endswith(end)), None)
            if kind == "price":
                kind = money
            if kind is not None and inner is not None and not reader.sees(kind, store_id=store_id):
                value[key] = MASKS[kind](inner)
            elif isinstance(inner, str) and _is_text(key, ()):
                value[key] = mask_text(inner, roles=reader.roles)


def _mask(kind: str, *, many: bool) -> Mask:
    mask = MASKS.get(kind, hide)
    return (lambda values: [mask(value) for value in values]) if many else mask
