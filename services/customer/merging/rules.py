"""Survivorship: which of several records lives on, and what stands in it then (E8).

Of one field what was verified goes before what follows from a card, that before what was told last, that before the
longer text; a code is not better for being long, there the survivor's stands. Of phones, addresses and tags all are
kept, the same ones once. Of wishes not to be called the strictest holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.customer.record.rules import address, resident_id
from services.customer.record.rules.names import Name
from services.customer.record.rules.record import PLAIN, Record

CHOOSABLE: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "title"),
    "gender": ("gender",),
    "birth_date": ("birth_date",),
    "id_number": ("id_number", "id18"),
    "organisation": ("uscc", "organisation_code"),
    "mobile": ("mobile",),
    **{name: (name,) for name in PLAIN},
    "preferences": ("preferences",),
}
"""What a human may take from a record of his choice, and the columns that go together."""

Since = Mapping[tuple[UUID, str], datetime]
"""When a field of a record was told, where that was later than its registration."""


class Collapsed(NamedTuple):
    """Two entries that are one: `kind` phone or address, of which loser."""

    kind: str
    value: str
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and what its choice as survivor hangs on."""

    record: Record
    owns_delivered: bool = False

    @property
    def facts(self) -> int:
        """How much is known."""
        known = [getattr(self.record, name) for name in _KNOWN]
        return sum(value not in (None, "") for value in known) + len(self.record.phones) + len(self.record.addresses)


_CODED = frozenset({"gender", "occupation"})
"""Fields whose values are codes."""
_KNOWN = ("name", "gender", "birth_date", "id18", "uscc", "organisation_code", *PLAIN)


def survivor_of(standing: Sequence[Standing]) -> UUID:
    """Who lives on: a valid card, then the owner of a car we delivered, then more facts, then the oldest (E8)."""

    def rank(one: Standing) -> tuple[bool, bool, int, datetime, UUID]:
        carded = one.record.id18 is not None or one.record.uscc is not None
        return not carded, not one.owns_delivered, -one.facts, one.record.registered_at, one.record.id

    return min(standing, key=rank).record.id


def united(
    survivor: Record,
    losers: Sequence[Record],
    *,
    since: Since,
    choices: Mapping[str, UUID],
) -> tuple[dict[str, Any], list[Collapsed]]:
    """What stands in the survivor's record then, and which entries became one. `choices` go before every rule."""
    records = [survivor, *losers]
    of_kind = [one for one in records if one.kind is survivor.kind]
    values: dict[str, Any] = {}
    values |= _named(of_kind, since)
    values |= _carded(survivor, records, since)
    for name in PLAIN:
        values[name] = _latest(records, name, since)
    values["preferences"] = _wishes(records, since)
    values["tags"] = sorted({tag for one in records for tag in one.tags})
    values["phones"], phones = _phones(records)
    values["addresses"], houses = _addresses(records)
    values["mobile"] = _mobile(records, since, values["phones"])
    by_id = {one.id: one for one in records}
    for choice, customer_id in choices.items():
        values |= {name: getattr(by_id[customer_id], name) for name in CHOOSABLE[choice]}
    if "id_number" in choices:
        values |= {name: value for name, value in _of_card(values["id18"]).items() if name not in choices}
    return values, phones + houses


def _named(records: Sequence[Record], since: Since) -> dict[str, Any]:
    """A whole name before a surname, one that stands on a card before others."""

    def rank(one: Record) -> tuple[bool, bool, datetime, int]:
        called = one.called
        whole = not (isinstance(called, Name) and called.partial)
        return whole, one.id18 is not None or one.uscc is not None, _told(one, "name", since), len(one.name)

    best = max(records, key=rank)
    return {"name": best.name, "title": best.title or next((one.title for one in records if one.title), "")}


def _carded(survivor: Record, records: Sequence[Record], since: Since) -> dict[str, Any]:
    """Card numbers: the survivor's own, else the one told last; birth and gender follow from the card (R29)."""
    bearers = [one for one in records if one.id18 is not None]
    bearer = survivor if survivor.id18 else max(bearers, key=lambda one: _told(one, "id18", since), default=survivor)
    uscc = survivor.uscc or _latest(records, "uscc", since)
    values = {
        "id_number": bearer.id_number,
        "id18": bearer.id18,
        "uscc": uscc,
        "organisation_code": survivor.organisation_code or _latest(records, "organisation_code", since),
        "birth_date": _latest(records, "birth_date", since),
        "gender": _latest(records, "gender", since),
    }
    return values | _of_card(bearer.id18)


def _of_card(id18: str | None) -> dict[str, Any]:
    if id18 is None:
        return {}
    return {"birth_date": resident_id.birth_date(id18), "gender": resident_id.gender(id18).value}


def _latest(records: Sequence[Record], name: str, since: Since) -> Any:
    """Of what is known the one told last, then the longest text; of equals the survivor's, who comes first."""
    known = [one for one in records if getattr(one, name) not in (None, "")]
    if not known:
        return None
    best = max(known, key=lambda one: (_told(one, name, since), 0 if name in _CODED else len(str(getattr(one, name)))))
    return getattr(best, name)


def _told(one: Record, name: str, since: Since) -> datetime:
    return since.get((one.id, name), one.registered_at)


def _wishes(records: Sequence[Record], since: Since) -> dict[str, Any]:
    """The wishes told last; who does not want to be called in any of them is not called."""
    wishing = [one for one in records if one.preferences]
    if not wishing:
        return dict(records[0].preferences)
    wishes = dict(max(wishing, key=lambda one: _told(one, "preferences", since)).preferences)
    if any(one.preferences.get("do_not_call") for one in wishing):
        wishes["do_not_call"] = True
    return wishes


def _phones(records: Sequence[Record]) -> tuple[list[Mapping[str, Any]], list[Collapsed]]:
    known: dict[str, dict[str, Any]] = {}
    collapsed = []
    for record in records:
        for one in record.phones:
            before = known.get(one["number"])
            if before is None:
                known[one["number"]] = dict(one)
                continue
            collapsed.append(Collapsed("phone", one["number"], record.id))
            known[one["number"]] = {
                **before,
                "extension": before["extension"] or one["extension"],
                "shared": before["shared"] or one["shared"],
                "since": min(before["since"], one["since"], key=datetime.fromisoformat),
                "until": _end(before["until"], one["until"]),
            }
    return list(known.values()), collapsed


def _addresses(records: Sequence[Record]) -> tuple[list[Mapping[str, Any]], list[Collapsed]]:
    """All houses, those that hold before those that ended, and of these the newest first."""
    known: dict[object, dict[str, Any]] = {}
    collapsed = []
    for record in records:
        for one in record.addresses:
            house = address.house_of(one["text"])
            before = known.get(house)
            if before is None:
                known[house] = dict(one)
                continue
            collapsed.append(Collapsed("address", one["text"], record.id))
            known[house] = {
                **before,
                "text": max(before["text"], one["text"], key=len),
                "since": min(before["since"], one["since"], key=datetime.fromisoformat),
                "until": _end(before["until"], one["until"]),
            }
    newest = sorted(known.values(), key=lambda one: datetime.fromisoformat(one["since"]), reverse=True)
    return sorted(newest, key=lambda one: one["until"] is not None), collapsed


def _end(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else max(one, other, key=datetime.fromisoformat)


def _mobile(records: Sequence[Record], since: Since, phones: Sequence[Mapping[str, Any]]) -> str:
    """The first number told last, of those that still hold."""
    holding = {one["number"] for one in phones if one["until"] is None}
    known = [one for one in records if one.mobile in holding] or [one for one in records if one.mobile]
    return max(known, key=lambda one: _told(one, "mobile", since)).mobile if known else ""


def restored(before: Record, after: Record, now: Record) -> dict[str, Any]:
    """What stands in the survivor's record when a merge is undone (E8).

    `before` and `after` it, and `now`: what the merge brought goes, what was changed since stays.
    """
    values = {
        name: getattr(before if getattr(now, name) == getattr(after, name) else now, name)
        for name in ("kind", *(column for columns in CHOOSABLE.values() for column in columns))
    }
    values["phones"] = _entries(before.phones, after.phones, now.phones, "number")
    values["addresses"] = _entries(before.addresses, after.addresses, now.addresses, "text")
    added, removed = set(now.tags) - set(after.tags), set(after.tags) - set(now.tags)
    tags = (set(before.tags) - removed) | added
    values["tags"] = list(before.tags) if tags == set(before.tags) else sorted(tags)
    return values


def _entries(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], key: str
) -> list[Mapping[str, Any]]:
    was = {one[key]: one for one in after}
    stands = {one[key]: one for one in now}
    kept: list[Mapping[str, Any]] = []
    for one in before:
        value = one[key]
        if value in was and value not in stands:
            continue  # taken away since
        changed = value in stands and value in was and stands[value] != was[value]
        kept.append(stands[value] if changed else one)
    own = {one[key] for one in before}
    new = [one for value, one in stands.items() if value not in was and value not in own]
    return [*new, *kept] if key == "text" else [*kept, *new]


def lives_on(loser: Record, survivor_id: UUID, *, at: datetime) -> Record:
    """A record that lives on in another; nothing else in it changes."""
    return replace(loser, status="merged", merged_into=survivor_id, version=loser.version + 1, updated_at=at)
