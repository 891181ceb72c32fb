"""The organisation: dealer groups, stores, teams, staff. When a store is open: `gateway/calendars.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.store import turns
from chassis.store.database import is_duplicate
from chassis.store.outbox import record
from contracts import access
from contracts.fields import Nothing
from contracts.gateway import events, operations
from contracts.gateway.calendars import OpeningHours, OwnDay
from contracts.picked import attributes, picked, shaped
from contracts.shapes import UNSAID
from gateway import sessions
from gateway.errors import (
    CodeInvalid,
    CodeTaken,
    DealerNotFound,
    LastAdmin,
    RoleMissing,
    RoleUnknown,
    StaffNotFound,
    StoreNotFound,
    StoreUnknown,
    TeamNotFound,
    TeamUnknown,
)
from gateway.models import Account, Base, Dealer, Staff, Store, Team

ADMIN = "admin"
MOST_COLLEAGUES = 1000
EVERYWHERE = "-"
"""The store of an event that concerns no single one."""

_STORE_CODE = re.compile(r"[A-Z0-9]{1,12}")
"""A store's code is a word of the broker's routing keys."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def create_dealer(session: Session, asked: operations.CreateDealer, *, now: datetime) -> operations.Dealer:
    """Add a dealer group. Raises CodeInvalid, CodeTaken."""
    _require(_CODE, asked.code)
    dealer = Dealer.found(asked, now=now)
    _add(session, dealer, code=asked.code)
    return picked(operations.Dealer, dealer)


def create_store(session: Session, asked: operations.CreateStore, *, now: datetime) -> operations.Store:
    """Add a store to a dealer group. Raises CodeInvalid, CodeTaken, DealerNotFound."""
    _require(_STORE_CODE, asked.code)
    _require_dealer(session, asked.dealer_code)
    store = Store.open(asked, now=now)
    _add(session, store, code=asked.code)
    tell_store(session, store, now=now)
    return _store(store)


def change_store(session: Session, asked: operations.ChangeStore, *, now: datetime) -> operations.Store:
    """Change a store, or close it from a day on. Raises StoreNotFound, StaleVersion, DealerNotFound.

    Who works in a store that goes to another dealer is told of too: his dealers are others.
    """
    store = store_to_change(session, asked.code, asked.expected_version)
    before = store.dealer_code
    if asked.dealer_code is not None:
        _require_dealer(session, asked.dealer_code)
    store.change(asked)
    tell_store(session, store, now=now)
    if store.dealer_code != before:
        here = select(Staff).where(Staff.stores.contains([store.code])).order_by(Staff.code).with_for_update()
        for staff in session.scalars(here).all():
            staff.version += 1
            _tell(session, staff, now=now)
    return _store(store)


def store_to_change(session: Session, code: str, expected_version: int | None) -> Store:
    """The store, locked. Raises StoreNotFound, StaleVersion."""
    store = session.get(Store, code, with_for_update=True)
    if store is None:
        raise StoreNotFound
    store.require_version(expected_version)
    return store


def tell_store(session: Session, store: Store, *, now: datetime) -> None:
    """Everything of the store as it is now."""
    changed = picked(
        events.StoreChanged,
        store,
        dealer_id=store.dealer_code,
        hours=shaped(OpeningHours, store.hours),
        own_days=[shaped(OwnDay, one) for one in store.own_days],
    )
    record(session, changed, subject_id=store.code, subject_version=store.version, store_id=store.code, occurred_at=now)


def list_stores(connection: Connection, _asked: Nothing) -> operations.Stores:
    """All stores by code."""
    return operations.Stores(
        [_store(row) for row in connection.execute(select(Store.__table__).order_by(Store.__table__.c.code))]
    )


def create_team(session: Session, asked: operations.CreateTeam, *, now: datetime) -> operations.Team:
    """Add a team to a store. Raises CodeInvalid, CodeTaken, StoreNotFound."""
    _require(_CODE, asked.code)
    if session.get(Store, asked.store_id) is None:
        raise StoreNotFound
    team = Team.form(asked, now=now)
    _add(session, team, code=asked.code)
    return _team(team)


def change_team(session: Session, asked: operations.ChangeTeam) -> operations.Team:
    """Rename a team. Raises TeamNotFound, StaleVersion."""
    team = session.get(Team, asked.code, with_for_update=True)
    if team is None:
        raise TeamNotFound
    team.require_version(asked.expected_version)
    team.rename(asked.name)
    return _team(team)


def list_teams(connection: Connection, asked: operations.ListTeams) -> operations.Teams:
    """The teams of a store, or all, by code."""
    wanted = select(Team.__table__).order_by(Team.__table__.c.code)
    if asked.store_id is not None:
        wanted = wanted.where(Team.__table__.c.store_id == asked.store_id)
    return operations.Teams([_team(row) for row in connection.execute(wanted)])


def create_staff(
    session: Session, asked: operations.CreateStaff, *, password_hash: str, initial_until: datetime, now: datetime
) -> operations.Staff:
    """Add a member of staff with an account. Raises CodeInvalid, CodeTaken, RoleUnknown, StoreUnknown, TeamUnknown."""
    return employ(
        session,
        **attributes(asked, but=("initial_password",)),
        password_hash=password_hash,
        initial_until=initial_until,
        now=now,
    )


def employ(
    session: Session,
    *,
    code: str,
    name: str,
    roles: list[str],
    stores: list[str],
    password_hash: str,
    initial_until: datetime | None,
    team: str | None = None,
    now: datetime,
) -> operations.Staff:
    """Somebody new and the account under his code."""
    _require(_CODE, code)
    roles, stores = _roles(roles), _stores(session, stores)
    _require_team(session, team, stores=stores)
    _require_any(roles)
    staff = Staff.employ(code=code, name=name, roles=roles, stores=stores, team=team, now=now)
    account = Account.open(staff_code=code, password_hash=password_hash, initial_until=initial_until, now=now)
    _add(session, staff, code=code)
    _add(session, account, code=code)
    _tell(session, staff, now=now)
    return _staff(staff)


def change_staff(session: Session, asked: operations.ChangeStaff, *, now: datetime) -> operations.Staff:
    """Change roles, stores, team or employment.

    Raises StaffNotFound, StaleVersion, RoleUnknown, RoleMissing, StoreUnknown, TeamUnknown, LastAdmin.
    """
    staff = session.get(Staff, asked.code, with_for_update=True)
    if staff is None:
        raise StaffNotFound
    staff.require_version(asked.expected_version)
    was_admin = staff.active and ADMIN in staff.roles
    stores = staff.stores if asked.stores is None else _stores(session, asked.stores)
    team = staff.team if asked.team is UNSAID else asked.team
    if asked.team is not UNSAID:
        _require_team(session, team, stores=stores)
    elif not _is_team_of(session, team, stores=stores):
        team = None
    roles = staff.roles if asked.roles is None else _roles(asked.roles)
    if asked.roles is not None:
        _require_any(roles)
    staff.change(roles=roles, stores=stores, team=team, active=asked.active)
    if was_admin and not (staff.active and ADMIN in staff.roles):
        _require_another_admin(session, code=staff.code)
    if not staff.active:
        sessions.end_all(session, staff_code=staff.code)
    _tell(session, staff, now=now)
    return _staff(staff)


def list_staff(connection: Connection, asked: operations.ListStaff) -> operations.StaffPage:
    """A page of the staff by code."""
    total = connection.scalar(select(func.count()).select_from(Staff)) or 0
    rows = connection.execute(
        select(Staff.__table__).order_by(Staff.__table__.c.code).limit(asked.size).offset((asked.page - 1) * asked.size)
    )
    return operations.StaffPage([_staff(row) for row in rows], asked.page, asked.size, total)


def list_colleagues(
    connection: Connection, asked: operations.ListColleagues, *, scope: access.Scope
) -> operations.Colleagues:
    """Who works in the stores the caller reaches. Raises RoleUnknown, StoreNotAllowed for a foreign store."""
    stores = scope.narrow(asked.store_id)
    wanted = select(Staff.__table__).where(Staff.active)
    if stores is not None:
        wanted = wanted.where(Staff.stores.overlap(list(stores)))
    if asked.role is not None:
        wanted = wanted.where(Staff.roles.contains(_roles([asked.role])))
    rows = connection.execute(wanted.order_by(Staff.name, Staff.code).limit(MOST_COLLEAGUES))
    return operations.Colleagues([_colleague(row) for row in rows])


def who_am_i(connection: Connection, _asked: Nothing, *, actor: access.Actor) -> operations.Me:
    """The caller's own entry."""
    known = connection.execute(select(Staff.name, Staff.team).where(Staff.code == actor.staff_id)).one()
    return operations.Me(actor.staff_id, known.name, list(actor.roles), list(actor.stores), known.team)


def _tell(session: Session, staff: Staff, *, now: datetime) -> None:
    dealers = select(Store.dealer_code).where(Store.code.in_(staff.stores)).distinct().order_by(Store.dealer_code)
    changed = picked(events.StaffChanged, staff, staff_code=staff.code, dealers=list(session.scalars(dealers)))
    record(session, changed, subject_id=staff.code, subject_version=staff.version, store_id=EVERYWHERE, occurred_at=now)


def _require(pattern: re.Pattern[str], code: str) -> None:
    if not pattern.fullmatch(code):
        raise CodeInvalid(code=code)


def _add(session: Session, row: Base, *, code: str) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise CodeTaken(code=code) from None


def _roles(wanted: Iterable[str]) -> list[str]:
    known = access.matrix().roles
    for role in wanted:
        if role not in known:
            raise RoleUnknown(role=role)
    return sorted(set(wanted), key=known.index)


def _require_any(roles: list[str]) -> None:
    """Raise RoleMissing if there is none."""
    if not roles:
        raise RoleMissing(field="roles")


def _stores(session: Session, wanted: list[str]) -> list[str]:
    known = set(session.scalars(select(Store.code).where(Store.code.in_(wanted))))
    for store_id in wanted:
        if store_id not in known:
            raise StoreUnknown(store_id=store_id)
    return sorted(known)


def _require_dealer(session: Session, code: str) -> None:
    if session.get(Dealer, code) is None:
        raise DealerNotFound(dealer_code=code)


def _require_team(session: Session, team: str | None, *, stores: list[str]) -> None:
    if team is not None and not _is_team_of(session, team, stores=stores):
        raise TeamUnknown(team=team, field="team")


def _is_team_of(session: Session, team: str | None, *, stores: list[str]) -> bool:
    known = session.get(Team, team) if team is not None else None
    return known is not None and known.store_id in stores


def _require_another_admin(session: Session, *, code: str) -> None:
    """Raise LastAdmin; two administrators who end each other's role at once are looked at one after the other."""
    turns.take(session, "last_admin", ["group"])
    another = select(Staff.code).where(Staff.active, Staff.roles.contains([ADMIN]), Staff.code != code).limit(1)
    if session.scalar(another) is None:
        raise LastAdmin


def _store(store: Store | Row[tuple[Store]]) -> operations.Store:
    return picked(operations.Store, store)


def _team(team: Team | Row[tuple[Team]]) -> operations.Team:
    return picked(operations.Team, team)


def _staff(staff: Staff | Row[tuple[Staff]]) -> operations.Staff:
    return picked(operations.Staff, staff)


def _colleague(staff: Row[tuple[Staff]]) -> operations.Colleague:
    return picked(operations.Colleague, staff)
