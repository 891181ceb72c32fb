"""Host names are looked up in a real thread: a name server that is slow stops nobody but who asks for the name.

eventlet's own resolver does that in greenlets and costs every process 9 MB: it is not loaded (`chassis/__init__.py`).
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

from eventlet import tpool
from eventlet.green import socket as green_socket

from chassis.process.aside import few_threads

_look_up = socket.getaddrinfo


def look_up_aside() -> None:
    """From now on: for processes of greenlets, after they were made so."""
    few_threads()
    socket.getaddrinfo = green_socket.getaddrinfo = _getaddrinfo


def _getaddrinfo(host: Any, *port_and_more: Any, **more: Any) -> Any:
    """socket.getaddrinfo, for what is no address but a name."""
    try:
        ip_address(host)
    except ValueError:
        return tpool.execute(_look_up, host, *port_and_more, **more)
    return _look_up(host, *port_and_more, **more)
