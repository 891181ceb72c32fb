"""Predicates over customers' facts, as segments save them (R18); pure. What cannot be read is refused with its place.

{"all": [{"vehicle": {"model": ["GL8"], "age": {"at_least": 3, "at_most": 4}}},
         {"fact": "service_visits", "at_least": 4},
         {"not": {"fact": "open_orders", "at_least": 1}}]}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from contracts.access import matrix
from contracts.sayings import Saying
from services.customer.segments.errors import FactNotAllowed

DEEPEST = 6
MOST_PARTS = 50
LONGEST_DAYS = 36_500
LARGEST = 10**12
MOST_CHOICES = 100
LONGEST_TEXT = 100


class Kind(StrEnum):
    """What a fact is, which decides what can be asked of it."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    MOMENT = "moment"
    TAGS = "tags"


FACTS: dict[str, Kind] = {
    # of the record
    "kind": Kind.TEXT,
    "gender": Kind.TEXT,
    "age": Kind.NUMBER,
    "birth_month": Kind.NUMBER,
    "district": Kind.TEXT,
    "occupation": Kind.TEXT,
    "tags": Kind.TAGS,
    "source": Kind.TEXT,
    "store": Kind.TEXT,
    "registered": Kind.MOMENT,
    "channel": Kind.TEXT,
    "do_not_call": Kind.FLAG,
    # of what happened
    "formal": Kind.FLAG,
    "sold_by_us": Kind.FLAG,
    "sold": Kind.MOMENT,
    "sold_store": Kind.TEXT,
    "consultant": Kind.TEXT,
    "last_service": Kind.MOMENT,
    "last_service_store": Kind.TEXT,
    "last_contact": Kind.MOMENT,
    "last_km": Kind.NUMBER,
    "last_score": Kind.NUMBER,
    "service_visits": Kind.NUMBER,
    "open_visits": Kind.NUMBER,
    "open_orders": Kind.NUMBER,
    "open_repair_orders": Kind.NUMBER,
    "spent_fen": Kind.NUMBER,
}
"""Everything a `fact` can name. A new one is a row here and one in `queries/fitting.py` that says where it stands."""

MASKED = {"spent_fen": "spent", "district": "address"}
"""Facts that answers mask, and as what: who is in a segment by them tells them (R23)."""

_OF_TIME = frozenset({"age"})
_MOVING = frozenset({"within_days", "more_days_ago"})


class NotAPredicate(ValueError):
    """`place` says where (`all[1].at_least`), `why` what is wanted there."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place, self.why = place, why


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """This does not hold; of a fact that is not known, nothing holds, so this does."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Check:
    """A fact fits every one of these demands: (`at_least`, 4)."""

    fact: str
    demands: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class HasVehicle:
    """Owns or uses a vehicle of one of these models (any, if empty) whose age in full years is within these bounds."""

    models: tuple[str, ...]
    at_least: int | None
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Consented:
    """His last word on this purpose, for this channel or all of them, allows it."""

    purpose: str
    channel: str


Predicate: TypeAlias = Every | Some | Without | Check | HasVehicle | Consented


def read(raw: object) -> Predicate:
    """The predicate that this JSON says. Raises NotAPredicate."""
    predicate = _read(raw, "predicate", DEEPEST)
    if sum(1 for _ in leaves(predicate)) > MOST_PARTS:
        raise NotAPredicate("predicate", Saying.TOO_MANY_CONDITIONS(most=MOST_PARTS))
    return predicate


def leaves(predicate: Predicate) -> Iterator[Check | HasVehicle | Consented]:
    """The conditions in it."""
    if isinstance(predicate, Every | Some):
        for part in predicate.parts:
            yield from leaves(part)
    elif isinstance(predicate, Without):
        yield from leaves(predicate.part)
    else:
        yield predicate


def moves_with_time(predicate: Predicate) -> bool:
    """True if somebody may come to fit, or cease to, without anything happening to him."""
    return any(
        (isinstance(leaf, HasVehicle) and (leaf.at_least is not None or leaf.at_most is not None))
        or (isinstance(leaf, Check) and (leaf.fact in _OF_TIME or any(name in _MOVING for name, _ in leaf.demands)))
        for leaf in leaves(predicate)
    )


def masked_facts(predicate: Predicate) -> dict[str, str]:
    """The facts of MASKED that who is in it tells."""
    return {
        leaf.fact: MASKED[leaf.fact] for leaf in leaves(predicate) if isinstance(leaf, Check) and leaf.fact in MASKED
    }


def require_sight(predicate: Predicate, *, roles: tuple[str, ...]) -> None:
    """Raise FactNotAllowed unless these roles see what being in such a segment tells of its members."""
    hidden = {fact for fact, kind in masked_facts(predicate).items() if not matrix().sees(kind, roles)}
    if hidden:
        raise FactNotAllowed(facts=sorted(hidden))


def _read(raw: object, place: str, left: int) -> Predicate:
    if left == 0:
        raise NotAPredicate(place, Saying.CONDITIONS_TOO_DEEP(most=DEEPEST))
    if not isinstance(raw, Mapping) or not raw:
        raise NotAPredicate(place, Saying.NO_CONDITION(forms=", ".join(_FORMS)))
    form = next((name for name in _FORMS if name in raw), None)
    if form is None or (form != "fact" and len(raw) > 1):
        raise NotAPredicate(place, Saying.NOT_ONE_CONDITION(forms=", ".join(_FORMS)))
    return _FORMS[form](raw, f"{place}.{form}", left)


def _parts(raw: Mapping[str, Any], name: str, place: str, left: int) -> tuple[Predicate, ...]:
    parts = raw[name]
    if not isinstance(parts, list) or not parts or len(parts) > MOST_PARTS:
        raise NotAPredicate(place, Saying.NO_CONDITIONS(most=MOST_PARTS))
    return tuple(_read(part, f"{place}[{number}]", left - 1) for number, part in enumerate(parts))


def _fact(raw: Mapping[str, Any], place: str, _left: int) -> Check:
    fact = raw["fact"]
    if not isinstance(fact, str) or fact not in FACTS:
        raise NotAPredicate(place, Saying.NO_FACT(facts=", ".join(FACTS)))
    allowed = _DEMANDS[FACTS[fact]]
    demands = {name: value for name, value in raw.items() if name != "fact"}
    where = f"{place}({fact})"
    if not demands or not demands.keys() <= allowed.keys():
        raise NotAPredicate(where, Saying.NO_DEMAND(demands=", ".join(allowed)))
    return Check(fact, tuple((name, allowed[name](value, f"{where}.{name}")) for name, value in demands.items()))


def _vehicle(raw: Mapping[str, Any], place: str, _left: int) -> HasVehicle:
    asked = raw["vehicle"]
    if not isinstance(asked, Mapping) or not asked or not asked.keys() <= {"model", "age"}:
        raise NotAPredicate(place, Saying.NO_VEHICLE_CONDITION())
    models = _texts(asked["model"], f"{place}.model") if "model" in asked else ()
    age = asked.get("age", {"at_least": 0})
    if not isinstance(age, Mapping) or not age or not age.keys() <= {"at_least", "at_most"}:
        raise NotAPredicate(f"{place}.age", Saying.NO_AGE())
    bounds = {name: _number(value, f"{place}.age.{name}") for name, value in age.items()} if "age" in asked else {}
    return HasVehicle(models, bounds.get("at_least"), bounds.get("at_most"))


def _consent(raw: Mapping[str, Any], place: str, _left: int) -> Consented:
    asked = raw["consent"]
    if not isinstance(asked, Mapping) or "purpose" not in asked or not asked.keys() <= {"purpose", "channel"}:
        raise NotAPredicate(place, Saying.NO_CONSENT_CONDITION())
    return Consented(
        _text(asked["purpose"], f"{place}.purpose"), _text(asked.get("channel", "any"), f"{place}.channel")
    )


def _number(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise NotAPredicate(place, Saying.NO_WHOLE_NUMBER(most=LARGEST))
    return value


def _days(value: object, place: str) -> int:
    days = _number(value, place)
    if days > LONGEST_DAYS:
        raise NotAPredicate(place, Saying.TOO_MANY_DAYS(most=LONGEST_DAYS))
    return days


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or "\0" in value:
        raise NotAPredicate(place, Saying.NO_SHORT_TEXT(most=LONGEST_TEXT))
    return value.strip()


def _many(value: object, place: str, one: Callable[[object, str], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_CHOICES:
        raise NotAPredicate(place, Saying.NO_VALUES(most=MOST_CHOICES))
    return tuple(one(each, f"{place}[{number}]") for number, each in enumerate(value))


def _texts(value: object, place: str) -> tuple[str, ...]:
    return _many(value, place, _text)


def _numbers(value: object, place: str) -> tuple[int, ...]:
    return _many(value, place, _number)


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise NotAPredicate(place, Saying.NO_TRUTH())
    return value


def _day(value: object, place: str) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise NotAPredicate(place, Saying.NO_EXAMPLE_DAY()) from None


_DEMANDS: dict[Kind, dict[str, Callable[[object, str], Any]]] = {
    Kind.NUMBER: {"at_least": _number, "at_most": _number, "equals": _number, "in": _numbers},
    Kind.TEXT: {"equals": _text, "in": _texts},
    Kind.FLAG: {"equals": _flag},
    Kind.MOMENT: {"within_days": _days, "more_days_ago": _days, "since": _day, "before": _day, "ever": _flag},
    Kind.TAGS: {"has": _text, "has_any": _texts},
}
"""What can be asked of each kind of fact, and how the answer wanted is read."""

_FORMS: dict[str, Callable[[Mapping[str, Any], str, int], Predicate]] = {
    "all": lambda raw, place, left: Every(_parts(raw, "all", place, left)),
    "any": lambda raw, place, left: Some(_parts(raw, "any", place, left)),
    "not": lambda raw, place, left: Without(_read(raw["not"], place, left - 1)),
    "fact": _fact,
    "vehicle": _vehicle,
    "consent": _consent,
}
