"""Which numbers a command writes into a record, and what its answer tells of each: pure (docs/decisions/0020).

The answer names customers, and by what each was found. A number that none of them was found by is one that nobody has,
whoever else the answer names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.search_ration import By, Search

Given = Mapping[By, frozenset[str]]
"""Whom an answer gives, by the kind of number they were found by."""

NOBODY: frozenset[str] = frozenset()
_FOUND_BY = {
    "id18": By.CARD_FILED,
    "mobile": By.PHONE_FILED,
    "shared_mobile": By.PHONE_FILED,
    "landline": By.PHONE_FILED,
}
"""The evidence (E7) that is a number of a person; to agree in a name, vehicle or address costs nothing."""


@dataclass(slots=True)
class Told:
    """What a command told of the numbers it was asked to file: nobody has them, until it says otherwise.

    `given` is None if it said nothing of them; `done` is False if it was refused, so that nothing was filed.
    """

    given: Given | None = field(default_factory=dict)
    done: bool = True


def of_registering(asked: Mapping[str, Any]) -> tuple[Search, ...]:
    """The numbers that a registration asks for. A phone that nobody has is a new customer, and costs nothing."""
    return (*_filed(By.CARD_FILED, asked.get("id_no")), *_filed(By.PHONE_FILED, *_phones(asked)))


def of_changing(asked: Mapping[str, Any]) -> tuple[Search, ...]:
    """The numbers that a change of a record asks for: whoever has one of them is refused, or told as alike."""
    return (*_filed(By.CARD_FILED, asked.get("id_no")), *_filed(By.PHONE, *_phones(asked)))


def told_by(answer: Mapping[str, Any]) -> Told:
    """What the answer of a command that was done tells: `created: false` is one that was there."""
    return Told(_given([answer])) if answer.get("created") is False else Told()


def told_by_refusal(wire: Mapping[str, Any]) -> Told:
    """What a refusal tells."""
    if wire["code"] != "POSSIBLE_DUPLICATE":
        return Told(given=None, done=False)
    return Told(_given(wire["details"]["candidates"]), done=False)


def searches_in(filed: Sequence[Search], told: Told) -> list[Search]:
    """The searches that the filing was, each with whom it gave.

    A registration that is refused leaves no customer behind who tells of its phones: one that nobody has is a guess.
    It does not say which of several phones somebody was found by, so that each is one.
    """
    if told.given is None:
        return []
    cards = [replace(one, customers=told.given.get(one.by, NOBODY)) for one in filed if one.by is By.CARD_FILED]
    changed = [one for one in filed if one.by is By.PHONE]
    phones, his = [one for one in filed if one.by is By.PHONE_FILED], told.given.get(By.PHONE_FILED, NOBODY)
    if told.done or (his and len(phones) == 1):
        return [*cards, *changed, *(replace(one, customers=his) for one in phones)]
    guesses = [replace(one, by=By.PHONE) for one in phones]
    found = [Search(By.PHONE_FILED, " ".join(one.typed for one in phones), his)] if his else []
    return [*cards, *changed, *guesses, *found]


def _given(found: Iterable[Mapping[str, Any]]) -> Given:
    """What was answered before there was `evidence`, and is repeated for its key, was found by no number."""
    given: dict[By, frozenset[str]] = defaultdict(frozenset)
    for one in found:
        for by in {_FOUND_BY[kind] for kind in one.get("evidence", ()) if kind in _FOUND_BY}:
            given[by] |= {one["customer_id"]}
    return given


def _phones(asked: Mapping[str, Any]) -> tuple[Any, ...]:
    more = asked.get("more_phones")
    return (asked.get("mobile"), *(more if isinstance(more, list) else ()))


def _filed(by: By, *numbers: object) -> Iterator[Search]:
    """What is no text is none: the service says so."""
    yield from (Search(by, number, NOBODY) for number in numbers if number and isinstance(number, str))
