"""Long work beside the event loop."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chassis.process.aside import aside
from tests.support.source import ROOT

IN_A_LOOP = """
import eventlet
eventlet.monkey_patch()
import gc, time
from chassis.process.aside import aside

turns = 0
def turn():
    global turns
    while True:
        eventlet.sleep(0.005)
        turns += 1
eventlet.spawn(turn)

def work():
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        sum(range(1000))
    return "done"

def fail():
    assert not gc.isenabled()
    raise LookupError("said so")

{call}
try:
    aside(fail)
except LookupError as error:
    print(turns > 5, said, error, gc.isenabled())
"""


@pytest.mark.parametrize(("call", "turned"), [("said = aside(work)", True), ("said = work()", False)])
def test_others_have_their_turn_while_long_work_is_done_aside(call, turned):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_A_LOOP.format(call=call)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split(maxsplit=2) == [str(turned), "done", "said so True\n"]


ONE_AT_A_TIME = """
import eventlet
eventlet.monkey_patch()
from eventlet import tpool
from chassis.process.aside import aside

at_once = most = 0
may_end = False
def work():
    global at_once, most
    at_once += 1
    most = max(most, at_once)
    while not may_end:
        pass
    at_once -= 1

others = [eventlet.spawn(aside, work) for _ in range(3)]
eventlet.sleep(0.1)
tpool.execute(lambda: None)
print(at_once, most)
may_end = True
for one in others:
    one.wait()
"""


def test_long_work_is_done_one_at_a_time_and_a_password_need_not_wait_for_it():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ONE_AT_A_TIME],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["1", "1"]


def test_without_a_loop_it_is_a_plain_call():
    assert aside(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 // 0)
