"""What the gateway owns: the organisation, accounts and sessions, failed log-ins, and the access log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from contracts.gateway.calendars import USUAL_HOURS, OpeningHours, OwnDay
from contracts.gateway.operations import ChangeStore, CreateDealer, CreateStore, CreateTeam
from contracts.gateway.views import SavedView
from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.shapes import UNSAID, plain
from gateway.logins import login_of


class Base(DeclarativeBase):
    """All tables of the gateway."""

    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class Versioned:
    """Mixed into what people change: nobody changes what he saw in an older state."""

    version: Mapped[int]

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older state."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)


class Dealer(Base):
    """A dealer group."""

    __tablename__ = "dealer"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]

    @classmethod
    def found(cls, asked: CreateDealer, *, now: datetime) -> Dealer:
        """A new dealer group."""
        return cls(**attributes(asked), version=1, created_at=now)


class Store(Versioned, Base):
    """A store of a dealer group. `hours` and `own_days` say when it is open (`contracts/gateway/calendars.py`).

    From `closes_on` on it is closed for good; the row stays, for old documents name it.
    """

    __tablename__ = "store"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    dealer_code: Mapped[str] = mapped_column(ForeignKey("dealer.code"), index=True)
    brand: Mapped[str] = mapped_column(server_default="")
    region: Mapped[str] = mapped_column(server_default="")
    grade: Mapped[str]
    headquarters: Mapped[bool]
    hours: Mapped[dict[str, Any]] = mapped_column(server_default=FetchedValue())
    own_days: Mapped[list[Any]] = mapped_column(server_default="[]")
    closes_on: Mapped[date | None]
    created_at: Mapped[datetime]

    @classmethod
    def open(cls, asked: CreateStore, *, now: datetime) -> Store:
        """A new store, open as usual."""
        return cls(
            **attributes(asked), hours=plain(USUAL_HOURS), own_days=[], closes_on=None, version=1, created_at=now
        )

    def change(self, asked: ChangeStore) -> None:
        """What was said; None leaves as it is, but for the day it closes."""
        for name, value in attributes(asked, but=("code", "closes_on", "expected_version")).items():
            if value is not None:
                setattr(self, name, value)
        if asked.closes_on is not UNSAID:
            self.closes_on = asked.closes_on
        self.version += 1

    def open_at(self, *, hours: OpeningHours | None, own_days: list[OwnDay] | None) -> None:
        """Other hours, other days of its own; None leaves as it is."""
        self.hours = self.hours if hours is None else plain(hours)
        self.own_days = self.own_days if own_days is None else plain(own_days)
        self.version += 1


class Team(Versioned, Base):
    """A team of a store."""

    __tablename__ = "team"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    store_id: Mapped[str] = mapped_column(ForeignKey("store.code"), index=True)
    created_at: Mapped[datetime]

    @classmethod
    def form(cls, asked: CreateTeam, *, now: datetime) -> Team:
        """A new team."""
        return cls(**attributes(asked), version=1, created_at=now)

    def rename(self, name: str) -> None:
        """Another name."""
        self.name = name
        self.version += 1


class Staff(Versioned, Base):
    """A member of staff. `active` ends with the employment; the row stays, for old documents name it."""

    __tablename__ = "staff"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    roles: Mapped[list[str]]
    stores: Mapped[list[str]]
    team: Mapped[str | None] = mapped_column(ForeignKey("team.code"), index=True)
    active: Mapped[bool]
    created_at: Mapped[datetime]

    @classmethod
    def employ(
        cls, *, code: str, name: str, roles: list[str], stores: list[str], team: str | None, now: datetime
    ) -> Staff:
        """Somebody new."""
        return cls(code=code, name=name, roles=roles, stores=stores, team=team, active=True, version=1, created_at=now)

    def change(
        self, *, roles: list[str] | None, stores: list[str] | None, team: str | None, active: bool | None
    ) -> None:
        """Other roles or stores, or the end (or return) of the employment, if not None; and which team he is in."""
        self.roles = self.roles if roles is None else roles
        self.stores = self.stores if stores is None else stores
        self.active = self.active if active is None else active
        self.team = team
        self.version += 1


class Account(Base):
    """How a member of staff logs in. `initial_until` is set while the password is one that somebody else chose."""

    __tablename__ = "account"

    staff_code: Mapped[str] = mapped_column(ForeignKey("staff.code"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    initial_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    @classmethod
    def open(cls, *, staff_code: str, password_hash: str, initial_until: datetime | None, now: datetime) -> Account:
        """An account under the staff code, whatever its capitals."""
        return cls(
            staff_code=staff_code,
            login=login_of(staff_code),
            password_hash=password_hash,
            initial_until=initial_until,
            changed_at=now,
        )


class StaffSession(Base):
    """A session: the hash of its token, never the token. Its owner knows it by its `id`, which opens nothing."""

    __tablename__ = "staff_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    network: Mapped[str | None]
    staff_code: Mapped[str] = mapped_column(ForeignKey("staff.code"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class ViewsKept(Versioned, Base):
    """Somebody's views of a list, in his order: each a name, and what the list is asked."""

    __tablename__ = "saved_views"

    staff_code: Mapped[str] = mapped_column(ForeignKey("staff.code"), primary_key=True)
    of: Mapped[str] = mapped_column(primary_key=True)
    views: Mapped[list[Any]]
    changed_at: Mapped[datetime]

    @classmethod
    def none_yet(cls, *, staff_code: str, of: str) -> ViewsKept:
        """Before the first are kept."""
        return cls(staff_code=staff_code, of=of, views=[], version=0)

    def replace(self, views: list[SavedView], *, now: datetime) -> None:
        """These instead."""
        self.views = [{"name": view.name.strip(), "asked": view.asked} for view in views]
        self.changed_at = now
        self.version += 1


class LoginFailure(Base):
    """Failed log-ins of an account (`account:…`), and until when it has to wait."""

    __tablename__ = "login_failure"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class Searched(Base):
    """A search by a number, until the day after: `what` stands for the number and does not tell it."""

    __tablename__ = "searched"

    staff_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    missed: Mapped[bool]
    at: Mapped[datetime]


class LoginFrom(Base):
    """An account at an address: when somebody last failed to log in, and when somebody last did.

    `at_work` of a failure: the account had a live session, or had lately been logged in from here.
    """

    __tablename__ = "login_from"
    __table_args__ = (Index("login_from_failed", "address", "failed_at"),)

    address: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    failed_at: Mapped[datetime | None]
    at_work: Mapped[bool]
    succeeded_at: Mapped[datetime | None]


class AccessEntry(Base):
    """One access to personal data (R62). The application may add rows and read them, nothing else.

    `position` and `hash` are the database's own (`gateway/chain.py`): it links each row to the one before it.
    `customers` are those whom a file held, or searches gave; where the subject is the customer himself there are none.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        Index("access_log_position", "position", unique=True),
        Index("access_log_by_staff", "staff_id", "operation", "at"),
        Index("access_log_by_subject", "subject_id", "at"),
        Index("access_log_by_operation", "operation", "at"),
        Index(
            "access_log_by_customer",
            "customers",
            postgresql_using="gin",
            postgresql_where=text("customers IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[str]
    operation: Mapped[str]
    subject_id: Mapped[str]
    reason: Mapped[str]
    request_id: Mapped[str]
    customers: Mapped[list[UUID] | None]
    position: Mapped[int] = mapped_column(server_default=FetchedValue())
    hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())
