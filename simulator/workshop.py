"""A workshop that does not exist: its technicians with their hidden pace, and the work that comes to it day by day.

What is hidden stays here: how quick somebody really is and how that drifts, how long a job really takes, whether parts
are missing and for how long, what else is found on the lift, who is away. A system is shown what a desk would type, and
what happened when it happened. The same seed gives the same workshop.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import exp, log

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work, by the code of its class: its share of all work, and its hours as the price list has them.

    `known` says whether the desk gives those hours. What it really takes is spread around them by `spread`, times the
    pace of who does it; parts are missing in a share of `waits`, and something more is found in a share of `finds`.
    """

    job_class: str
    share: float
    hours: tuple[float, ...]
    known: bool
    spread: float
    waits: float
    finds: float


KINDS = (
    Kind("FIRST_MAINTENANCE", 0.45, (0.8, 1.0, 1.2), known=True, spread=0.12, waits=0.005, finds=0.06),
    Kind("SECOND_MAINTENANCE", 0.15, (1.8, 2.2), known=True, spread=0.15, waits=0.01, finds=0.08),
    Kind("MINOR_REPAIR", 0.20, (1.0, 1.5, 2.5), known=True, spread=0.30, waits=0.15, finds=0.15),
    Kind("DIAGNOSIS", 0.12, (1.6,), known=False, spread=0.35, waits=0.05, finds=0.20),
    Kind("BODYWORK", 0.08, (4.0, 5.0), known=True, spread=0.25, waits=0.20, finds=0.05),
)

MEDIAN_WAIT, WAIT_SPREAD = 20 * _HOUR, 0.8
"""Half of the waits for parts are over by then, by the clock on the wall; they are lognormal."""
DATED = 0.6
"""Of so many waits the parts desk says until when, and is wrong by a fifth as a rule."""
AWAY = 0.04
"""Of so many days a technician is away."""
SLOWEST, QUICKEST = 1.9, 0.6
DRIFT = 0.03
"""A technician's pace changes by so much from week to week, as a rule."""


@dataclass(frozen=True, slots=True)
class Job:
    """A car with its work: what the desk types of it, and what is true of it.

    `takes` are the hours of somebody of pace 1. `wait` is how long its parts are missing (None: they are there), and
    `said` how long the parts desk says (None: it does not say). `found` are the hours of what else is found.
    """

    kind: Kind
    hours: float
    takes: float
    wait: timedelta | None
    said: timedelta | None
    found: float | None


class Technician:
    """Somebody of a hidden pace: 1.2 takes a fifth longer than the price list says. It drifts."""

    def __init__(self, name: str, *, chance: random.Random) -> None:
        self.name, self._chance = name, chance
        self.pace = chance.uniform(0.8, 1.5)

    def week_passes(self) -> None:
        """He is a little quicker or slower than last week."""
        self.pace = min(max(self.pace * exp(self._chance.gauss(0, DRIFT)), QUICKEST), SLOWEST)

    def is_away(self) -> bool:
        """Whether he is away on a day."""
        return self._chance.random() < AWAY


def technicians(count: int, *, seed: int) -> list[Technician]:
    """The technicians of a workshop."""
    return [Technician(f"T{number}", chance=random.Random(f"{seed} T{number}")) for number in range(1, count + 1)]


def jobs(*, seed: int) -> Iterator[Job]:
    """The work that comes to it, without end."""
    chance = random.Random(f"{seed} jobs")
    while True:
        (kind,) = chance.choices(KINDS, [kind.share for kind in KINDS])
        hours = chance.choice(kind.hours)
        wait = lognormal(MEDIAN_WAIT, WAIT_SPREAD, chance=chance) if chance.random() < kind.waits else None
        said = lognormal(wait, 0.2, chance=chance) if wait is not None and chance.random() < DATED else None
        found = chance.choice((0.3, 0.5, 1.0)) if chance.random() < kind.finds else None
        takes = hours * exp(chance.gauss(0, kind.spread))
        yield Job(kind, hours if kind.known else 0.0, takes, wait, said, found)


def lognormal(median: timedelta, spread: float, *, chance: random.Random) -> timedelta:
    """A span of which half are shorter than the median, and some much longer."""
    return _HOUR * exp(log(median / _HOUR) + chance.gauss(0, spread))
