"""What is kept of live changes: in their order, each once, and honest about what is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
import uuid_utils.compat as uuids

from contracts.customer.events import CustomerMerged
from contracts.envelope import Received
from contracts.followup.events import TaskHandedOver
from contracts.sales.events import OrderSigned
from contracts.workshop.events import RepairStageChanged
from contracts.workshop.operations import list_repair_orders
from gateway.changes import Change, Changes
from tests.support.events import MORNING, made, received, twice_shuffled


def moved(number: int = 0, **more: Any) -> Received[Any]:
    return received(made(RepairStageChanged), subject_id=f"RO-{number}", subject_version=number + 1, **more)


def kept(changes: Changes, position: int = 0) -> list[str] | None:
    behind = changes.after(position)
    return None if behind is None else [orjson.loads(change.told)["subject_id"] for change in behind]


def the_only(changes: Changes) -> Change:
    behind = changes.after(0)
    assert behind is not None
    assert len(behind) == 1
    return behind[0]


def test_changes_are_told_in_the_order_they_came_from_any_position_on() -> None:
    changes = Changes()
    for number in range(5):
        assert changes.add(moved(number))
    assert kept(changes) == ["RO-0", "RO-1", "RO-2", "RO-3", "RO-4"]
    assert kept(changes, 3) == ["RO-3", "RO-4"]
    assert kept(changes, changes.head) == []


def test_nothing_but_what_was_changed_is_told() -> None:
    changes = Changes()
    event = moved(6, store_id="FT", occurred_at=MORNING + timedelta(hours=1))
    changes.add(event)
    change = the_only(changes)
    assert orjson.loads(change.told) == {
        "type": "repair_stage_changed",
        "subject_type": "repair_order",
        "subject_id": "RO-6",
        "version": 7,
        "store_id": "FT",
        "occurred_at": "2026-11-02T10:00:00+08:00",
    }
    assert (change.store_id, change.owner_ids, change.role) == ("FT", (), None)
    assert list_repair_orders in change.row.touches


def test_whose_it_is_decides_who_hears_it_and_is_told_to_nobody() -> None:
    changes = Changes()
    changes.add(received(made(OrderSigned, consultant_id="HN01")))
    change = the_only(changes)
    assert change.owner_ids == ("HN01",)
    assert b"HN01" not in change.told


def test_what_several_things_are_changed_by_is_told_of_each_of_them() -> None:
    changes = Changes()
    survivor, losers = uuids.uuid7(), [uuids.uuid7(), uuids.uuid7()]
    changes.add(received(made(CustomerMerged, survivor_id=survivor, loser_ids=losers), subject_id="M-1"))
    told = [orjson.loads(change.told) for change in changes.after(0) or ()]
    assert [(one["subject_type"], one["subject_id"]) for one in told] == [
        ("merge", "M-1"),
        ("customer", str(survivor)),
        *(("customer", str(loser)) for loser in losers),
    ]
    assert {one["type"] for one in told} == {"customer_merged"}


@pytest.mark.parametrize(
    ("before", "after", "owners", "role"),
    [
        ("HN01", "HN02", ("HN01", "HN02"), None),
        ("HN01", None, ("HN01",), "cr_agent"),
        (None, "HN02", ("HN02",), "cr_agent"),
    ],
)
def test_what_changed_hands_is_of_both_and_of_a_role_where_one_of_them_is_nobody(
    before: str | None, after: str | None, owners: tuple[str, ...], role: str | None
) -> None:
    changes = Changes()
    event = made(TaskHandedOver, from_staff_id=before, to_staff_id=after, role="cr_agent")
    changes.add(received(event))
    change = the_only(changes)
    assert (change.owner_ids, change.role) == (owners, role)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_broker_delivers_twice_is_one_change(seed: int) -> None:
    changes = Changes()
    events = [moved(number) for number in range(20)]
    for event in twice_shuffled(events, seed=seed):
        changes.add(event)
    assert sorted(kept(changes) or ()) == sorted(event.subject.id for event in events)
    assert changes.head == 20


def test_an_event_that_no_screen_is_told_of_is_no_change() -> None:
    from contracts.customer.events import CustomerRegistered

    changes = Changes()
    assert not changes.add(received(made(CustomerRegistered)))
    assert changes.head == 0


@pytest.mark.parametrize(("position", "there"), [(0, False), (1, False), (2, True), (3, True), (5, True)])
def test_what_is_no_longer_kept_is_gone_and_said_to_be(position: int, there: bool) -> None:
    changes = Changes(most=3)
    for number in range(5):
        changes.add(moved(number))
    assert (kept(changes, position) is not None) is there
    assert (changes.position_of(changes.id_of(position)) is not None) is there


def test_nobody_goes_on_from_before_a_gap() -> None:
    changes = Changes()
    changes.add(moved(1))
    before = changes.head
    changes.leave_a_gap()
    assert changes.after(before) is None
    assert changes.position_of(changes.id_of(before)) is None
    behind = changes.head
    changes.add(moved(2))
    assert kept(changes, behind) == ["RO-2"]


def test_an_event_that_comes_again_after_a_gap_is_told() -> None:
    changes, event = Changes(), moved()
    changes.add(event)
    changes.leave_a_gap()
    assert changes.add(event)


def test_another_process_does_not_know_where_this_one_was() -> None:
    here, there = Changes(), Changes()
    for changes in (here, there):
        changes.add(moved())
    assert here.position_of(here.id_of(1)) == 1
    assert there.position_of(here.id_of(1)) is None


@pytest.mark.parametrize("forged", ["", "0", "-", "x-1", "{run}-", "{run}-2", "{run}-99999999999999999999", "{run}--1",
                                    "{run}-１", "{run}-1 ", " {run}-1", "{run}-0x1", "{run}-1\n"])  # fmt: skip
def test_a_forged_position_is_none(forged: str) -> None:
    changes = Changes()
    changes.add(moved())
    run = changes.id_of(1).partition("-")[0]
    assert changes.position_of(forged.replace("{run}", run)) is None


def test_as_much_is_kept_as_said_and_known_of_no_more() -> None:
    changes = Changes(most=10)
    for number in range(1000):
        changes.add(moved(number, event_id=uuids.uuid7()))
    assert len(changes.after(990) or ()) == 10
    assert len(changes._known) == len(changes._kept) == 10
