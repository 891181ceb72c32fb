"""What the gateway answers itself: organisation, accounts, sessions, access log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from contracts.fields import Done, Nothing, Page, Size, StaffId, StoreId, Version
from contracts.operation import command, query
from contracts.shapes import UNSAID, Text

Code = Annotated[str, Text(1, 40)]
Name = Annotated[str, Text(1, 100)]
Brand = Annotated[str, Text(0, 40)]
Region = Annotated[str, Text(0, 40)]
Grade = Annotated[str, Text(0, 10)]


@dataclass(frozen=True, slots=True)
class Secret:
    """The field is never stored, logged or shown; the gateway leaves it out of a command's fingerprint too."""


Password = Annotated[str, Text(1, 128), Secret()]


@dataclass(frozen=True, slots=True)
class LogIn:
    """Account name and password."""

    account: Code
    password: Password


@dataclass(frozen=True, slots=True)
class Session:
    """The token to send as `Authorization: Bearer …`; it is shown once and stored only as a hash."""

    token: str
    expires_at: datetime
    staff_id: str
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """A new password; every other session of the account ends."""

    old_password: Password
    new_password: Password


@dataclass(frozen=True, slots=True)
class Me:
    """Who the session stands for."""

    staff_id: StaffId
    name: str
    roles: list[str]
    stores: list[StoreId]
    team: str | None


@dataclass(frozen=True, slots=True)
class CreateDealer:
    """A dealer group."""

    code: Code
    name: Name


@dataclass(frozen=True, slots=True)
class Dealer:
    """A dealer group as shown."""

    code: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class CreateStore:
    """A store; its code becomes part of every routing key: capital letters and digits. It is open as usual at first."""

    code: Code
    name: Name
    dealer_code: Code
    brand: Brand = ""
    region: Region = ""
    grade: Grade = ""
    headquarters: bool = False


@dataclass(frozen=True, slots=True)
class ChangeStore:
    """Another name, dealer, place in the organisation (R1, R8), or the day from which on it is closed for good.

    A store that is closed takes no new orders and no vehicles in; what is open is finished. `closes_on` null: it stays.
    """

    code: StoreId
    name: Name | None = None
    dealer_code: Code | None = None
    brand: Brand | None = None
    region: Region | None = None
    grade: Grade | None = None
    headquarters: bool | None = None
    closes_on: date | None = UNSAID
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """A store as shown. From `closes_on` on it is closed for good."""

    code: str
    name: str
    dealer_code: str
    brand: str
    region: str
    grade: str
    headquarters: bool
    closes_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Stores:
    """All stores."""

    items: list[Store]


@dataclass(frozen=True, slots=True)
class CreateTeam:
    """A team of a store: whose deals its supervisor sees."""

    code: Code
    name: Name
    store_id: StoreId


@dataclass(frozen=True, slots=True)
class ChangeTeam:
    """Another name."""

    code: Code
    name: Name
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class ListTeams:
    """The teams of a store, or all."""

    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team as shown."""

    code: str
    name: str
    store_id: StoreId
    version: int


@dataclass(frozen=True, slots=True)
class Teams:
    """Teams by code."""

    items: list[Team]


@dataclass(frozen=True, slots=True)
class CreateStaff:
    """A member of staff with an account. The initial password must be changed within 24 hours."""

    code: Code
    name: Name
    roles: list[Code]
    stores: list[StoreId]
    initial_password: Password
    team: Code | None = None


@dataclass(frozen=True, slots=True)
class ChangeStaff:
    """New roles, stores or team, or the end of the employment (R4); takes effect on the next request.

    `team` null takes him out of his; who leaves the store of his team leaves the team.
    """

    code: Code
    roles: list[Code] | None = None
    stores: list[StoreId] | None = None
    team: Code | None = UNSAID
    active: bool | None = None
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff as shown."""

    code: str
    name: str
    roles: list[str]
    stores: list[str]
    team: str | None
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class ListStaff:
    """Staff by code."""

    page: Page = 1
    size: Size = 50


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page of staff."""

    items: list[Staff]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class ListColleagues:
    """Who works in the caller's stores, or in one of them, in a role or in any; those who left are not there."""

    role: Code | None = None
    store_id: StoreId | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to give work to."""

    code: str
    name: str
    roles: list[str]
    stores: list[str]


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Colleagues by name, a thousand at most."""

    items: list[Colleague]


@dataclass(frozen=True, slots=True)
class ListAccess:
    """Accesses to personal data, newest first; those that fit all that is given.

    `subject_id` finds a customer in exported files too. `since` is included, `until` is not.
    """

    staff_id: Code | None = None
    subject_id: UUID | None = None
    operation: Annotated[str, Text(1, 100)] | None = None
    since: datetime | None = None
    until: datetime | None = None
    page: Page = 1
    size: Size = 50


@dataclass(frozen=True, slots=True)
class Access:
    """Who saw whose data in full, when and why (R62). `hash` covers the entry and the hash at the position before.

    `customer_id` is whom it was, where it was one person, and `customers` how many a file or searches gave.
    """

    id: UUID
    at: datetime
    staff_id: StaffId
    operation: str
    subject_id: str
    customer_id: UUID | None
    customers: int
    reason: str
    request_id: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """A page of the access log."""

    items: list[Access]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True)
class SetClock:
    """Test mode only: the time all requests are judged at; null gives the clock back (A0)."""

    now: datetime | None = None


log_in = command(
    "gateway.log_in",
    LogIn,
    Session,
    refuses=("LOGIN_FAILED", "TOO_MANY_ATTEMPTS"),
    summary="Begin a session",
)
log_out = command("gateway.log_out", Nothing, Done, summary="End this session")
change_password = command(
    "gateway.change_password",
    ChangePassword,
    Done,
    refuses=("LOGIN_FAILED", "TOO_MANY_ATTEMPTS", "PASSWORD_TOO_WEAK"),
    summary="Change my password",
)
who_am_i = query("gateway.who_am_i", Nothing, Me, summary="Whose session this is")
create_dealer = command(
    "gateway.create_dealer", CreateDealer, Dealer, refuses=("CODE_TAKEN", "CODE_INVALID"), summary="Add a dealer group"
)
create_store = command(
    "gateway.create_store",
    CreateStore,
    Store,
    refuses=("CODE_TAKEN", "CODE_INVALID", "DEALER_NOT_FOUND"),
    summary="Add a store",
)
change_store = command(
    "gateway.change_store",
    ChangeStore,
    Store,
    refuses=("STORE_NOT_FOUND", "DEALER_NOT_FOUND"),
    summary="Change or close a store",
)
list_stores = query("gateway.list_stores", Nothing, Stores, summary="The stores")
create_team = command(
    "gateway.create_team",
    CreateTeam,
    Team,
    refuses=("CODE_TAKEN", "CODE_INVALID", "STORE_NOT_FOUND"),
    summary="Add a team to a store",
)
change_team = command("gateway.change_team", ChangeTeam, Team, refuses=("TEAM_NOT_FOUND",), summary="Rename a team")
list_teams = query("gateway.list_teams", ListTeams, Teams, summary="The teams")
create_staff = command(
    "gateway.create_staff",
    CreateStaff,
    Staff,
    refuses=(
        "CODE_TAKEN",
        "CODE_INVALID",
        "ROLE_UNKNOWN",
        "ROLE_MISSING",
        "STORE_UNKNOWN",
        "TEAM_UNKNOWN",
        "PASSWORD_TOO_WEAK",
    ),
    summary="Add a member of staff with an account",
)
change_staff = command(
    "gateway.change_staff",
    ChangeStaff,
    Staff,
    refuses=("STAFF_NOT_FOUND", "ROLE_UNKNOWN", "ROLE_MISSING", "STORE_UNKNOWN", "TEAM_UNKNOWN", "LAST_ADMIN"),
    summary="Change roles, stores, team or employment",
)
list_staff = query("gateway.list_staff", ListStaff, StaffPage, summary="The staff")
list_colleagues = query(
    "gateway.list_colleagues",
    ListColleagues,
    Colleagues,
    refuses=("ROLE_UNKNOWN",),
    summary="Who works in my stores, to give work to",
)
list_access = query("gateway.list_access", ListAccess, AccessPage, summary="The access log")
set_clock = command(
    "gateway.set_clock", SetClock, Done, refuses=("NOT_IN_TEST_MODE",), summary="Set the clock of a test system"
)
