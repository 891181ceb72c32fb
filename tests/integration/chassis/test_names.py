"""Host names are looked up beside the event loop, and no process carries a resolver for it."""

from __future__ import annotations

import subprocess
import sys

from tests.support.source import ROOT

SLOW_NAMES = """
import chassis, eventlet
eventlet.monkey_patch()
import socket, sys, threading
from eventlet import patcher
from chassis.process import names

slow = patcher.original("threading").Event()
def look_up(host, *more):
    slow.wait(0.5)
    raise socket.gaierror(host)
really, names._look_up = names._look_up, look_up
names.look_up_aside()

turns = 0
def turn():
    global turns
    while True:
        eventlet.sleep(0.005)
        turns += 1
eventlet.spawn(turn)
try:
    socket.create_connection(("no.such.host", 1))
except socket.gaierror as error:
    print(turns > 5, error)
names._look_up = really
print(socket.getaddrinfo("127.0.0.1", 1, 0, socket.SOCK_STREAM) == really("127.0.0.1", 1, 0, socket.SOCK_STREAM))
print(socket.getaddrinfo("localhost", 1) == really("localhost", 1))
print(sorted(name for name in sys.modules if name.split(".")[0] == "dns"))
"""


def test_a_slow_name_server_stops_nobody_but_who_asks_for_the_name():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SLOW_NAMES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["True no.such.host", "True", "True", "[]"]
