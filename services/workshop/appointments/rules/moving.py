"""How an appointment moves (C6): the table of steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contracts.refusals import InvalidRequest
from contracts.sayings import Saying
from contracts.workshop.appointments import AppointmentState
from services.workshop.appointments.errors import AppointmentStateWrong, TimePast


class Step(StrEnum):
    """What moves an appointment: the customer, the desk, the evening."""

    CONFIRM = "confirm"
    MOVE = "move"
    ARRIVE = "arrive"
    CONVERT = "convert"
    MISS = "miss"
    EXCUSE = "excuse"
    CANCEL = "cancel"


class Move(NamedTuple):
    """A row of the table: by this step an appointment at one of `out_of` comes to `to`."""

    step: Step
    out_of: frozenset[AppointmentState]
    to: AppointmentState


def _move(step: Step, out_of: Iterable[AppointmentState], to: AppointmentState) -> Move:
    return Move(step, frozenset(out_of), to)


_TO_COME = (AppointmentState.BOOKED, AppointmentState.CONFIRMED)

MOVES: tuple[Move, ...] = (
    _move(Step.CONFIRM, [AppointmentState.BOOKED], AppointmentState.CONFIRMED),
    _move(Step.MOVE, [*_TO_COME, AppointmentState.NO_SHOW], AppointmentState.BOOKED),
    _move(Step.ARRIVE, _TO_COME, AppointmentState.ARRIVED),
    _move(Step.CONVERT, [*_TO_COME, AppointmentState.ARRIVED, AppointmentState.NO_SHOW], AppointmentState.CONVERTED),
    _move(Step.MISS, _TO_COME, AppointmentState.NO_SHOW),
    _move(Step.EXCUSE, [AppointmentState.NO_SHOW], AppointmentState.ARRIVED),
    _move(Step.CANCEL, [*_TO_COME, AppointmentState.ARRIVED], AppointmentState.CANCELLED),
)
"""The transitions (C6); nothing else moves an appointment, and each step leads to one state.

Beside C6: whoever came and left before his vehicle was taken in is cancelled; who did not come may be given another
time, and may still be taken in.
"""

LATE = timedelta(minutes=60)
"""Whoever is later than this did not come (C6); it is said when the store has closed."""

A_MOMENT_AGO = timedelta(minutes=30)
"""So long a time that has begun may still be booked: he is on his way."""

LONGEST_AHEAD = timedelta(days=366)
"""A time beyond it is a slip of the keyboard."""

_LEADS_TO = {move.step: move.to for move in MOVES}


def allows(step: Step, *, state: AppointmentState) -> bool:
    """True if an appointment at this state can take the step."""
    return any(move.step is step and state in move.out_of for move in MOVES)


def moved(step: Step, *, state: AppointmentState) -> AppointmentState:
    """Where the step leads. Raises AppointmentStateWrong."""
    if not allows(step, state=state):
        raise AppointmentStateWrong(state=state, wanted=_LEADS_TO[step])
    return _LEADS_TO[step]


def require_ahead(starts_at: datetime, *, now: datetime) -> None:
    """Raise TimePast for a time that has passed, InvalidRequest for one that nobody can mean."""
    if starts_at <= now - A_MOMENT_AGO:
        raise TimePast(field="starts_at", starts_at=starts_at)
    if starts_at - now > LONGEST_AHEAD:
        raise InvalidRequest(errors={"starts_at": [Saying.PROMISE_TOO_FAR(days=LONGEST_AHEAD.days)]})
