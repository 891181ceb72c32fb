"""Routes: a row says which address is which operation; the table finds the row of a request."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from contracts.declared import fields_of
from contracts.operation import Operation
from gateway import faults
from gateway.faults import HttpFault
from gateway.search_ration import Search
from gateway.wire import BODY_LIMIT, NOTHING_MAY_RUN

BASE = "/api/v1"
FORMAT = "format"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
"""Of files, by their format."""
EVENT_STREAM = "text/event-stream"
"""Of a stream."""
JSON_LIMIT = 256 * 1024
"""Bytes of a JSON body: hundreds of lines of a repair order. It is read in the event loop, right or wrong."""
PUBLIC_LIMIT = 4 * 1024
"""Of one that anybody may send, and of one to an address that is none."""

_PARAMETER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a response beside JSON: made of that, masked and named, where the request's `format` is `name`.

    `policy` is the content security policy of a page; `saved_as` makes it a file, and names that.
    `at` is an address of its own beside the API, for people who have a link: it gives this form and no other.
    `whole` is one that is signed and kept: with its customers' names, and refused to whom something of it is masked.
    """

    name: str
    media_type: str
    render: Callable[[dict[str, Any]], bytes]
    policy: str = NOTHING_MAY_RUN
    saved_as: Callable[[dict[str, Any]], str] | None = None
    whole: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One address. Who may use it stands in `contracts/access.toml` by the operation's name.

    `zh` is the operation's summary in Chinese. `status` is that of success;
    `found` is it instead where the response says `created: false`.
    `logs_access` writes the access to personal data into the access log before it is answered;
    `rationed` answers so many of them per person and hour, and says how many are left (`gateway/access_log.py`).
    `searches` tells of a request and its answer whether it was a search by a number: rationed, and written down.
    `files` tells of a request which numbers it writes into a record: its answer says whether somebody has them.
    `guesses` tells of a request and the code it was refused with whether that said whose a number is: a search too.
    `takes_bytes` names the field that holds the request's body, which is bytes as they are (in base64 from here on).
    `public` asks for no session: of the log-in, and of what a customer's link opens (`Operation.by_link`).
    `forms` are what the answer may be instead of JSON.
    `streams` is what each message holds of the stream of events that whoever accepts one gets instead of the answer.
    `gives_file` answers with the response's `content` (base64) as a file of its `format`, called `file_name`;
    `logs_access` then writes down the response's `reason`, `rows` and `customer_ids`.
    """

    method: str
    path: str
    operation: Operation
    zh: str
    status: int = 200
    found: int | None = None
    logs_access: bool = False
    rationed: bool = False
    searches: Callable[[Mapping[str, Any], Mapping[str, Any]], Search | None] | None = None
    files: Callable[[Mapping[str, Any]], Sequence[Search]] | None = None
    guesses: Callable[[Mapping[str, Any], str], Search | None] | None = None
    public: bool = False
    takes_bytes: str = ""
    gives_file: bool = False
    forms: tuple[Form, ...] = ()
    streams: type | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def body_limit(self) -> int:
        """Bytes that its body may have."""
        return PUBLIC_LIMIT if self.public else BODY_LIMIT if self.takes_bytes else JSON_LIMIT

    def page(self, path: str) -> Form | None:
        """The form that an address beside the API gives; None for one of the API."""
        return None if path.startswith(f"{BASE}/") else next(form for form in self.forms if form.at)

    def form(self, asked: Mapping[str, Any]) -> Form | None:
        """The form that a request to the API asks for; None is JSON."""
        if FORMAT not in fields_of(self.operation.request):
            return None
        wanted = asked.get(FORMAT) or next(
            one.default for one in dataclasses.fields(self.operation.request) if one.name == FORMAT
        )
        return next((form for form in self.forms if form.name == wanted), None)


@dataclass(slots=True)
class _Node:
    words: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)


class Table:
    """All routes, found word by word; a word goes before a parameter (`/customers/lookup`)."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._root = _Node()
        for route in self.routes:
            self._add(route, BASE + route.path)
            for form in route.forms:
                if form.at:
                    self._add(route, form.at)

    def _add(self, route: Route, path: str) -> None:
        node = self._root
        for word in _words(path):
            if _PARAMETER.fullmatch(word):
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.words.setdefault(word, _Node())
        if route.method in node.routes:
            raise TypeError(f"{route.method} {path} is there twice")
        node.routes[route.method] = route

    def body_limit(self, method: str, path: str) -> int:
        """Bytes that the body of such a request may have."""
        try:
            return self.find(method, path)[0].body_limit
        except HttpFault:
            return PUBLIC_LIMIT

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route of a request and the values in its path. Raises HttpFault: PATH_UNKNOWN, METHOD_NOT_ALLOWED."""
        node, values = self._root, []
        for word in _words(path):
            following = node.words.get(word)
            if following is None:
                following = node.parameter if word else None
                values.append(word)
            if following is None:
                raise HttpFault(faults.PATH_UNKNOWN)
            node = following
        if not node.routes:
            raise HttpFault(faults.PATH_UNKNOWN)
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise HttpFault(faults.METHOD_NOT_ALLOWED, headers=(("Allow", allowed(node.routes)),))
        if not values:
            return route, {}
        return route, dict(zip(route.parameters, map(_decoded, values), strict=True))


def allowed(methods: Iterable[str]) -> str:
    """The value of an `Allow` header."""
    known = set(methods)
    return ", ".join(sorted(known | {"HEAD"} if "GET" in known else known))


def _words(path: str) -> list[str]:
    return path[1:].split("/")


def _decoded(word: str) -> str:
    try:
        text = unquote_to_bytes(word).decode("utf-8")
    except UnicodeDecodeError:
        raise HttpFault(faults.PATH_UNKNOWN) from None
    if not text or not text.isprintable():
        raise HttpFault(faults.PATH_UNKNOWN)
    return text
