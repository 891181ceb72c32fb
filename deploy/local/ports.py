"""Ports of the loopback address: free ones, each for one process.

Seconds go by from the choice of a port to the moment a server listens there, and whatever starts meanwhile would find
it free too. So a choice is a claim: a name in the kernel's abstract sockets, which it forgets when the process ends.
"""

import errno
import random
import socket
from collections.abc import Collection
from pathlib import Path

from deploy.local.errors import LocalStackError

LOWEST = 15000
DEFAULT_EPHEMERAL_START = 32768

_claimed: dict[int, int] = {}
"""What stands for each port of ours: the descriptor of its claim, open until this process ends."""


def claim(port: int) -> str:
    """Take this port until this process ends; returns why it cannot be had, or an empty text."""
    if trouble := _trouble(port):
        return trouble
    if port not in _claimed:
        ours = socket.socket(socket.AF_UNIX)
        try:
            ours.bind(f"\0crm-port-{port}")
        except OSError:
            ours.close()
            return "another program is about to listen there"
        _claimed[port] = ours.detach()
    return ""


def any_free(*, besides: Collection[int] = ()) -> int:
    """A port of ours below the range the kernel hands out to outgoing connections.

    A port from inside that range can be taken by anybody's connection while our server restarts,
    and a client that keeps trying such a port on loopback can even connect to itself.
    """
    for _ in range(1000):
        port = random.randrange(LOWEST, _ephemeral_start())  # noqa: S311  # a port is no secret
        if port not in besides and port not in _claimed and not claim(port):
            return port
    raise LocalStackError(f"no free port found between {LOWEST} and {_ephemeral_start()}")


def _trouble(port: int) -> str:
    """Why a server could not listen on this port now; empty if it could."""
    with socket.socket() as probe:
        # without this a port whose last connections are in TIME_WAIT looks taken
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return "this port is the administrator's"
        except OSError as problem:
            return "another program listens there" if problem.errno == errno.EADDRINUSE else str(problem.strerror)
        return ""


def _ephemeral_start() -> int:
    try:
        low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return DEFAULT_EPHEMERAL_START
    return low if low > LOWEST + 1000 else DEFAULT_EPHEMERAL_START
