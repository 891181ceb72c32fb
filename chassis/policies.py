"""Policies: the constants of `spec/rules.md` as dated rows, resolved store → group → default at the event's time.

A policy is declared with its default beside the rule that uses it; a row overrides it for a store
or (store "") for the group, from a moment on. Rows are never changed: a later one takes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import tables
from contracts.refusals import Conflict

_policy = tables.policy
_IN_FORCE = text(
    """
    SELECT value FROM policy
     WHERE code = :code AND store_id IN (:store_id, '') AND effective_from <= :at
     ORDER BY store_id <> '' DESC, effective_from DESC LIMIT 1
    """
)

GROUP = ""
"""The store of a row that holds for the whole group."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A named value that a dealer may change. `default` is plain JSON data."""

    code: str
    default: dict[str, Any]


class PolicyExists(Conflict):
    """There is a row for this code, store and moment already."""

    code = "POLICY_EXISTS"
    zh = "该门店在该生效时间已有此政策"
    en = "There is a policy for this store and moment already"


def resolve(session: Session, policy: Policy, *, store_id: str, at: datetime) -> dict[str, Any]:
    """The policy's value for a store at a moment."""
    found = session.scalars(_IN_FORCE, {"code": policy.code, "store_id": store_id, "at": at}).first()
    return {**policy.default, **(found or {})}


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
    except IntegrityError:
        raise PolicyExists(code=policy.code, store_id=store_id) from None
