"""Policies that a leader sets, from a moment on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.store import policies
from chassis.store.policies import Policy
from contracts.access import Scope
from services.customer.record.errors import MomentPast


def publish(
    session: Session,
    policy: Policy,
    value: dict[str, Any],
    *,
    effective_from: datetime,
    scope: Scope,
    now: datetime,
    store_id: str = policies.GROUP,
) -> None:
    """Let the value hold, for a store or the group, from now or a later moment. Raises MomentPast, PolicyExists."""
    if effective_from < now:
        raise MomentPast
    policies.publish(
        session,
        policy,
        store_id=store_id,
        effective_from=effective_from,
        value=value,
        by=scope.staff_id,
        now=now,
    )
