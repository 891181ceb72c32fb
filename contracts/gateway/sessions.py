"""The sessions of whoever asks: where he is logged in, and ending one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.fields import Done, Nothing
from contracts.operation import command, query


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of his sessions: since when, and used last, to the minute, not counting what a page asks by itself.

    `network` is where it was begun, no closer than that: of IPv4 24 bits, of IPv6 48; null where nobody knows.
    `current` is the one that asks. `session_id` opens nothing: it is neither the token nor made of it.
    """

    session_id: UUID
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    network: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """His live sessions, the last used first; of more than 100 the first 100."""

    items: list[OwnSession]


@dataclass(frozen=True, slots=True)
class EndSession:
    """One of his own is ended, from the next request on; the one that asks too, if it is that."""

    session_id: UUID


own_sessions = query("gateway.own_sessions", Nothing, OwnSessions, summary="My sessions")
end_session = command(
    "gateway.end_session", EndSession, Done, refuses=("SESSION_NOT_FOUND",), summary="End one of my sessions"
)
