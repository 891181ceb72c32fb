"""A sheet that comes too late is answered as late, and keeps nobody waiting meanwhile."""

from __future__ import annotations

import subprocess
import sys

from tests.support.source import ROOT

LATE = """
import eventlet
eventlet.monkey_patch()
import time
from gateway.answering import _in_form
from gateway.faults import HttpFault
from gateway.routing import Form

turns = 0
def turn():
    global turns
    while True:
        eventlet.sleep(0.005)
        turns += 1
eventlet.spawn(turn)

def slow(item):
    until = time.monotonic() + 1
    while time.monotonic() < until:
        sum(range(1000))
    return b"late"

form = Form("pdf", "application/pdf", slow, saved_as=lambda item: "late.pdf")
began = time.monotonic()
try:
    _in_form(form, {}, status=200, extra=(), seconds=0.2)
except HttpFault as fault:
    print(fault.fault.code, time.monotonic() - began < 0.8, turns > 2)
print(_in_form(form, {}, status=200, extra=(), seconds=20).body)
"""


def test_a_file_that_is_not_made_in_time_is_answered_as_late_and_the_next_one_comes() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LATE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "TIMED_OUT True True\nb'late'\n"
