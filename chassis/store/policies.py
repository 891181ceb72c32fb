"""Policies: the constants of `spec/rules.md` as dated rows, resolved store → group → default at the event's time.

A policy is declared with its default beside the rule that uses it; a row overrides it for a store
or (store "") for the group, from a moment on. Rows are never changed: a later one takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.store import tables
from chassis.store.database import is_duplicate
from contracts.refusals import Conflict

_policy = tables.policy
_IN_FORCE = text(
    """
    SELECT in_force.value
      FROM unnest(CAST(:codes AS text[]), CAST(:stores AS text[]), CAST(:moments AS timestamptz[]))
           WITH ORDINALITY AS asked(code, store_id, at, place)
      LEFT JOIN LATERAL (
           SELECT value FROM policy p
            WHERE p.code = asked.code AND p.store_id IN (asked.store_id, '') AND p.effective_from <= asked.at
            ORDER BY p.store_id <> '' DESC, p.effective_from DESC LIMIT 1) in_force ON true
     ORDER BY asked.place
    """
)

GROUP = ""
"""The store of a row that holds for the whole group."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A named value that a dealer may change. `default` is plain JSON data."""

    code: str
    default: dict[str, Any]


class Asked(NamedTuple):
    """Which policy, for which store, as of when."""

    policy: Policy
    store_id: str
    at: datetime


class PolicyExists(Conflict):
    """There is a row for this code, store and moment already."""

    code = "POLICY_EXISTS"
    zh = "该门店在该生效时间已有此政策"
    en = "There is a policy for this store and moment already"


def resolve(session: Session, policy: Policy, *, store_id: str, at: datetime) -> dict[str, Any]:
    """The policy's value for a store at a moment."""
    return resolve_all(session, [Asked(policy, store_id, at)])[0]


def resolve_all(session: Session, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """The values for several questions, in their order, by one statement."""
    questions = {
        "codes": [one.policy.code for one in asked],
        "stores": [one.store_id for one in asked],
        "moments": [one.at for one in asked],
    }
    found = session.scalars(_IN_FORCE, questions).all() if asked else []
    return [{**one.policy.default, **(value or {})} for one, value in zip(asked, found, strict=True)]


def publish(
    session: Session,
    policy: Policy,
    *,
    store_id: str,
    effective_from: datetime,
    value: dict[str, Any],
    by: str,
    now: datetime,
) -> None:
    """Add a row. Raises PolicyExists for a second one of the same moment."""
    try:
        with session.begin_nested():
            session.execute(
                insert(_policy).values(
                    code=policy.code,
                    store_id=store_id,
                    effective_from=effective_from,
                    value=value,
                    published_by=by,
                    published_at=now,
                )
            )
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise PolicyExists(code=policy.code, store_id=store_id) from None
