"""Long work beside the event loop."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chassis.aside import aside
from tests.support.source import ROOT

IN_A_LOOP = """
import eventlet
eventlet.monkey_patch()
import time
from chassis.aside import aside

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
    raise LookupError("said so")

{call}
try:
    aside(fail)
except LookupError as error:
    print(turns > 5, said, error)
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
    assert done.stdout.split(maxsplit=2) == [str(turned), "done", "said so\n"]


def test_without_a_loop_it_is_a_plain_call():
    assert aside(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 // 0)
