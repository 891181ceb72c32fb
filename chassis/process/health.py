"""Health: `/healthz`, `/readyz` and `/metrics` of each process, and a watchdog for a stuck event loop.

Alive means the loop turns and the links' threads turn; ready means broker and database answer.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.process import logs, metrics
from chassis.process.settings import Environment

log = logs.get("health")

STUCK_AFTER = 60.0
"""Seconds without a turn of the event loop after which the process is ended from outside of it."""


class Watched(Protocol):
    """A part of the process that knows what is wrong with it."""

    def problems(self) -> list[str]:
        """Why it is not ready; empty when it is."""
        ...


class Health:
    """What this process says of itself."""

    def __init__(self) -> None:
        self._parts: list[Watched] = []

    def watch(self, part: Watched) -> None:
        """Ask this part too."""
        self._parts.append(part)

    def problems(self) -> list[str]:
        """Everything that keeps the process from being ready."""
        if not self._parts:
            return ["starting"]
        return [problem for part in self._parts for problem in part.problems()]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body for a path."""
        if path == "/healthz":
            return 200, "application/json", b'{"alive":true}'
        if path == "/readyz":
            problems = self.problems()
            body = orjson.dumps({"ready": not problems, "problems": problems})
            return (503 if problems else 200), "application/json", body
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest()
        return 404, "application/json", b"{}"

    def serve(self, port: int, *, host: str | None = None) -> None:
        """Answer on a port of its own, in the background, where `CRM_HEALTH_HOST` says. Port 0 means not at all."""
        if not port:
            return
        host = host or Environment().text("CRM_HEALTH_HOST", "127.0.0.1")
        health = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                status, content_type, body = health.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Health requests are not worth a line."""

        server = ThreadingHTTPServer((host, port), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()


def guard_loop(real_thread: Callable[..., threading.Thread], real_sleep: Callable[[float], None]) -> None:
    """End the process if its event loop stops turning; watched from a real thread, for greenlets are in the loop."""
    turned = [time.monotonic()]

    def tick() -> None:
        while True:
            before = time.monotonic()
            time.sleep(1)
            turned[0] = time.monotonic()
            metrics.HUB_LAG.set(turned[0] - before - 1)

    def watch() -> None:
        while True:
            real_sleep(5)
            if time.monotonic() - turned[0] > STUCK_AFTER:
                os.write(2, b'{"event":"event loop stuck, process ends"}\n')
                os._exit(70)

    threading.Thread(target=tick, daemon=True).start()
    real_thread(target=watch, daemon=True).start()
