"""Faults that last: while they do the part they hit says that it is not ready; afterwards nothing is lost or twice.

No message is at fault when a database refuses or a process stands still, so nobody's dead queue gets one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from tests.faults.test_nothing_lost import CLOSINGS, RATE, READY_WITHIN, ROUNDS, SETTLED_WITHIN
from tests.support.business import Load, prepare
from tests.support.ledger import problems
from tests.support.polling import eventually, steadily
from tests.support.refusing import SERVICES, disk_full, read_only, tables_locked
from tests.support.system import HEARTBEAT, System

SHORT = 4.0 if ROUNDS == 1 else 10.0
LONGER_THAN_A_LOCK_IS_WAITED_FOR = 10.0
LONGER_THAN_A_LINK_LIVES = 2 * HEARTBEAT + 4.0
"""Seconds; after two heartbeats without a word a link is given up."""


@dataclass(frozen=True)
class Lasting:
    """Something that is wrong for some seconds, and the parts that must say so before it is over."""

    name: str
    seconds: float
    hurt: Callable[[System], AbstractContextManager[object]]
    hit: tuple[str, ...]


def refusing(*services: str) -> Lasting:
    """Their disk is full."""
    return Lasting("the disk is full", SHORT, lambda system: disk_full(system.databases, *services), services)


def locked(*services: str) -> Lasting:
    """Somebody holds their tables."""
    seconds = LONGER_THAN_A_LOCK_IS_WAITED_FOR
    return Lasting(
        "the tables are locked", seconds, lambda system: tables_locked(system.databases, *services), services
    )


def frozen(*programs: str) -> Lasting:
    """Processes stand still for longer than their links live without a word."""
    hit = {"broker": (*SERVICES, "gateway", "relay"), "database": (*SERVICES, "gateway")}.get(programs[0], programs)
    name = f"{', '.join(programs)} frozen"
    seconds = HEARTBEAT + 1.0 if programs == ("database",) else LONGER_THAN_A_LINK_LIVES  # it has no link of ours
    return Lasting(name, seconds, lambda system: system.frozen(*programs), hit)


def at_once(*faults: Lasting) -> Lasting:
    """Several, each in its place."""

    @contextmanager
    def hurt(system: System) -> Iterator[None]:
        with ExitStack() as all_of_them:
            for fault in faults:
                all_of_them.enter_context(fault.hurt(system))
            yield

    return Lasting(
        ", ".join(fault.name for fault in faults),
        max(fault.seconds for fault in faults),
        hurt,
        tuple(part for fault in faults for part in fault.hit),
    )


READ_ONLY = Lasting("the databases refuse writes", SHORT, lambda system: read_only(system.databases), SERVICES)
TOGETHER = (
    READ_ONLY,
    at_once(refusing("customer", "sales"), locked("workshop", "followup", "reporting")),
    frozen(*SERVICES, "gateway", "relay"),
    frozen("broker"),
    frozen("database"),
)
"""What a short run tries: no two of them hide one another."""
EACH = (
    READ_ONLY,
    refusing(*SERVICES),
    locked(*SERVICES),
    *(frozen(program) for program in (*SERVICES, "gateway", "relay", "broker", "database")),
)


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("fault", TOGETHER if ROUNDS == 1 else EACH, ids=lambda fault: fault.name)
def test_what_is_hit_says_so_and_when_it_is_over_every_closing_has_its_effects_once(
    system: System, fault: Lasting, round_: int
) -> None:
    closings = prepare(system.desk, count=CLOSINGS)

    with Load(system.desk, closings, rate=RATE):
        with fault.hurt(system):
            begun = time.monotonic()
            eventually(lambda: everybody_says_so(system, fault.hit), within=fault.seconds, what="unready parts")
            told_after = time.monotonic() - begun
            steadily(lambda: system.problems(fault.hit[0]), during=fault.seconds - told_after)
        ready_after = system.ready_again(within=READY_WITHIN)

    eventually(lambda: no_problems(system, closings), within=SETTLED_WITHIN, what="every effect once")
    system.note(f"{fault.name}: said so after {told_after:.1f} s, ready after {ready_after:.1f} s")
    assert system.dead_messages() == {}


def everybody_says_so(system: System, hit: tuple[str, ...]) -> bool:
    """All of these parts are not ready."""
    with ThreadPoolExecutor(len(hit)) as pool:  # whoever stands still does not answer for three seconds
        silent = [program for program, told in zip(hit, pool.map(system.problems, hit), strict=True) if not told]
    assert not silent, f"ready, it seems: {silent}"
    return True


def no_problems(system: System, closings: list) -> bool:
    """Every closing had its effects once; if not, what is missing is told."""
    found = problems(system.databases, closings)
    assert not found, found[:10]
    return True
