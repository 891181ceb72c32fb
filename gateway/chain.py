"""The chain of the access log: each entry's hash covers the entry and the hash before it (I12; PIPL 54 to 56).

The database makes the hashes, in the transaction of the entry (`migrations/versions/0002_access_log.py`);
here they are made a second time, to see whether an entry was changed, taken out or put in between.
Whoever takes out the newest entries, or makes all hashes anew from some entry on, leaves a chain that fits:
only a hash that was noted elsewhere before (an anchor) tells of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

START = bytes(32)
"""What stands before the first entry."""


class Entry(NamedTuple):
    """An entry as the log holds it; the order of its parts is the order in which they are hashed."""

    position: int
    id: UUID
    at: datetime
    staff_id: str
    operation: str
    subject_id: str
    reason: str
    request_id: str
    customers: list[UUID] | None
    hash: bytes


def link(before: bytes, entry: Entry) -> bytes:
    """The hash that the entry has to have after an entry with the hash `before`."""
    parts = (
        str(entry.position),
        str(entry.id),
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.staff_id,
        entry.operation,
        entry.subject_id,
        entry.reason,
        entry.request_id,
        ",".join(map(str, entry.customers or ())),
    )
    return sha256(before + b"".join(b"%d:%b," % (len(part), part) for part in map(str.encode, parts))).digest()


@dataclass(slots=True)
class Walk:
    """What a walk along the chain found.

    `broken` says what is wrong at the first entry that does not fit; `met` are the anchors on the way.
    """

    entries: int = 0
    head: bytes = START
    broken: str = ""
    met: set[bytes] = field(default_factory=set)


def walk(entries: Iterable[Entry], *, anchors: Container[bytes] = ()) -> Walk:
    """Follow the entries, given by their position, to the end or to the first that does not fit."""
    found = Walk(met={START} if START in anchors else set())  # noted when the log was empty
    for entry in entries:
        found.broken = _fault(found, entry)
        if found.broken:
            return found
        found.entries, found.head = entry.position, entry.hash
        if entry.hash in anchors:
            found.met.add(entry.hash)
    return found


def _fault(found: Walk, entry: Entry) -> str:
    name = f"entry {entry.position} ({entry.id}, {entry.at.isoformat()}, {entry.staff_id})"
    missing = entry.position - found.entries - 1
    if missing:
        return f"{name} follows on {found.entries or 'the start'}: {missing} entries are missing between them"
    if link(found.head, entry) != entry.hash:
        return f"{name} does not fit its hash: it was changed or put in, or the one before it was"
    return ""
