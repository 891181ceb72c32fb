"""Who may do what: reads `access.toml` (role × operation × scope) for gateway, services and the test that walks it.

The gateway asks before it calls; the owning service asks again from the signed actor,
so that a mistake in one of them opens nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from contracts.refusals import OperationNotAllowed, StoreNotAllowed


class Reach(StrEnum):
    """How far a role reaches with an operation, from near to far; a wider one admits whatever a nearer one does."""

    OWN = "own"
    TEAM = "team"
    STORE = "store"
    DEALER = "dealer"
    GROUP = "group"


_WIDTH = {reach: width for width, reach in enumerate(Reach)}
NEAR = (Reach.OWN, Reach.TEAM)
"""Reaches that end at whose an object is, within the stores."""


SERVICE = "service:"
"""How the code and the role of a service begin that acts as itself; no member of staff has one that does."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whom a call is made for: a person, as the gateway signed it, or a service that nobody asked, as it signed.

    `dealer_stores` are all stores of the dealers whose stores he works in, `teammates` who is in his team.
    """

    staff_id: str
    roles: tuple[str, ...]
    stores: tuple[str, ...]
    dealer_stores: tuple[str, ...] = ()
    teammates: tuple[str, ...] = ()

    def stores_within(self, reach: Reach) -> tuple[str, ...]:
        """The stores he may act for with this reach, his own first; `group` covers those that are not named too."""
        if reach is not Reach.DEALER:
            return self.stores
        return (*self.stores, *(one for one in self.dealer_stores if one not in self.stores))

    @classmethod
    def service(cls, name: str) -> Actor:
        """A service as itself: it has one role, its own, and no store."""
        return cls(f"{SERVICE}{name}", (f"{SERVICE}{name}",), ())

    @property
    def is_service(self) -> bool:
        """True for one that says to be a service, or to have the role of one."""
        return any(said.startswith(SERVICE) for said in (self.staff_id, *self.roles))


@dataclass(frozen=True, slots=True)
class Scope:
    """What an actor may touch with one operation. `role` is the one that gives the reach.

    `stores` are those the reach covers, his own first; with reach `group` it covers every other one too.
    """

    reach: Reach
    stores: tuple[str, ...]
    staff_id: str
    role: str
    teammates: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[str, ...] | None:
        """Whose objects the reach covers within its stores; None for everybody's."""
        if self.reach is Reach.OWN:
            return (self.staff_id,)
        return (self.staff_id, *self.teammates) if self.reach is Reach.TEAM else None

    def admits(self, *, store_id: str, owner_id: str | None = None) -> bool:
        """True if an object of this store (and, for reach `own` and `team`, of this owner) is within the scope."""
        if self.reach is Reach.GROUP:
            return True
        if store_id not in self.stores:
            return False
        owners = self.owners
        return owners is None or owner_id in owners

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


NOBODY = Actor("", (), ())
NO_SCOPE = Scope(Reach.OWN, (), "", "")
"""Who logs in, or comes by a customer's link: he has no role and reaches nothing by himself."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The access matrix as read from the file. `roles` are those of people, `services` those of services."""

    roles: tuple[str, ...]
    services: tuple[str, ...]
    operations: dict[str, dict[str, Reach]]
    fields: dict[str, dict[str, Reach]]
    policies: dict[str, dict[str, Reach]]

    def scope(self, operation: str, actor: Actor) -> Scope:
        """The widest scope any of the actor's roles gives. Raises OperationNotAllowed."""
        scope = _widest(self.operations.get(operation, {}), actor)
        if scope is None:
            raise OperationNotAllowed(operation=operation)
        return scope

    def publishes(self, code: str, *, service: str) -> dict[str, Reach]:
        """The roles that publish this policy of a service, and how far: by its own row, else by that of its service."""
        return self.policies.get(code) or self.policies.get(service, {})

    def policy_scope(self, code: str, actor: Actor, *, service: str) -> Scope | None:
        """How far the actor publishes this policy; None if not at all."""
        return _widest(self.publishes(code, service=service), actor)

    def sees(self, kind: str, roles: tuple[str, ...]) -> bool:
        """True if one of the roles sees this kind of sensitive datum in full, in its own stores at least."""
        return not self.fields.get(kind, {}).keys().isdisjoint(roles)

    def sees_as_far_as(self, kind: str, roles: tuple[str, ...], *, operation: str = "") -> Reach | None:
        """How far the roles see it in full: the widest reach of them, None if not at all (R8).

        In the answer of an operation each role sees what it may ask for itself: one that reaches its own objects
        sees no further, whatever another role of the same person opens.
        """
        reaches = self.fields.get(kind, {})
        asked = self.operations.get(operation, {})
        seen = (
            min(asked[role], reaches[role], key=_WIDTH.__getitem__) if asked.get(role) in NEAR else reaches[role]
            for role in roles
            if role in reaches and (not operation or role in asked)
        )
        return max(seen, key=_WIDTH.__getitem__, default=None)


def _widest(grants: Mapping[str, Reach], actor: Actor) -> Scope | None:
    widest: tuple[int, str, Reach] | None = None
    for role in actor.roles:
        reach = grants.get(role)
        if reach is not None and (widest is None or _WIDTH[reach] > widest[0]):
            widest = (_WIDTH[reach], role, reach)
    if widest is None:
        return None
    _, role, reach = widest
    return Scope(reach, actor.stores_within(reach), actor.staff_id, role, actor.teammates)


@cache
def matrix() -> Matrix:
    """The matrix of `contracts/access.toml`, read once."""
    return read(Path(__file__).with_name("access.toml"))


def read(path: Path) -> Matrix:
    """Read a matrix file. Raises ValueError on a role or reach it does not declare."""
    raw = tomllib.loads(path.read_text("utf-8"))
    roles, services, sets = tuple(raw["roles"]), tuple(raw.get("services", ())), raw.get("sets", {})
    if twice := sets.keys() & set(roles):
        raise ValueError(f"{path.name} names sets as roles are named: {sorted(twice)}")
    operations = {name: _granted(grants, sets) for name, grants in raw["operations"].items()}
    fields = {kind: _granted(grants, sets) for kind, grants in raw["fields"].items()}
    policies = {code: _granted(grants, sets) for code, grants in raw.get("policies", {}).items()}
    granted = (*operations.values(), *fields.values(), *policies.values())
    named = {role for grants in (*granted, *sets.values()) for role in grants}
    if unknown := named - {*roles, *services}:
        raise ValueError(f"{path.name} names undeclared roles: {sorted(unknown)}")
    return Matrix(roles, services, operations, fields, policies)


def _granted(grants: dict[str, str], sets: dict[str, list[str]]) -> dict[str, Reach]:
    """What each role is given: what is said of it by name, else the widest of what is said of its sets."""
    said: dict[str, Reach] = {}
    for name, reach in grants.items():
        for role in sets.get(name, ()):
            said[role] = max(said.get(role, Reach.OWN), Reach(reach), key=_WIDTH.__getitem__)
    return said | {name: Reach(reach) for name, reach in grants.items() if name not in sets}
