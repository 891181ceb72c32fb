"""What a file says of two customers: whom it calls the owner's driver or wife is not the owner (E7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy.orm import Session

from chassis.store.rows import insert_all
from contracts.customer.operations import CustomerKind
from contracts.customer.relations import RelationKind
from services.customer.folder.models import Relation
from services.customer.record.models import Pair
from services.customer.record.rules.matching import Match
from services.customer.record.rules.record import Record
from services.customer.record.usecases.pairs import RELATED
from services.customer.registering.usecases import Origin

_PERSON, _COMPANY = CustomerKind.PERSON, CustomerKind.COMPANY
_MEANINGS = (
    (re.compile(r"司机|驾驶|driver", re.IGNORECASE), RelationKind.DRIVER_OF, False, {_PERSON, _COMPANY}),
    (
        re.compile(r"配偶|妻|丈夫|爱人|太太|spouse|wife|husband", re.IGNORECASE),
        RelationKind.SPOUSE_OF,
        False,
        {_PERSON},
    ),
    (re.compile(r"员工|职员|秘书|employee", re.IGNORECASE), RelationKind.EMPLOYEE_OF, False, {_COMPANY}),
    (re.compile(r"儿子|女儿|子女|\b(?:son|daughter)\b", re.IGNORECASE), RelationKind.PARENT_OF, True, {_PERSON}),
    (
        re.compile(r"父亲|母亲|爸|妈|父母|\b(?:father|mother)\b", re.IGNORECASE),
        RelationKind.PARENT_OF,
        False,
        {_PERSON},
    ),
)
"""A file's word for a person, the relation it means, whether it is the owner's to him, and what the owner may be."""

_pairs: Any = Pair.__table__
_relations: Any = Relation.__table__


class Said(NamedTuple):
    """The file calls the customer something of the owner; `match` is what speaks for their being one, if anything."""

    customer: Record
    owner: Record
    word: str
    since: date
    match: Match | None


class Meant(NamedTuple):
    """He is `kind` the owner, or (`reverse`) the owner is it to him."""

    kind: RelationKind
    reverse: bool


def meant_by(word: str, *, customer: CustomerKind, owner: CustomerKind) -> Meant | None:
    """The relation that a word means, None if it means none of ours or none that can hold between such two."""
    for pattern, kind, reverse, owners in _MEANINGS:
        if pattern.search(word):
            return Meant(kind, reverse) if customer is _PERSON and owner in owners else None
    return None


def keep_said(session: Session, said: Sequence[Said], *, origin: Origin) -> None:
    """Keep the relations, and the pairs as decided: nobody need be asked what the file has said."""
    relations: dict[tuple[UUID, UUID, str], dict[str, Any]] = {}
    pairs: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for one in said:
        meant = meant_by(one.word, customer=one.customer.kind, owner=one.owner.kind)
        if meant is None:
            continue
        ends = _ends(one, meant)
        relations.setdefault((*ends, meant.kind), _relation(ends, meant.kind, since=one.since, origin=origin))
        if one.match is not None:
            pair = _pair(one, one.match, ends[0], meant.kind, origin=origin)
            pairs[pair["a"], pair["b"]] = pair
    if relations:
        insert_all(session, _relations, list(relations.values()), on_conflict="DO NOTHING")
    if pairs:
        insert_all(session, _pairs, list(pairs.values()), on_conflict="DO NOTHING")


def _ends(said: Said, meant: Meant) -> tuple[UUID, UUID]:
    ends = said.customer.id, said.owner.id
    if meant.reverse or (meant.kind is RelationKind.SPOUSE_OF and ends[0] > ends[1]):
        return ends[1], ends[0]
    return ends


def _relation(ends: tuple[UUID, UUID], kind: RelationKind, *, since: date, origin: Origin) -> dict[str, Any]:
    return {
        "id": uuids.uuid7(),
        "customer_id": ends[0],
        "other_id": ends[1],
        "kind": kind.value,
        "since": since,
        "recorded_at": origin.at,
        "recorded_by": origin.staff_id,
    }


def _pair(said: Said, match: Match, related_from: UUID, kind: RelationKind, *, origin: Origin) -> dict[str, Any]:
    a, b = sorted((said.customer.id, said.owner.id))
    return {
        "a": a,
        "b": b,
        "status": RELATED,
        "points": match.points,
        "evidence": [{"kind": each.kind, "points": each.points} for each in match.evidence],
        "vetoes": list(match.vetoes),
        "relation": kind.value,
        "related_from": related_from,
        "attach_contact": False,
        "store_id": origin.store_id,
        "found_by": origin.source,
        "found_at": origin.at,
        "decided_at": origin.at,
        "decided_by": origin.staff_id,
        "reason": said.word,
    }
