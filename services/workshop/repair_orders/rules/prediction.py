"""When an order will be ready and whether its promise holds (C8): by what it waits for, who is before it, and work.

Waiting is wall time, work is the store's working time; `Clock` says when so much of it has passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from contracts.workshop.operations import Stage
from contracts.workshop.progress import Risk, RiskReason

Clock = Callable[[datetime, timedelta], datetime | None]
"""When so much working time has passed since a moment; None if the store does not open for so long any more."""

INSPECTION = timedelta(minutes=15)
WASH = timedelta(minutes=30)
FLOOR = timedelta(minutes=15)
"""Work past its standard time is never shown as none (C8); of a kind that runs over by more, that is left."""

UNKNOWN_HOURS = Decimal(1)
"""What a line of work takes that nobody gave standard hours, and whose kind nobody said or too little was done of."""

AROUND = timedelta(minutes=15)
"""So near to the promise, on either side, it is at risk (C8)."""

LEAST_FACTOR, MOST_FACTOR = Decimal("0.5"), Decimal(2)
"""Nobody is believed to be quicker or slower: what was measured beyond it is a clock that ran on."""

_HELD = {
    Stage.WAITING_PARTS: RiskReason.PARTS,
    Stage.WAITING_CUSTOMER: RiskReason.CUSTOMER,
    Stage.WAITING_INSURER: RiskReason.INSURER,
}
_AT_WORK = (Stage.IN_PROGRESS, Stage.REWORK)
_DONE = {Stage.QC: INSPECTION + WASH, Stage.WASHING: WASH}
"""What is left where the work is done, and of what."""
_RANK = (Risk.NONE, Risk.ON_TRACK, Risk.AT_RISK, Risk.LATE)


class Work(NamedTuple):
    """Undone lines of an order that the same technicians do one after another, or together.

    `hours` are their standard hours, or how long such work took where nobody gave any; `worked` the time somebody was
    clocked on them until now, `floor` what is left of them at the least once they run over: as much as such work does.
    """

    technicians: tuple[str, ...]
    hours: Decimal
    worked: timedelta = timedelta(0)
    floor: timedelta = FLOOR


class Job(NamedTuple):
    """An open order, as far as its prediction needs it; `clocked_on` says that somebody's clock runs on it now."""

    ro_id: UUID
    stage: Stage
    stage_since: datetime
    promised_at: datetime | None
    expected_at: datetime | None
    ready_at: datetime | None
    works: tuple[Work, ...]
    bays: tuple[str, ...]
    clocked_on: bool


class Prediction(NamedTuple):
    """When an order is expected to be ready (None: nobody knows), and what that hangs on."""

    eta: datetime | None
    risk: Risk
    reason: RiskReason


class Known(NamedTuple):
    """What a store knows of itself: its clock, its technicians' measured factors, how long things were waited for."""

    clock: Clock
    factors: Mapping[str, Decimal]
    waits: Mapping[Stage, timedelta]


def predict(jobs: Iterable[Job], *, known: Known, now: datetime) -> dict[UUID, Prediction]:
    """Of every open order of a store.

    Whoever is clocked on goes on, then what was begun; then a technician's orders by their promise.
    """
    free: dict[str, datetime | None] = {}
    found: dict[UUID, Prediction] = {}
    for job in sorted(jobs, key=_turn):
        found[job.ro_id] = _ready(job) or _predicted(job, free=free, known=known, now=now)
    return found


def _turn(job: Job) -> tuple[bool, bool, bool, float, UUID]:
    promised = job.promised_at.timestamp() if job.promised_at else 0.0
    return (not job.clocked_on, job.stage not in _AT_WORK, job.promised_at is None, promised, job.ro_id)


def _ready(job: Job) -> Prediction | None:
    if job.ready_at is None:
        return None
    return Prediction(job.ready_at, risk_of(job.promised_at, eta=job.ready_at, now=job.ready_at), RiskReason.READY)


def _predicted(job: Job, *, free: dict[str, datetime | None], known: Known, now: datetime) -> Prediction:
    if job.stage in _DONE:
        eta = known.clock(now, _DONE[job.stage])
        reason = RiskReason.WASHING if job.stage is Stage.WASHING else RiskReason.INSPECTION
        return Prediction(eta, risk_of(job.promised_at, eta=eta, now=now), reason)
    there = _there_at(job, waits=known.waits, now=now)
    places = [f"bay {bay}" for bay in job.bays]
    begins: list[datetime | None] = []
    ends: list[datetime | None] = []
    busy = dict(free)
    for one in job.works:
        at = _latest([there, *(busy[place] for place in (*one.technicians, *places) if place in busy)])
        end = None if at is None else known.clock(at, work_left(one, factors=known.factors))
        busy.update(dict.fromkeys(one.technicians, end))
        begins.append(at)
        ends.append(end)
    done_at = _latest(ends)
    if job.stage not in _HELD:
        free.update(
            {**{name: busy[name] for one in job.works for name in one.technicians}, **dict.fromkeys(places, done_at)}
        )
    eta = None if done_at is None else known.clock(done_at, INSPECTION + WASH)
    reason = _reason(job, begins[0], factors=known.factors, now=now)
    return Prediction(eta, risk_of(job.promised_at, eta=eta, now=now), reason)


def _latest(moments: Sequence[datetime | None]) -> datetime | None:
    """The last of them; None if nobody knows one of them."""
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


def _there_at(job: Job, *, waits: Mapping[Stage, timedelta], now: datetime) -> datetime | None:
    """When what it waits for is there: as was said, else as long as such things take; None if nobody knows."""
    if job.stage not in _HELD:
        return now
    if job.expected_at is not None:
        return max(now, job.expected_at)
    return max(now, job.stage_since + waits[job.stage]) if job.stage in waits else None


def work_left(work: Work, *, factors: Mapping[str, Decimal]) -> timedelta:
    """The working time that undone work still takes; past its standard time a floor, never nothing (C8).

    Several technicians share it.
    """
    takes = _standard(work, factors=factors)
    left = takes - work.worked
    left = max(left, min(FLOOR, takes)) if left > timedelta(0) else work.floor
    return left / max(len(work.technicians), 1)


def _standard(work: Work, *, factors: Mapping[str, Decimal]) -> timedelta:
    """What it takes in all at the measured pace of its technicians."""
    return timedelta(hours=float(work.hours * pace(work.technicians, factors=factors)))


def pace(technicians: Sequence[str], *, factors: Mapping[str, Decimal]) -> Decimal:
    """How much longer than the standard hours they take together, as far as it was measured, within reason."""
    paces = [min(max(factors.get(one, Decimal(1)), LEAST_FACTOR), MOST_FACTOR) for one in technicians]
    return sum(paces, Decimal(0)) / len(paces) if paces else Decimal(1)


def _reason(job: Job, begins: datetime | None, *, factors: Mapping[str, Decimal], now: datetime) -> RiskReason:
    if job.stage in _HELD:
        return _HELD[job.stage]
    if any(not one.technicians for one in job.works):
        return RiskReason.NOT_DISPATCHED
    if begins is None or begins > now:
        return RiskReason.QUEUE
    overrun = any(one.worked > _standard(one, factors=factors) for one in job.works)
    return RiskReason.OVERRUN if overrun else RiskReason.WORK


def by_standard_hours(hours: Decimal, *, clock: Clock, now: datetime) -> datetime | None:
    """When an order would be ready if nobody came before it, nothing were waited for, and work took what it should."""
    return clock(now, timedelta(hours=float(hours)) + INSPECTION + WASH)


def risk_of(promised_at: datetime | None, *, eta: datetime | None, now: datetime) -> Risk:
    """Whether a promise will hold that is not kept yet (C8); an order of which nobody knows is at risk."""
    if promised_at is None:
        return Risk.NONE
    if now > promised_at:
        return Risk.LATE
    if eta is None:
        return Risk.AT_RISK
    if eta <= promised_at - AROUND:
        return Risk.ON_TRACK
    return Risk.AT_RISK if eta <= promised_at + AROUND else Risk.LATE


def is_worse(risk: Risk, *, than: Risk) -> bool:
    """True if the advisor must be told: the order is at risk or late, and he was not told of that level yet."""
    return _RANK.index(risk) > max(_RANK.index(than), _RANK.index(Risk.ON_TRACK))


def rank(risk: Risk) -> int:
    """How bad it is."""
    return _RANK.index(risk)
