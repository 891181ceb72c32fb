"""Every step of an appointment at every state: those of the table go on, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.refusals import InvalidRequest, StaleVersion
from contracts.workshop import appointments as contract
from contracts.workshop.appointments import AppointmentState
from contracts.workshop.bays import BayKind
from services.workshop.appointments.errors import AppointmentStateWrong, TimePast
from services.workshop.appointments.models import Appointment
from services.workshop.appointments.rules.capacity import Kept, Place, Span, slots, times
from services.workshop.appointments.rules.moving import A_MOMENT_AGO, LONGEST_AHEAD, Step, allows, require_ahead
from services.workshop.bays.models import Bay

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
HOUR = timedelta(hours=1)
MORNING = Span(NOW.replace(hour=8, minute=30), NOW.replace(hour=12, minute=30))

MOVES = {
    "confirm": {"booked": "confirmed"},
    "move": {"booked": "booked", "confirmed": "booked", "no_show": "booked"},
    "arrive": {"booked": "arrived", "confirmed": "arrived"},
    "convert": {"booked": "converted", "confirmed": "converted", "arrived": "converted", "no_show": "converted"},
    "miss": {"booked": "no_show", "confirmed": "no_show"},
    "excuse": {"no_show": "arrived"},
    "cancel": {"booked": "cancelled", "confirmed": "cancelled", "arrived": "cancelled"},
}
"""C6, by step and state, written down once more by hand."""

BAY = Bay(id=1, store_id="HN", code="1", kind=BayKind.GENERAL, active=True)
OTHER_BAY = Bay(id=2, store_id="HN", code="2", kind=BayKind.GENERAL, active=True)

DOES: dict[Step, Callable[[Appointment], None]] = {
    Step.CONFIRM: lambda one: one.confirm(now=NOW),
    Step.MOVE: lambda one: one.move(bay=OTHER_BAY, span=Span(NOW + 3 * HOUR, NOW + 4 * HOUR)),
    Step.ARRIVE: lambda one: one.arrive(now=NOW),
    Step.CONVERT: lambda one: one.convert(UUID(int=9), came_at=NOW),
    Step.MISS: lambda one: one.miss(),
    Step.EXCUSE: lambda one: one.excuse(reason="他来过"),
    Step.CANCEL: lambda one: one.cancel(reason="改天"),
}
ALL = list(product(AppointmentState, Step))


def at(state: AppointmentState) -> Appointment:
    asked = contract.BookAppointment("HN", UUID(int=1), NOW + HOUR, "保养")
    one = Appointment.book(asked, bay=BAY, span=Span(NOW + HOUR, NOW + 2 * HOUR), by="R1", now=NOW)
    one.state = state
    one.bay_kept = state not in (AppointmentState.NO_SHOW, AppointmentState.CANCELLED)
    return one


def state(one: Appointment) -> dict[str, object]:
    return {name: value for name, value in vars(one).items() if name != "_sa_instance_state"}


def test_the_table_is_that_of_the_rules() -> None:
    table: dict[str, dict[str, str]] = {}
    for standing, step in ALL:
        if allows(step, state=standing):
            one = at(standing)
            DOES[step](one)
            table.setdefault(step, {})[standing] = one.state
    assert table == MOVES


@pytest.mark.parametrize(("standing", "step"), [one for one in ALL if one[0] not in MOVES[one[1]]])
def test_a_step_out_of_turn_is_refused_and_changes_nothing(standing: AppointmentState, step: Step) -> None:
    one = at(standing)
    before = state(one)
    with pytest.raises(AppointmentStateWrong) as refused:
        DOES[step](one)
    assert refused.value.details["state"] == standing
    assert state(one) == before


@pytest.mark.parametrize(("standing", "step"), [one for one in ALL if one[0] in MOVES[one[1]]])
def test_each_step_makes_another_version_and_nobody_keeps_a_bay_for_who_will_not_come(
    standing: AppointmentState, step: Step
) -> None:
    one = at(standing)
    DOES[step](one)
    assert one.version == 2
    assert not one.bay_kept or one.state not in (AppointmentState.NO_SHOW, AppointmentState.CANCELLED)


def test_who_is_moved_is_asked_again_and_has_a_bay_again() -> None:
    one = at(AppointmentState.NO_SHOW)
    one.confirmed_at = NOW
    DOES[Step.MOVE](one)
    assert (one.bay, one.bay_id, one.bay_kept) == ("2", 2, True)
    assert one.confirmed_at is None
    assert (one.starts_at, one.ends_at) == (NOW + 3 * HOUR, NOW + 4 * HOUR)


def test_who_was_here_after_all_was_here_at_his_time_and_his_bay_stays_whose_it_is_by_now() -> None:
    one = at(AppointmentState.NO_SHOW)
    one.excuse(reason="前台漏记")
    assert (one.arrived_at, one.bay_kept, one.reason) == (NOW + HOUR, False, "前台漏记")


def test_when_he_came_stays_when_his_vehicle_is_taken_in_later() -> None:
    one = at(AppointmentState.BOOKED)
    one.arrive(now=NOW)
    one.convert(UUID(int=9), came_at=NOW + HOUR)
    assert (one.arrived_at, one.ro_id, one.bay_kept) == (NOW, UUID(int=9), True)


@pytest.mark.parametrize(
    ("starts_at", "refused"),
    [
        (NOW - A_MOMENT_AGO, TimePast),
        (NOW - A_MOMENT_AGO + timedelta(seconds=1), None),
        (NOW + LONGEST_AHEAD, None),
        (NOW + LONGEST_AHEAD + timedelta(seconds=1), InvalidRequest),
    ],
    ids=["long begun", "just begun", "a year ahead", "beyond"],
)
def test_a_time_is_booked_from_a_moment_ago_up_to_a_year_ahead(
    starts_at: datetime, refused: type[Exception] | None
) -> None:
    if refused is None:
        require_ahead(starts_at, now=NOW)
        return
    with pytest.raises(refused):
        require_ahead(starts_at, now=NOW)


def test_only_the_version_that_was_looked_at_may_be_changed() -> None:
    with pytest.raises(StaleVersion):
        at(AppointmentState.BOOKED).require_version(2)


# -- what a bay can be had for ----------------------------------------------------------------------------------


def kept(bay: str, since: float, until: float) -> Kept:
    """A bay that is kept, in hours after opening."""
    return Kept(bay, Span(MORNING.starts_at + since * HOUR, MORNING.starts_at + until * HOUR))


def place(*taken: Kept, bays: int = 2, percent: int = 85) -> Place:
    return Place([str(number) for number in range(1, bays + 1)], taken, [MORNING], percent)


def span(since: float, until: float) -> Span:
    return kept("", since, until).span


def test_who_leaves_at_one_makes_room_for_who_comes_at_one() -> None:
    assert place(kept("1", 0, 1), bays=1).bay_for(span(1, 2), today=False) == "1"
    assert place(kept("1", 0, 1), bays=1).bay_for(span(0.99, 2), today=False) is None


def test_the_first_bay_that_is_free_is_had_or_the_one_that_is_asked_for() -> None:
    one = place(kept("1", 0, 1), bays=3)
    assert one.bay_for(span(0, 1), today=False) == "2"
    assert one.bay_for(span(0, 1), only="3", today=False) == "3"
    assert one.bay_for(span(0, 1), only="1", today=False) is None


@pytest.mark.parametrize(("minutes", "bay"), [(47, "2"), (48, "2"), (49, None)])
def test_of_a_slot_a_share_is_booked_and_not_a_minute_more(minutes: int, bay: str | None) -> None:
    """Two bays for four hours are 480 minutes, 85 per cent of them 408."""
    full = (kept("1", 0, 4), kept("2", 0, 2))
    wanted = Span(MORNING.starts_at + 2 * HOUR, MORNING.starts_at + 2 * HOUR + timedelta(minutes=minutes))
    assert place(*full).bay_for(wanted, today=False) == bay


def test_what_is_kept_for_who_comes_unbooked_is_given_away_on_the_day_itself() -> None:
    full = (kept("1", 0, 4), kept("2", 0, 3))
    assert place(*full).bay_for(span(3, 4), today=False) is None
    assert place(*full).bay_for(span(3, 4), today=True) == "2"
    assert place(*full, kept("2", 3, 4)).bay_for(span(3, 4), today=True) is None


def test_work_that_is_longer_than_the_share_by_itself_has_a_slot_that_is_empty() -> None:
    assert place(bays=1).bay_for(span(0, 4), today=False) == "1"
    assert place(kept("1", 0, 1), bays=1).bay_for(span(1, 4), today=False) is None


def test_what_is_kept_of_bays_of_another_kind_takes_no_room_of_these() -> None:
    assert place(kept("喷漆", 0, 4), kept("喷漆2", 0, 4), bays=1).bay_for(span(0, 1), today=False) == "1"


def test_a_store_without_bays_has_none() -> None:
    assert place(bays=0).bay_for(span(0, 1), today=True) is None


def test_a_day_is_cut_into_slots_from_its_opening_and_a_break_ends_one() -> None:
    afternoon = Span(NOW.replace(hour=13, minute=0), NOW.replace(hour=17, minute=30))
    cut = slots([MORNING, afternoon], longest=4 * HOUR)
    assert [(one.starts_at.hour, one.length) for one in cut] == [(8, 4 * HOUR), (13, 4 * HOUR), (17, HOUR / 2)]


def test_times_are_tried_every_half_hour_while_the_store_is_open() -> None:
    found = [f"{at:%H:%M}" for at in times([MORNING], after=NOW.replace(hour=11, minute=5))]
    assert found == ["11:30", "12:00"]
