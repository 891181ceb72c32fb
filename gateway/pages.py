"""The addresses beside the API: the console, health, metrics and documentation. Nobody needs a session for them."""

from __future__ import annotations

import orjson

from chassis.process.health import Health
from gateway import asyncapi, docs_page, encoding, faults, openapi
from gateway.console_files import ConsoleFiles, is_of_console
from gateway.faults import HttpFault
from gateway.routing import Table
from gateway.wire import Request, Response

HTML = b"text/html; charset=utf-8"
LOOKING = ("GET", "HEAD")
OF_THE_PROCESS = frozenset(("/healthz", "/readyz", "/metrics"))


class Pages:
    """Answers them; the documents are made once, at the start."""

    def __init__(self, table: Table, health: Health, console: ConsoleFiles) -> None:
        self._health, self._console = health, console
        document = openapi.document(table)
        made = {
            "/": Response(200, docs_page.welcome(), HTML, policy=docs_page.POLICY),
            "/docs": Response(200, docs_page.docs(document), HTML, policy=docs_page.POLICY),
            "/openapi.json": Response(200, orjson.dumps(document)),
            "/asyncapi.json": Response(200, orjson.dumps(asyncapi.document())),
        }
        self._made = {path: (page, encoding.packed(page, level=encoding.ONCE)) for path, page in made.items()}

    def find(self, request: Request) -> Response | None:
        """The page at an address, if there is one. Raises HttpFault for anything but a look at it."""
        path = request.path
        if path.startswith("/api/"):
            return None
        of_console = is_of_console(path)
        if not of_console and path not in OF_THE_PROCESS and path not in self._made:
            return None
        if request.method not in LOOKING:
            raise HttpFault(faults.METHOD_NOT_ALLOWED, headers=(("Allow", ", ".join(LOOKING)),))
        if of_console:
            return self._console.answer(request)
        if path in self._made:
            plain, packed = self._made[path]
            return packed if encoding.takes_gzip(request.headers) else plain
        status, content_type, body = self._health.answer(path)
        return Response(status, body, content_type.encode())
