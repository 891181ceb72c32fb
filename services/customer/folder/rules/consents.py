"""Which of a customer's decisions about the use of his data hold (PIPL 13 to 16); pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from contracts.customer.folder import ConsentChannel, Purpose


class Decided(Protocol):
    """One decision: about what and by which channel, yes or no, when."""

    @property
    def id(self) -> UUID: ...
    @property
    def purpose(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def allowed(self) -> bool: ...
    @property
    def at(self) -> datetime: ...


D = TypeVar("D", bound=Decided)


def in_force(decisions: Iterable[D]) -> list[D]:
    """The decisions that hold, by purpose and channel: the latest one of each, in whatever order they were recorded.

    One about all channels takes the place of earlier ones about a single channel. Of two of the same moment the one
    that forbids holds.
    """
    latest: dict[tuple[str, str], D] = {}
    for one in sorted(decisions, key=_age):
        latest[one.purpose, one.channel] = one
    held = []
    for (purpose, channel), one in sorted(latest.items()):
        about_all = latest.get((purpose, ConsentChannel.ANY))
        if channel == ConsentChannel.ANY or about_all is None or _age(about_all)[:2] < _age(one)[:2]:
            held.append(one)
    return held


def permits(decisions: Iterable[D], purpose: str, channel: str) -> bool | None:
    """What the latest decision about this channel, or about all, says; None if nothing was decided."""
    said = [one for one in decisions if one.purpose == purpose and one.channel in (channel, ConsentChannel.ANY)]
    return max(said, key=_age).allowed if said else None


UNLESS_WITHDRAWN = frozenset({Purpose.SALES, Purpose.SURVEY})
"""What customers of ours are reached for until they say no; for anything else no answer is a no (PIPL 13)."""


def may_reach(decisions: Iterable[D], purpose: Purpose, channel: str) -> bool:
    """True if a customer who decided this may be reached; what rests on the contract goes on without consent."""
    if purpose is Purpose.SERVICE_CONTRACT:
        return True
    said = permits(decisions, purpose, channel)
    return purpose in UNLESS_WITHDRAWN if said is None else said


def to_restrict(records: Sequence[Sequence[D]]) -> list[tuple[str, str]]:
    """Purposes and channels that one record of a person forbids and the later word of another allows (E8)."""
    every = [one for decisions in records for one in decisions]
    channels = [channel for channel in ConsentChannel if channel is not ConsentChannel.ANY]
    return [
        (purpose, channel)
        for purpose in sorted({one.purpose for one in every})
        for channel in channels
        if permits(every, purpose, channel) and any(permits(one, purpose, channel) is False for one in records)
    ]


def _age(one: Decided) -> tuple[datetime, bool, UUID]:
    return one.at, not one.allowed, one.id
