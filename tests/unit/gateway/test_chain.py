"""The chain of the access log: what fits, and what is found when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from gateway.chain import START, Entry, Walk, link, walk

AT = datetime(2026, 11, 23, 9, 30, 0, 120, tzinfo=UTC)


def entry(position: int, before: bytes, **said: Any) -> Entry:
    """An entry that fits after one with the hash `before`."""
    values: dict[str, Any] = {
        "position": position,
        "id": UUID(int=position),
        "at": AT + timedelta(minutes=position),
        "staff_id": "HN05",
        "operation": "customer.reveal_contact",
        "subject_id": str(UUID(int=99)),
        "reason": "交车前联系",
        "request_id": f"request-{position}",
        "customers": None,
        **said,
    }
    unlinked = Entry(**values, hash=b"")
    return unlinked._replace(hash=link(before, unlinked))


def chain(length: int) -> list[Entry]:
    found: list[Entry] = []
    for position in range(1, length + 1):
        found.append(entry(position, found[-1].hash if found else START))
    return found


def test_the_bytes_that_are_hashed_are_written_down() -> None:
    one = entry(1, START, customers=[UUID(int=7), UUID(int=8)])
    said = (
        "1:1,36:00000000-0000-0000-0000-000000000001,32:2026-11-23T09:31:00.000120+00:00,4:HN05,"
        "23:customer.reveal_contact,36:00000000-0000-0000-0000-000000000063,15:交车前联系,9:request-1,"
        "73:00000000-0000-0000-0000-000000000007,00000000-0000-0000-0000-000000000008,"
    )
    assert one.hash == sha256(bytes(32) + said.encode()).digest()


def test_an_unbroken_chain_is_walked_to_its_head() -> None:
    entries = chain(5)
    assert walk(entries) == Walk(5, entries[-1].hash)
    assert walk([]) == Walk(0, START)


@pytest.mark.parametrize(
    "other",
    [
        {"at": AT},
        {"id": UUID(int=77)},
        {"staff_id": "HN06"},
        {"operation": "customer.dossier"},
        {"subject_id": str(UUID(int=98))},
        {"reason": "交车前联系 "},
        {"request_id": "request-x"},
        {"customers": [UUID(int=7)]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_changed_entry_is_found(other: dict[str, Any]) -> None:
    entries = chain(5)
    entries[2] = entries[2]._replace(**other)
    found = walk(entries)
    assert (found.entries, found.head) == (2, entries[1].hash)
    assert found.broken.startswith(f"entry 3 ({entries[2].id}, ")


def test_a_changed_entry_with_a_new_hash_of_its_own_is_found_at_the_next() -> None:
    entries = chain(5)
    entries[2] = entry(3, entries[1].hash, reason="别的")
    assert walk(entries).broken.startswith("entry 4 ")


def test_what_one_part_loses_to_its_neighbour_is_found() -> None:
    assert entry(1, START, staff_id="HN05", operation="x").hash != entry(1, START, staff_id="HN0", operation="5x").hash


@pytest.mark.parametrize("gone", [0, 2, 3])
def test_a_removed_entry_is_found(gone: int) -> None:
    entries = chain(5)
    del entries[gone]
    assert "1 entries are missing" in walk(entries).broken


def test_a_removed_entry_is_found_though_the_later_ones_are_numbered_anew() -> None:
    first, _, *later = chain(4)
    assert walk([first, *(one._replace(position=one.position - 1) for one in later)]).entries == 1


def test_an_entry_put_in_is_found() -> None:
    first, second, *later = chain(4)
    planted = entry(2, first.hash, reason="put in")
    moved = [one._replace(position=one.position + 1) for one in (second, *later)]
    assert walk([first, planted, *moved]).broken.startswith("entry 3 ")


def test_only_an_anchor_tells_of_removed_newest_entries() -> None:
    entries = chain(5)
    anchors = {entries[1].hash, entries[4].hash}
    assert walk(entries, anchors=anchors).met == anchors
    shorter = walk(entries[:4], anchors=anchors)
    assert (shorter.broken, shorter.met) == ("", {entries[1].hash})


def test_what_was_noted_of_an_empty_log_is_an_anchor_too() -> None:
    assert walk(chain(2), anchors={START}).met == {START}


def test_the_zone_in_which_a_moment_is_read_does_not_matter() -> None:
    one = entry(1, START)
    assert link(START, one._replace(at=one.at.astimezone(timezone(timedelta(hours=8))))) == one.hash
