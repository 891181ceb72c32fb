"""Policies of the tests' own, and publishing one as a service does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from chassis.store import policies
from chassis.store.database import Database
from contracts.access import Actor
from contracts.policies import POLICIES, PolicyEffect, PolicyKind, PublishPolicy

LEADER = Actor("zong", ("leader",), ())


def planted(code: str, default: Any, *, service: str, per_store: bool = True, **more: Any) -> PolicyKind[Any]:
    """A policy that is not declared."""
    words = {"zh": "试验", "en": "Planted", "changes_zh": "{total}项改变", "changes_en": "{total} change"}
    return PolicyKind(code, default, service, **words, per_store=per_store, presets=more.pop("presets", {}), **more)


def declare(monkeypatch: pytest.MonkeyPatch, kinds: Sequence[PolicyKind[Any]]) -> None:
    """Let these be declared while the test runs."""
    for kind in kinds:
        monkeypatch.setitem(POLICIES, kind.code, kind)


def publish(
    database: Database,
    kind: PolicyKind[Any],
    value: dict[str, Any] | None,
    *,
    now: datetime,
    actor: Actor = LEADER,
    follows: policies.Follows | None = None,
    **more: Any,
) -> PolicyEffect:
    """Publish it, for the group and from now on unless `more` says otherwise."""
    asked = PublishPolicy(kind.code, value, **more)
    return database.run(
        lambda session: policies.publish(
            session, asked, service=kind.service, actor=actor, now=now, follows=follows or {}
        )
    )
