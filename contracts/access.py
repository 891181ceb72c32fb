"""Who may do what: reads `access.toml` (role × operation × scope) for gateway, services and the test that walks it.

The gateway asks before it calls; the owning service asks again from the signed actor,
so that a mistake in one of them opens nothing.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from contracts.refusals import OperationNotAllowed, StoreNotAllowed


class Reach(StrEnum):
    """How far a role reaches with an operation."""

    OWN = "own"
    STORE = "store"
    GROUP = "group"


_WIDTH = {Reach.OWN: 0, Reach.STORE: 1, Reach.GROUP: 2}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or system) a call is made for, as the gateway signed it."""

    staff_id: str
    roles: tuple[str, ...]
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may touch with one operation. `role` is the one that gives the reach."""

    reach: Reach
    stores: tuple[str, ...]
    staff_id: str
    role: str

    def admits(self, *, store_id: str, owner_id: str | None = None) -> bool:
        """True if an object of this store (and, for reach `own`, of this owner) is within the scope."""
        if self.reach is Reach.GROUP:
            return True
        if store_id not in self.stores:
            return False
        return self.reach is Reach.STORE or owner_id == self.staff_id

    def narrow(self, store_id: str | None) -> tuple[str, ...] | None:
        """The stores a list may show: the one asked for, else all of the scope; None means every store.

        Raises StoreNotAllowed for a store outside the scope (A0: a foreign store in a filter is 403).
        """
        if store_id is not None:
            self.require_store(store_id)
            return (store_id,)
        return None if self.reach is Reach.GROUP else self.stores

    def require_store(self, store_id: str) -> None:
        """Raise StoreNotAllowed unless the actor may act for this store."""
        if self.reach is not Reach.GROUP and store_id not in self.stores:
            raise StoreNotAllowed(store_id=store_id)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The access matrix as read from the file."""

    roles: tuple[str, ...]
    operations: dict[str, dict[str, Reach]]
    fields: dict[str, dict[str, Reach]]

    def scope(self, operation: str, actor: Actor) -> Scope:
        """The widest scope any of the actor's roles gives. Raises OperationNotAllowed."""
        grants = self.operations.get(operation, {})
        widest: tuple[int, str, Reach] | None = None
        for role in actor.roles:
            reach = grants.get(role)
            if reach is not None and (widest is None or _WIDTH[reach] > widest[0]):
                widest = (_WIDTH[reach], role, reach)
        if widest is None:
            raise OperationNotAllowed(operation=operation)
        return Scope(widest[2], actor.stores, actor.staff_id, widest[1])

    def sees(self, kind: str, roles: tuple[str, ...]) -> bool:
        """True if one of the roles sees this kind of sensitive datum in full, in its own stores at least."""
        return not self.fields.get(kind, {}).keys().isdisjoint(roles)

    def sees_everywhere(self, kind: str, roles: tuple[str, ...]) -> bool:
        """True if one of the roles sees it in full in whatever store (R8)."""
        reaches = self.fields.get(kind, {})
        return any(reaches.get(role) is Reach.GROUP for role in roles)


@cache
def matrix() -> Matrix:
    """The matrix of `contracts/access.toml`, read once."""
    return read(Path(__file__).with_name("access.toml"))


def read(path: Path) -> Matrix:
    """Read a matrix file. Raises ValueError on a role or reach it does not declare."""
    raw = tomllib.loads(path.read_text("utf-8"))
    roles = tuple(raw["roles"])
    operations = {
        name: {role: Reach(reach) for role, reach in grants.items()} for name, grants in raw["operations"].items()
    }
    fields = {kind: {role: Reach(reach) for role, reach in grants.items()} for kind, grants in raw["fields"].items()}
    named = {role for grants in operations.values() for role in grants} | {
        r for names in fields.values() for r in names
    }
    if unknown := named - set(roles):
        raise ValueError(f"{path.name} names undeclared roles: {sorted(unknown)}")
    return Matrix(roles, operations, fields)
