"""The HTTP server on nameko's: it accepts, keeps the number of connections bounded, and stops gracefully.

A request is answered in its connection's own greenlet: no worker is taken, so slow clients hold none,
and what a request may wait for is bounded behind it (`chassis.bus.rpc`: calls per service, with deadlines).
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import eventlet
from eventlet.timeout import Timeout
from nameko.web.server import WebServer
from prometheus_client import Gauge

from chassis.process import logs
from chassis.process.settings import HttpSettings, Settings
from gateway import faults, problems
from gateway.faults import HttpFault
from gateway.wire import Arriving, BodyLimit, Connection, Request, Response

log = logs.get("http")

BACKLOG = 1024
CONNECTIONS = Gauge("crm_http_connections", "Open connections of HTTP clients")

Answer = Callable[[Request], Response]


class Server(WebServer):
    """Serves one handler for everything; what nameko has of routing and WSGI is not used."""

    handler: Answer
    body_limit: BodyLimit
    _starting: bool
    _is_accepting: bool

    def setup(self) -> None:
        """Read the settings."""
        settings: Settings = self.container.config["settings"]
        assert settings.http is not None
        self._http: HttpSettings = settings.http
        self._stop_timeout = settings.stop_timeout
        self._open: dict[Connection, None] = {}
        self._arriving = Arriving()

    def start(self) -> None:
        """Listen and accept."""
        if self._starting:
            return
        self._starting = True
        self._sock = eventlet.listen((self._http.host, self._http.port), backlog=BACKLOG, reuse_port=False)
        self._gt = self.container.spawn_managed_thread(self.run, identifier="http accept")

    def run(self) -> None:
        """Accept until paused."""
        while True:
            try:
                sock, address = self._sock.accept()
            except OSError as error:
                if not self._is_accepting:
                    return
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._make_room()
                log.warning("not accepted", error=repr(error))
                time.sleep(0.05)
                continue
            self.container.spawn_managed_thread(partial(self.process_request, sock, address), identifier="http")

    def process_request(self, sock: socket.socket, address: Any) -> None:
        """Serve one connection to its end. Never raises: that would end the container."""
        connection = Connection(sock, address[0], self._arriving, self.body_limit)
        try:
            if len(self._open) >= self._http.most_connections and not self._make_room():
                connection.write(_told(faults.OVERLOADED), keep=False)
                connection.linger()
                return
            self._open[connection] = None
            CONNECTIONS.set(len(self._open))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(connection)
        except OSError:
            pass  # the client has left, or does not take its answer
        except Exception as error:  # noqa: BLE001  # one connection's end, not the container's
            log.error("connection failed", error=logs.describe(error), where=logs.origin(error))
        finally:
            self._open.pop(connection, None)
            CONNECTIONS.set(len(self._open))
            connection.close()

    def _serve(self, connection: Connection) -> None:
        keep = True
        while keep and self._is_accepting:
            try:
                request = connection.read()
            except HttpFault as fault:
                connection.write(_told(fault.fault, **fault.details), keep=False)
                connection.linger()
                return
            if request is None:
                return
            connection.busy = True
            response = self._answer(request)
            if response.follow is not None:
                self._follow(connection, response)
                return
            keep = request.keep and self._is_accepting
            try:
                connection.write(response, keep=keep, without_body=request.method == "HEAD")
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001  # HTTP cannot hold it, and nothing of it has been sent
                log.error("answer not written", error=logs.describe(error), where=logs.origin(error))
                connection.write(_told(faults.INTERNAL), keep=False)
                return
            connection.busy = False

    def _follow(self, connection: Connection, response: Response) -> None:
        """Send a stream to its end. It is no connection among the others: whoever holds it counts and ends it."""
        self._open.pop(connection, None)
        CONNECTIONS.set(len(self._open))
        connection.stay_open()
        connection.write(response, keep=False)
        assert response.follow is not None
        response.follow(connection)

    def _answer(self, request: Request) -> Response:
        """The handler's answer, or that it gave none: whoever asked must not wait in vain."""
        try:
            return self.handler(request)
        except (Exception, Timeout) as error:  # noqa: BLE001  # it is an answer, whatever it is
            log.error("request not answered", error=logs.describe(error), where=logs.origin(error))
            return _told(faults.INTERNAL)

    def _make_room(self) -> bool:
        """Close the connection that has been open longest without a request in hand; False if all are busy."""
        idle = next((each for each in self._open if not each.busy), None)
        if idle is None:
            return False
        del self._open[idle]
        idle.hang_up()
        return True

    def pause(self) -> None:
        """Accept no more, close what is idle, and wait for the requests in hand."""
        if not self._is_accepting:
            return
        self._is_accepting = False
        self._gt.kill()
        self._sock.close()
        deadline = time.monotonic() + self._stop_timeout
        for connection in list(self._open):
            if not connection.busy:
                connection.hang_up()
        while any(connection.busy for connection in self._open) and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """After the requests in hand."""
        self.pause()
        self.wait_for_providers()

    def kill(self) -> None:
        """The container is dying."""
        self._is_accepting = False


def _told(fault: faults.Fault, **details: Any) -> Response:
    return problems.of_fault(fault, language="zh", request_id="-", details=details)
