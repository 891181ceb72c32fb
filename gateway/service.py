"""The gateway: every HTTP request comes in here."""

from __future__ import annotations

from gateway.dispatch import Dispatcher
from gateway.runtime import http_api
from gateway.wire import Request, Response


class GatewayService:
    """Organisation, accounts, and the HTTP API of all services."""

    name = "gateway"

    @http_api
    def answer(self, request: Request, dispatcher: Dispatcher) -> Response:
        return dispatcher.answer(request)
