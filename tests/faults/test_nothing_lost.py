"""After each fault, under load: nothing lost, nothing twice, everybody ready again by themselves.

One round of each with a small load in `make test`;
`make faults` does three rounds under twenty closings a second for ten seconds.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.support.business import Load, prepare
from tests.support.ledger import Databases, duplicates_seen, problems
from tests.support.polling import eventually, patience
from tests.support.system import System

ROUNDS = int(os.environ.get("CRM_FAULT_ROUNDS", "1"))
CLOSINGS = int(os.environ.get("CRM_FAULT_CLOSINGS", "24"))
RATE = 20.0
"""Closings a second."""
READY_WITHIN = 15.0
"""Seconds after which every process must be ready again, without a hand laid on it (I14)."""
SETTLED_WITHIN = 60.0
REPEATED_WITHIN = 15.0
TRIES = 4
"""How often a fault strikes that must make the broker repeat: what it struck may be an event that no inbox keeps
(`visit_fell_due`, `vehicle_received`), and then nobody sees that it came twice."""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation IN ('inbox'::regclass, 'command_log'::regclass)"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong. `repeats` says that it must make the broker deliver something twice."""

    name: str
    strike: Callable[[System], None]
    repeats: bool = False


def killed(program: str) -> Fault:
    """`kill -9` of a process."""
    return Fault(f"{program} killed", lambda system: system.kill(program))


def dies_at(point: str, *programs: str) -> Fault:
    """Processes die at a point in their work. After these two the broker surely has what is sent again."""
    repeats = point in ("after_commit_before_ack", "relay_confirmed_before_mark")
    return Fault(
        f"{', '.join(programs)} die at {point}", lambda system: system.die_at(point, *programs), repeats=repeats
    )


def servers_die(*names: str) -> Fault:
    """`kill -9` of servers that only the stack's own watch brings back."""
    return Fault(f"{' and '.join(names)} die by themselves", lambda system: system.kill_servers(*names))


FAULTS = (
    killed("customer"),
    killed("sales"),
    killed("workshop"),
    killed("followup"),
    killed("reporting"),
    killed("gateway"),
    killed("relay"),
    dies_at("before_commit", "customer", "followup", "reporting"),
    dies_at("before_commit", "sales", "workshop"),
    dies_at("after_commit_before_ack", "customer", "followup", "reporting"),
    dies_at("relay_published_before_confirm", "relay"),
    dies_at("relay_confirmed_before_mark", "relay"),
    Fault("broker killed", lambda system: system.restart_broker()),
    *((servers_die("broker"), servers_die("database")) if ROUNDS > 1 else ()),
    servers_die("broker", "database"),
    Fault("all broker connections closed", lambda system: system.close_connections()),
    Fault("half-dead links", lambda system: system.freeze_links()),
    Fault("database restarted at once", lambda system: system.restart_database()),
)


def struck(system: System, fault: Fault) -> float:
    """The fault strikes under load and every effect is there once; the seconds until everybody was ready again."""
    closings = prepare(system.desk, count=CLOSINGS)
    eventually(lambda: not problems(system.databases, []), within=SETTLED_WITHIN)  # the fault is to strike the closings
    with Load(system.desk, closings, rate=RATE):
        fault.strike(system)
        ready_after = system.ready_again(within=READY_WITHIN)
    eventually(lambda: not problems(system.databases, closings), within=SETTLED_WITHIN, what="every effect once")
    return ready_after


def repeated(system: System, before: int) -> bool:
    """Whether something was delivered again, which comes after the effects are whole."""
    try:
        return eventually(lambda: duplicates_seen(system.databases) > before, within=REPEATED_WITHIN)
    except AssertionError:
        return False


@pytest.mark.parametrize("round_", range(ROUNDS))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_closing_has_its_effects_exactly_once(system: System, fault: Fault, round_: int) -> None:
    eventually(lambda: not problems(system.databases, []), within=SETTLED_WITHIN)
    seen_before = duplicates_seen(system.databases)
    ready_after = struck(system, fault)
    for _ in range(TRIES - 1):
        if not fault.repeats or repeated(system, seen_before):
            break
        ready_after = struck(system, fault)
    assert not fault.repeats or repeated(system, seen_before), "the fault made no duplicate, so it tested nothing"
    system.note(
        f"{fault.name}: ready after {ready_after:.1f} s, {duplicates_seen(system.databases) - seen_before} duplicates"
    )
    assert system.dead_messages() == {}


@contextmanager
def work_in_hand(databases: Databases, program: str) -> Iterator[None]:
    """The program is in the middle of an event or a command when the block begins, and for half a second more."""
    if program in ("gateway", "relay"):  # they have no inbox and no command of a closing
        yield
        return
    with databases.connection(program, autocommit=False) as holder:
        holder.execute("LOCK TABLE inbox, command_log IN SHARE ROW EXCLUSIVE MODE")
        eventually(lambda: databases.rows(program, WAITING) != [(0,)], within=5, what=f"{program} at work")
        release = threading.Timer(0.5, holder.rollback)
        release.start()
        yield
        release.join()


@pytest.mark.parametrize("program", ["customer", "sales", "workshop", "followup", "reporting", "gateway", "relay"])
def test_a_stop_finishes_the_work_in_hand_and_nothing_is_delivered_again(system: System, program: str) -> None:
    closings = prepare(system.desk, count=CLOSINGS)
    eventually(lambda: not problems(system.databases, []), within=SETTLED_WITHIN)
    seen_before = duplicates_seen(system.databases)

    with Load(system.desk, closings, rate=RATE), work_in_hand(system.databases, program):
        stopped_after = system.stop_gracefully(program, with_signal=signal.SIGTERM)
        system.ready_again(within=READY_WITHIN)

    eventually(lambda: not problems(system.databases, closings), within=SETTLED_WITHIN, what="every effect once")
    assert stopped_after < patience(30)
    assert duplicates_seen(system.databases) == seen_before
    assert system.dead_messages() == {}


def test_a_stop_ends_even_while_the_broker_is_away(system: System) -> None:
    with system.broker_away():
        stopped_after = system.stop_gracefully("customer", with_signal=signal.SIGTERM)

    assert stopped_after < patience(30)
    system.ready_again(within=READY_WITHIN)
