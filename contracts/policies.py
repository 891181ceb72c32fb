"""Policies: values that a dealer may change from a moment on, for a store or the group; which service keeps which.

A policy is one row of `contracts/<service>/policies.py`, its shape beside it; who may publish it stands in
`contracts/access.toml`. The service's rule gets the value as that shape (`chassis/store/policies.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from contracts.fields import Page, Size, StaffId, StoreId
from contracts.shapes import Text

V = TypeVar("V")

PolicyCode = Annotated[str, Text(1, 60)]
"""What a policy is called, such as `SERVICE_D3`; it stays, for published values are found by it."""


@dataclass(frozen=True, slots=True, eq=False)
class PolicyKind(Generic[V]):
    """One policy: its shape is that of its `default`, which holds until another value is published.

    `per_store` says whether a store may differ from the group. `presets` are values that many work by, by their names.
    `changes_zh` and `changes_en` say what publishing it changes; they may name `{total}`, the number of things that
    exist already and are concerned.
    """

    code: str
    default: V
    service: str
    zh: str
    en: str
    changes_zh: str
    changes_en: str
    per_store: bool
    presets: Mapping[str, V]

    @property
    def shape(self) -> type[V]:
        """What its values look like, and their bounds."""
        return type(self.default)


POLICIES: dict[str, PolicyKind[Any]] = {}
"""Every declared policy by its code."""


def policy(
    code: str,
    default: V,
    *,
    service: str,
    zh: str,
    en: str,
    changes_zh: str,
    changes_en: str,
    per_store: bool = False,
    presets: Mapping[str, V] | None = None,
) -> PolicyKind[V]:
    """Declare a policy of this service (see `PolicyKind`)."""
    if code in POLICIES:
        raise TypeError(f"policy {code} is declared twice")
    kind = PolicyKind(code, default, service, zh, en, changes_zh, changes_en, per_store, presets or {})
    POLICIES[code] = kind
    return kind


@dataclass(frozen=True, slots=True)
class PublishPolicy:
    """A new value of a policy, from now or a later moment on, for a store or (`store_id` null) the group.

    What the value leaves out is as by default; `null` for a store is what the group has. `dry_run` only tells what
    would change. Of each policy `GET /policies` says what its value looks like and whether a store may differ.
    """

    code: PolicyCode
    value: dict[str, Any] | None
    effective_from: datetime | None = None
    store_id: StoreId | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class DueChange:
    """Something that is due at another time by the new value."""

    subject_type: str
    subject_id: UUID
    due_at: datetime
    new_due_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyEffect:
    """What changed, or would change, in words; how many things that exist are concerned, and the first hundred."""

    published: bool
    effective_from: datetime
    total: int
    changes: list[DueChange]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PolicyByCode:
    """One policy, as it stands in a store or (without one) the group; and a page of what was published for these."""

    code: PolicyCode
    store_id: StoreId | None = None
    page: Page = 1
    size: Size = 20


@dataclass(frozen=True, slots=True)
class ListPolicies:
    """All policies, as they stand in a store or (without one) the group."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A value that was published: for a store or (without one) the group; null gave a store back what the group has."""

    store_id: StoreId | None
    effective_from: datetime
    value: dict[str, Any] | None
    published_by: StaffId
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """The value in force, by what publication (none: the default), and what was published for later."""

    code: str
    value: dict[str, Any]
    in_force: PublishedPolicy | None
    coming: list[PublishedPolicy]


@dataclass(frozen=True, slots=True)
class PolicyStandings:
    """Every policy of a service as it stands."""

    items: list[PolicyStanding]


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """One policy as it stands, and a page of all that was published of it, the latest to take effect first."""

    standing: PolicyStanding
    items: list[PublishedPolicy]
    page: int
    size: int
    total: int
