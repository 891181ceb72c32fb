"""When and by which channel a customer is asked (C12, R12), and when two visits are one (E8); pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from hashlib import sha256
from typing import NamedTuple, Protocol
from uuid import UUID

from contracts.customer.folder import ConsentChannel, Purpose
from contracts.customer.operations import Channel
from contracts.followup.operations import SuppressedBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One visit that something heard gives rise to: because of which document (its type and identifier), since when.

    Document and purpose are its key: told again, or by another event, it is the same visit.
    `judges` is whom the questions are about, who therefore may not ask them; `asks` who should, if it is not anybody's
    of the role.
    """

    document: tuple[str, str]
    at: datetime
    judges: str | None = None
    asks: str | None = None


def is_drawn(document_id: str, *, purpose: str, percent: int) -> bool:
    """True if the document is in the sample for this purpose: of many so many in a hundred, of one always the same.

    Drawn by the document, so that neither a merge of its customer nor a replay draws anew (C12).
    """
    drawn = int.from_bytes(sha256(f"{purpose}/{document_id}".encode()).digest()[:8])
    return drawn % 100 < percent


WINDOWS = (
    (time(9, 30), time(11, 30)),
    (time(14, 30), time(17, 30)),
    (time(18, 30), time(20, 0)),
)
"""Local times of day at which customers are called who named no hours, on every day of the week; without the end."""

DAY = ((time(9), time(20)),)
"""When there is somebody at work who asks: a message may come at noon, and a call to who says that he likes it."""


class Hours(NamedTuple):
    """The hours a customer prefers, local; the last one excluded, none for no limit on that side.

    From a later to an earlier hour is over midnight; from an hour to the same is any time.
    """

    from_hour: int | None = None
    to_hour: int | None = None

    def spans(self) -> Sequence[tuple[time, time]]:
        """The same as spans of a day; midnight, where one ends, is the last moment of the day."""
        opens, closes = self.from_hour or 0, self.to_hour or 24
        if opens == closes:
            return ((time.min, time.max),)
        if opens > closes:
            return ((time.min, time(closes)), (time(opens), time.max))
        return ((time(opens), time(closes) if closes < 24 else time.max),)


ANY_HOUR = Hours()


class Way(NamedTuple):
    """How a customer is asked for a purpose; `because` is why he is not to be asked, once his visit is suppressed."""

    channel: Channel
    hours: Hours
    because: SuppressedBecause | None


BY_CALL = Way(Channel.CALL, ANY_HOUR, None)
"""How one is asked who wished nothing."""


Openings = Callable[[date], Sequence[tuple[datetime, datetime]]]
"""From when to when a store is open on a day, local, in order; a moment of closing is no longer in it."""


class AtStore(NamedTuple):
    """When the store that asks is open, and the earliest moment to which a visit may be brought forward for it."""

    openings: Openings
    earliest: datetime


def visiting_time(
    wanted: datetime, *, latest: datetime, zone: tzinfo, way: Way = BY_CALL, store: AtStore | None = None
) -> datetime:
    """The first moment from `wanted` on at which a customer is asked this way, local; his preference wins (C12).

    If that is after `latest` (which is not before `wanted`), the visit is brought forward to the last opening that
    `latest` allows. Hours wholly at night change nothing.

    Of a `store` that is known he is asked while it is open. What gives way where not all can be had: first the moment
    wanted, then his hours, then the store's, as if it were not known; `latest` never.
    """
    if store is not None:
        for hours in dict.fromkeys((way.hours, ANY_HOUR)):
            found = _while_open(wanted, latest=latest, zone=zone, spans=_spans(way.channel, hours), store=store)
            if found is not None:
                return found
    spans = _spans(way.channel, way.hours)
    local = wanted.astimezone(zone)
    openings = [
        (datetime.combine(day, opens, zone), datetime.combine(day, closes, zone))
        for day in (local.date() + timedelta(days=offset) for offset in (-1, 0, 1))
        for opens, closes in spans
    ]
    first = next(max(opens, local) for opens, closes in openings if wanted < closes)
    if first <= latest:
        return first
    return max(opens for opens, _ in openings if opens <= latest)


def _while_open(
    wanted: datetime, *, latest: datetime, zone: tzinfo, spans: Sequence[tuple[time, time]], store: AtStore
) -> datetime | None:
    """The first moment in these spans from `wanted` on at which the store is open, or else the last opening before."""
    local, earliest = wanted.astimezone(zone), store.earliest.astimezone(zone)
    last = latest.astimezone(zone)
    ahead = _both(store.openings, spans, first=local.date(), last=last.date(), zone=zone)
    first = next((max(opens, local) for opens, closes in ahead if local < closes), None)
    if first is not None and first <= latest:
        return first
    every = _both(store.openings, spans, first=earliest.date(), last=last.date(), zone=zone)
    return max((max(opens, earliest) for opens, closes in every if opens <= latest and earliest < closes), default=None)


def _both(
    openings: Openings, spans: Sequence[tuple[time, time]], *, first: date, last: date, zone: tzinfo
) -> Iterator[tuple[datetime, datetime]]:
    """Where on these days the store is open within the spans, in order."""
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        for opens, closes in openings(day):
            for since, until in spans:
                both = max(opens, datetime.combine(day, since, zone)), min(closes, datetime.combine(day, until, zone))
                if both[0] < both[1]:
                    yield both


@cache
def _spans(channel: Channel, hours: Hours) -> Sequence[tuple[time, time]]:
    """The spans of a day, in order, in which a customer with these hours is asked by this channel."""
    windows = WINDOWS if channel is Channel.CALL else DAY
    if hours == ANY_HOUR:
        return windows
    both = [(max(opens, since), min(closes, until)) for opens, closes in DAY for since, until in hours.spans()]
    return [(opens, closes) for opens, closes in both if opens < closes] or windows


NOT_TO_BE_CALLED = "do_not_call"
"""What a wish is about that is about no purpose: being reached at all, and how and when."""

ERASED = "erased"
"""What the mark is about that stays of a customer who was forgotten (PIPL 47)."""


class Wished(Protocol):
    """A wish of one customer: about what, by which channel, since when.

    One about no purpose also says which channel and hours he prefers.
    """

    @property
    def about(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def allowed(self) -> bool: ...
    @property
    def at(self) -> datetime: ...
    @property
    def preferred(self) -> str | None: ...
    @property
    def from_hour(self) -> int | None: ...
    @property
    def to_hour(self) -> int | None: ...


def way_to_ask(wishes: Collection[Wished], *, purpose: Purpose | None) -> Way:
    """How a customer with these wishes is asked for this purpose: as he prefers, else by call (R12, R27).

    If he forbade both, the visit is one by call that is suppressed.
    """
    preference = max(
        (wish for wish in wishes if wish.about == NOT_TO_BE_CALLED), key=lambda wish: wish.at, default=None
    )
    if preference is None:
        return BY_CALL._replace(because=forbidden_because(wishes, purpose=purpose, channel=Channel.CALL))
    hours = Hours(preference.from_hour, preference.to_hour)
    preferred = Channel(preference.preferred or Channel.CALL)
    if forbidden_because(wishes, purpose=purpose, channel=preferred) is None:
        return Way(preferred, hours, None)
    return Way(Channel.CALL, hours, forbidden_because(wishes, purpose=purpose, channel=Channel.CALL))


def forbidden_because(
    wishes: Collection[Wished], *, purpose: Purpose | None, channel: Channel
) -> SuppressedBecause | None:
    """Why a customer with these wishes is not asked for this purpose by this channel; None if he may be (R12).

    There is nobody to call where a customer was forgotten (PIPL 47). Who does not want to be called is called for
    nothing. A withdrawn consent stops what rests on consent; what rests on the contract (`purpose` None) goes on
    without one (PIPL 13).
    """
    if any(wish.about == ERASED for wish in wishes):
        return SuppressedBecause.CUSTOMER_ERASED
    if channel is Channel.CALL and any(wish.about == NOT_TO_BE_CALLED and not wish.allowed for wish in wishes):
        return SuppressedBecause.DO_NOT_CALL
    if purpose is not None and not _allows(wishes, purpose, channel):
        return SuppressedBecause.CONSENT_WITHDRAWN
    return None


def way_that_reaches(
    planned: Channel, *, reached_by: Collection[Channel], wishes: Collection[Wished], purpose: Purpose | None
) -> Channel:
    """The channel by which a visit falls due: as planned, if that reaches the customer.

    Else by call, or by whatever else reaches him, if it is not forbidden. Whom nothing reaches is asked as planned:
    somebody finds out his number.
    """
    if planned in reached_by:
        return planned
    ways: list[Channel] = [channel for channel in Channel if channel in reached_by]
    allowed = (way for way in ways if forbidden_because(wishes, purpose=purpose, channel=way) is None)
    return next(allowed, planned)


def other_ways(wishes: Collection[Wished], *, purpose: Purpose | None) -> list[Channel]:
    """The channels beside the telephone by which the customer may be asked for this purpose."""
    ways: list[Channel] = [channel for channel in Channel if channel is not Channel.CALL]
    return [channel for channel in ways if forbidden_because(wishes, purpose=purpose, channel=channel) is None]


def _allows(wishes: Iterable[Wished], purpose: Purpose, channel: Channel) -> bool:
    """The latest decision about the channel, or about any; without one nothing was withdrawn."""
    said = [wish for wish in wishes if wish.about == purpose and wish.channel in (channel, ConsentChannel.ANY)]
    return max(said, key=lambda wish: (wish.at, not wish.allowed)).allowed if said else True


MOST_ATTEMPTS = 5
"""Attempts in a row, for whatever purposes, after which nobody tries any more (C12)."""

AGAIN_AFTER = timedelta(hours=4)
"""How long after the first attempt of a day that got no answer the next one may be made (C12)."""

LOCKED_FOR = timedelta(minutes=20)
"""How long a visit is to whoever began it (C12)."""


def next_attempt(failed: Sequence[datetime], *, zone: tzinfo) -> datetime | None:
    """From when on a customer may be tried again after these attempts, which got no answer; None for at once (C12).

    Four hours later, then on the next day.
    """
    if not failed:
        return None
    last = max(failed).astimezone(zone)
    of_the_day = [each for each in failed if each.astimezone(zone).date() == last.date()]
    if len(of_the_day) == 1:
        return last + AGAIN_AFTER
    return datetime.combine(last.date() + timedelta(days=1), time.min, zone)


def room_from(
    contacts: Collection[datetime], *, a_day: int, a_week: int, a_month: int, now: datetime, zone: tzinfo
) -> datetime:
    """The first moment from now on at which a customer who was reached then may be reached once more (C12).

    So many times on a local day, in 7 days, in 30; reckoned from the contacts themselves.
    """
    at = now
    while True:
        day = at.astimezone(zone).date()
        if sum(each.astimezone(zone).date() == day for each in contacts) >= a_day:
            at = datetime.combine(day + timedelta(days=1), time.min, zone)
            continue
        spans = ((timedelta(days=7), a_week), (timedelta(days=30), a_month))
        frees = [free for span, most in spans if (free := _frees(contacts, span=span, most=most, at=at)) is not None]
        if not frees:
            return at
        at = max(frees)


def _frees(contacts: Collection[datetime], *, span: timedelta, most: int, at: datetime) -> datetime | None:
    """When so many of these have left the span that one more fits in; None where one does now."""
    within = sorted(each for each in contacts if each > at - span)
    return within[-most] + span if len(within) >= most else None


TOGETHER_WITHIN = timedelta(hours=72)
"""How much later than the visit that stands for it another one may be due (E8, C12)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An open visit; `planned_for` is its customer before records were merged.

    `asked_with` are the other purposes that may be asked in one call with its own.
    `stands` is the visit that stood for this one and was made: it stands for it still.
    """

    id: UUID
    customer_id: UUID
    purpose: str
    planned_for: UUID
    due_at: datetime
    channel: Channel = Channel.CALL
    asked_with: frozenset[str] = frozenset()
    stands: UUID | None = None


def made_together(visits: Sequence[Asking]) -> dict[UUID, UUID]:
    """Which visit stands for which: the first of those that are made in one call, due up to 72 hours after it (C12).

    In one call a customer is asked what his records asked each, now that they are one (E8), and for several purposes
    if those may be asked together.
    """
    made: dict[UUID, UUID] = {}
    calls: list[list[Asking]] = []
    for visit in sorted(visits, key=lambda one: (one.due_at, one.id)):
        if visit.stands:
            made[visit.id] = visit.stands
            continue
        for call in calls:
            if visit.due_at - call[0].due_at <= TOGETHER_WITHIN and all(_in_one_call(one, visit) for one in call):
                made[visit.id] = call[0].id
                call.append(visit)
                break
        else:
            calls.append([visit])
    return made


def _in_one_call(one: Asking, other: Asking) -> bool:
    """Two of one purpose that were planned for the same record were meant to be two."""
    if one.customer_id != other.customer_id:
        return False
    if one.purpose == other.purpose:
        return one.planned_for != other.planned_for
    return one.channel is other.channel and other.purpose in one.asked_with
