"""Faults that last: while they do the part they hit says that it is not ready; afterwards nothing is lost or twice.

No message is at fault when a database refuses or a process stands still, so nobody's dead queue gets one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, ROUNDS, SETTLED_WITHIN
from tests.support.business import Load, prepare
from tests.support.ledger import problems
from tests.support.polling import eventually, steadily
from tests.support.refusing import SERVICES, disk_full, read_only, tables_locked
from tests.support.system import HEARTBEAT, System

TOLD_WITHIN = 8.0
"""Seconds after which the part that is hit must say that it is not ready: a statement's or a lock's time, and air."""
SHORT = 5.0 if ROUNDS == 1 else 10.0
LONGER_THAN_A_LOCK_IS_WAITED_FOR = 10.0
LONGER_THAN_A_LINK_LIVES = 2.0 * HEARTBEAT + 1


@dataclass(frozen=True)
class Lasting:
    """Something that is wrong for some seconds, and the parts that must say so meanwhile."""

    name: str
    seconds: float
    hurt: Callable[[System], AbstractContextManager[None]]
    hit: tuple[str, ...]


def frozen(*programs: str) -> Lasting:
    """Processes stand still for longer than their links live without a word."""
    hit = {"broker": (*SERVICES, "gateway", "relay"), "database": (*SERVICES, "gateway")}.get(programs[0], programs)
    return Lasting(
        f"{', '.join(programs)} frozen", LONGER_THAN_A_LINK_LIVES, lambda system: system.frozen(*programs), hit
    )


TOGETHER = (frozen(*SERVICES, "gateway", "relay"),)
EACH = tuple(frozen(program) for program in (*SERVICES, "gateway", "relay"))
FAULTS = (
    Lasting("the databases refuse writes", SHORT, lambda system: read_only(system.databases), SERVICES),
    Lasting("the disk is full", SHORT, lambda system: disk_full(system.databases, *SERVICES), SERVICES),
    Lasting(
        "the tables are locked",
        LONGER_THAN_A_LOCK_IS_WAITED_FOR,
        lambda system: tables_locked(system.databases, *SERVICES),
        SERVICES,
    ),
    *(TOGETHER if ROUNDS == 1 else EACH),
    frozen("broker"),
    frozen("database"),
)


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_is_hit_says_so_and_when_it_is_over_every_closing_has_its_effects_once(
    system: System, fault: Lasting, round_: int
) -> None:
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        with fault.hurt(system):
            begun = time.monotonic()
            eventually(lambda: everybody_says_so(system, fault.hit), within=TOLD_WITHIN, what="unready parts")
            told_after = time.monotonic() - begun
            rest = fault.seconds - told_after
            steadily(lambda: all(system.problems(one) for one in fault.hit[:1]), during=rest)
        ready_after = system.ready_again(within=READY_WITHIN)

    eventually(lambda: no_problems(system, closings), within=SETTLED_WITHIN, what="every effect once")
    system.note(f"{fault.name}: said so after {told_after:.1f} s, ready after {ready_after:.1f} s")
    assert system.dead_messages() == {}


def everybody_says_so(system: System, hit: tuple[str, ...]) -> bool:
    """All of these parts are not ready."""
    silent = [program for program in hit if not system.problems(program)]
    assert not silent, f"ready, it seems: {silent}"
    return True


def no_problems(system: System, closings: list) -> bool:
    """Every closing had its effects once; if not, what is missing is told."""
    found = problems(system.databases, closings)
    assert not found, found[:10]
    return True
