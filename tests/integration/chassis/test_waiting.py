"""A process of greenlets waits for its database and for nothing else, whatever happens to the connection meanwhile."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.source import ROOT

BEGIN = """
import chassis, eventlet, sys
eventlet.monkey_patch()
import psycopg
from eventlet import hubs
from chassis.store import waiting
waiting.wait_green()

url = sys.argv[1]
one, other = psycopg.connect(url, autocommit=True), psycopg.connect(url, autocommit=True)
turns = 0
def turn():
    global turns
    while True:
        eventlet.sleep(0.005)
        turns += 1
turner = eventlet.spawn(turn)

def listeners():
    hub = hubs.get_hub()
    return [fileno for each in hub.listeners.values() for fileno in each] + list(hub.closed)
"""
AT_ONCE = """
waiting_for_another = eventlet.spawn(one.execute, "SELECT pg_sleep(0.4)")
eventlet.sleep(0)
print(other.execute("SELECT 7").fetchone(), waiting_for_another.dead, turns < 20)
waiting_for_another.wait()
print(turns > 20, listeners())
"""
STRUCK = """
try:
    with eventlet.Timeout(0.1):
        one.execute("SELECT pg_sleep(9)")
except eventlet.Timeout:
    print("struck", listeners())
print([other.execute("SELECT %s", (number,)).fetchone()[0] for number in range(50)] == list(range(50)), listeners())
"""
STRUCK_BY_WHOM_THE_SAME_TURN_WOKE = """
def asks(connection):
    try:
        connection.execute("SELECT pg_sleep(0.2)")
        eventlet.sleep(0.3)
        return "whole"
    except eventlet.greenlet.GreenletExit:
        before = turns
        eventlet.sleep(0.2)
        return "ended" if turns > before + 5 else "woken by what it waits for no more"

here = eventlet.getcurrent()
second = eventlet.spawn(asks, other)
first = eventlet.spawn(asks, one)
eventlet.sleep(0)
hub, ended = hubs.get_hub(), []
for asker, victim in ((first, second), (second, first)):
    listener = next(each for each in hub.listeners[hub.READ].values() if each.greenlet is asker)
    woken = listener.cb
    listener.cb = lambda fileno, woken=woken, victim=victim: (ended or ended.append(victim.kill()), woken(fileno))
print(sorted((first.wait(), second.wait())), listeners())
"""
LARGE = """
text = "永" * 9_000_000
print(one.execute("SELECT length(%s), %s", (text, text)).fetchone() == (9_000_000, text), turns > 0, listeners())
"""
ENDED = """
pid = one.info.backend_pid
def end():
    eventlet.sleep(0.1)
    other.execute("SELECT pg_terminate_backend(%s)", (pid,))
ending = eventlet.spawn(end)
try:
    one.execute("SELECT pg_sleep(9)")
except psycopg.OperationalError as error:
    ending.wait()
    print(error.sqlstate, listeners())
"""


@pytest.mark.parametrize(
    ("what", "told"),
    [
        pytest.param(AT_ONCE, ["(7,) False True", "True []"], id="others go on"),
        pytest.param(STRUCK, ["struck []", "True []"], id="a deadline strikes in mid-statement"),
        pytest.param(LARGE, ["True True []"], id="more than the connection takes at once"),
        pytest.param(ENDED, ["57P01 []"], id="the server ends the connection"),
        pytest.param(
            STRUCK_BY_WHOM_THE_SAME_TURN_WOKE, ["['ended', 'whole'] []"], id="ended by whom the same turn woke"
        ),
    ],
)
def test_of_a_statement_that_waits(postgres_url: str, what: str, told: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BEGIN + what, postgres_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.splitlines(), done.returncode) == (told, 0), done.stderr
