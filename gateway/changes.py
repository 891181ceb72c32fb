"""The live changes this process heard last, in the order they came, each at its position; bounded.

A stream goes on behind a position or learns that what was there is gone. A position is told as `<run>-<number>`:
another process of the gateway, or the same one started anew, has a run of its own and knows nothing of it.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts import shapes
from contracts.envelope import Received
from contracts.gateway.live import LIVE, Live, LiveChange

MOST_KEPT = 4096
"""Changes: a minute of a large group's busiest hour, and of whoever reconnects or reads slowly."""

_ID = re.compile(r"([0-9a-f]{16})-([0-9]{1,18})")
_ROWS = {row.event.declaration.topic: row for row in LIVE}


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it is kept: what decides who is told of it, and what he is told.

    It is that of its `owner_ids`, and of whoever has the `role`, if it is or was anybody's of that.
    """

    position: int
    event_id: UUID
    row: Live
    store_id: str
    owner_ids: tuple[str, ...]
    role: str | None
    told: bytes


class Changes:
    """Keeps them."""

    def __init__(self, *, most: int = MOST_KEPT) -> None:
        self._run = secrets.token_hex(8)
        self._kept: deque[Change] = deque()
        self._known: set[UUID] = set()
        self._most = most
        self._complete_from = self.head = 0

    def add(self, event: Received[Any]) -> bool:
        """Keep a change, one for each thing it is about.

        False for one that is known already, or of a kind that no screen is told of.
        """
        row = _ROWS.get(event.payload.declaration.topic)
        if row is None or event.id in self._known:
            return False
        owners = [getattr(event.payload, field) for field in row.owners]
        role = getattr(event.payload, row.role) if row.role and None in owners else None
        self._known.add(event.id)
        for subject_type, subject_id in _subjects(event, row):
            self.head += 1
            told = _told(event, subject_type=subject_type, subject_id=subject_id)
            his = tuple(filter(None, owners))
            self._kept.append(Change(self.head, event.id, row, event.store_id, his, role, told))
        while len(self._kept) > self._most:
            oldest = self._kept.popleft()
            self._known.discard(oldest.event_id)
            self._complete_from = oldest.position
        return True

    def leave_a_gap(self) -> None:
        """Something may have been missed here: nobody goes on from before it."""
        self.head += 1
        self._complete_from = self.head
        self._kept.clear()
        self._known.clear()

    def after(self, position: int) -> list[Change] | None:
        """What came behind a position, oldest first; None if some of it is gone."""
        if position < self._complete_from:
            return None
        behind: list[Change] = []
        for change in reversed(self._kept):
            if change.position <= position:
                break
            behind.append(change)
        return behind[::-1]

    def id_of(self, position: int) -> str:
        """A position as clients are told it."""
        return f"{self._run}-{position}"

    def position_of(self, last_event_id: str) -> int | None:
        """The position that a client names; None if this process cannot go on from there."""
        found = _ID.fullmatch(last_event_id)
        if found is None or found[1] != self._run:
            return None
        position = int(found[2])
        return position if self._complete_from <= position <= self.head else None


def _subjects(event: Received[Any], row: Live) -> Iterator[tuple[str, str]]:
    """What it is about, each by its kind and identifier: its subject first."""
    yield event.subject.type, event.subject.id
    for kind, field in row.about:
        named = getattr(event.payload, field)
        for one in named if isinstance(named, list) else [named]:
            if one is not None:
                yield kind, str(one)


def _told(event: Received[Any], *, subject_type: str, subject_id: str) -> bytes:
    envelope = event.envelope
    change = LiveChange(
        type=envelope.event_type,
        subject_type=subject_type,
        subject_id=subject_id,
        version=event.subject.version,
        store_id=envelope.store_id,
        occurred_at=envelope.occurred_at,
    )
    return shapes.dump(change)
