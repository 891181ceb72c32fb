"""The addresses beside the API: health, metrics and documentation."""

from __future__ import annotations

from chassis.health import Health
from gateway import faults, problems
from gateway.routing import Table
from gateway.wire import Request, Response


class Pages:
    """Answers them, without a session."""

    def __init__(self, table: Table, health: Health) -> None:
        self._health = health

    def find(self, request: Request) -> Response | None:
        """The page at an address, if there is one."""
        if request.path in ("/healthz", "/readyz", "/metrics"):
            status, content_type, body = self._health.answer(request.path)
            return Response(status, body, content_type.encode())
        return None
