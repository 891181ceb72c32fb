"""Policies: the constants of `spec/rules.md` as dated rows, resolved store → group → default at the event's time.

A policy is declared with its default beside the rule that uses it; a row overrides it for a store
or (store "") for the group, from a moment on. Rows are never changed: a later one takes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import tables
from contracts.refusals import Conflict

_policy = tables.policy
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
    found = session.scalars(
        select(_policy.c.value)
        .where(
            _policy.c.code == policy.code,
            or_(_policy.c.store_id == store_id, _policy.c.store_id == GROUP),
            _policy.c.effective_from <= at,
        )
        .order_by(case((_policy.c.store_id == store_id, 0), else_=1), _policy.c.effective_from.desc())
        .limit(1)
    ).first()
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
