"""The gateway: every HTTP request comes in here."""

from __future__ import annotations

from chassis.store import idempotency
from chassis.table import every, hears
from contracts.customer.events import ContactShown
from gateway import access_log
from gateway.dispatch import Dispatcher
from gateway.runtime import http_api
from gateway.wire import Request, Response

TOGETHER = 100
"""Events that may be taken into one transaction."""


class GatewayService:
    """Organisation, accounts, and the HTTP API of all services."""

    name = "gateway"

    note_shown = hears(ContactShown, access_log.note_shown, batch=TOGETHER)
    old_commands = every(3600, idempotency.forget_old)

    @http_api
    def answer(self, request: Request, dispatcher: Dispatcher) -> Response:
        return dispatcher.answer(request)
