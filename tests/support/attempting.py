"""Sending wrong requests to a running system, over HTTP and past the gateway, and judging what comes back."""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from chassis.bus.context import new_context
from chassis.process.actors import GATEWAY, Signer
from chassis.process.clock import now
from chassis.process.settings import SERVICES, named
from contracts.access import SERVICE, Actor
from contracts.operation import Operation
from gateway.routing import BASE, Route
from simulator.client import ApiProblem
from tests.support.misplacing import written
from tests.support.plain_caller import Line
from tests.support.polling import patience
from tests.support.wrong_values import LEFT_OUT, Attempt, Place, Raw

AT_ONCE = 8
WITHIN = 1.0
"""Seconds in which everything is to be answered."""
PATIENCE = 2.5
SILENT_ENOUGH = 3 * AT_ONCE
"""Requests on end without an answer after which a service is not asked any more."""


@dataclass(frozen=True)
class Seen:
    """What came back: a status, or an outcome of the broker; `answer` is decoded."""

    outcome: int | str | None
    seconds: float
    answer: Any = None

    @property
    def refused(self) -> bool:
        """The request was turned away, and nothing broke."""
        return self.outcome == "refused" or (isinstance(self.outcome, int) and 400 <= self.outcome < 500)

    @property
    def done(self) -> bool:
        """The request was taken."""
        return self.outcome == "ok" or (isinstance(self.outcome, int) and 200 <= self.outcome < 300)

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.answer.get("code", "")) if isinstance(self.answer, dict) else ""

    @property
    def complaints(self) -> Any:
        """Of a refused shape, field by field."""
        if not isinstance(self.answer, dict):
            return None
        return self.answer.get("errors") or (self.answer.get("details") or {}).get("errors")

    def __str__(self) -> str:
        told = "no answer" if self.outcome is None else f"{self.outcome} {self.code}".strip()
        return f"{told} after {self.seconds:.2f} s"


@dataclass(frozen=True)
class Sending:
    """One request to be sent, and how."""

    operation: Operation
    attempt: Attempt
    send: Callable[[], Seen]
    by: str

    def __str__(self) -> str:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.attempt.place)
        return f"{self.by} {self.operation.name}{place!r:.60} {self.attempt.what}"


@dataclass
class Findings:
    """Everything that was not as it should be."""

    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    slow: list[tuple[Sending, Seen]] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)
    untried: Counter[str] = field(default_factory=Counter)

    def judge(self, sending: Sending, seen: Seen) -> None:
        """Write down what is wrong with an answer."""
        self.seconds.append(seen.seconds)
        self.outcomes[f"{sending.by} {seen.outcome} {seen.code}"] += 1
        service = sending.operation.service
        self.silent[service] = self.silent[service] + 1 if seen.outcome is None else 0
        wrong = fault_of(sending.attempt, seen)
        if seen.outcome is None or seen.seconds > patience(WITHIN):
            self.slow.append((sending, seen))
        elif wrong:
            self.faults.append(f"{sending}: {wrong}: {seen}")

    def repeat_slow(self) -> None:
        """Once more and alone, and once again: the machine may have been busy."""
        for sending, first in self.slow:
            seen = min((sending.send(), sending.send()), key=lambda one: one.seconds)
            wrong = fault_of(sending.attempt, seen) or ("slow" if seen.seconds > patience(WITHIN) else "")
            if wrong:
                self.faults.append(f"{sending}: {first}, and then alone {wrong}: {seen}")
        self.slow = []

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    def told(self) -> str:
        """All of it, for a person."""
        left = [f"not tried any more, {service} is silent: {count}" for service, count in self.untried.items()]
        return "\n".join([f"{len(self.faults)} of {len(self.seconds)} answers are wrong", *self.faults, *left])


def fault_of(attempt: Attempt, seen: Seen) -> str:
    """Why this is no answer to such a request; empty if it is one."""
    if not seen.refused and not (seen.done and attempt.legal):
        return "taken" if seen.done else "not answered" if seen.outcome is None else "failed"
    if seen.refused and not seen.code:
        return "a refusal without a code"
    if not attempt.legal and seen.code == "INVALID_REQUEST" and not names(seen.complaints, attempt.place):
        return f"the place is not named: {json.dumps(seen.complaints)[:200]}"
    return ""


def names(complaints: Any, place: Place) -> bool:
    """Whether complaints name the place, or what it stands in."""
    if not complaints:
        return False
    for step in place:
        if not isinstance(complaints, dict) or "_schema" in complaints or "_" in complaints:
            return True
        name = next((known for known in complaints if is_name_of(known, step)), None)
        if name is None:
            return False
        complaints = complaints[name]
    return True


def is_name_of(told: str, step: str | int) -> bool:
    """Whether that is how a complaint calls it; a long name is cut."""
    return told == str(step) or (told.endswith("…") and str(step).startswith(told[:-1]))


def send_all(sendings: Iterable[Sending]) -> Findings:
    """Send everything, several at once."""
    findings = Findings()
    lock = threading.Lock()

    def one(sending: Sending) -> None:
        service = sending.operation.service
        if findings.silent[service] >= SILENT_ENOUGH:
            with lock:
                findings.untried[service] += 1
            return
        try:
            seen = sending.send()
        except ApiProblem as problem:
            with lock:
                findings.faults.append(f"{sending}: its good request could not be made: {problem}")
                findings.silent[service] += 1
            return
        with lock:
            findings.judge(sending, seen)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, sendings))
    return findings


class PastTheGateway:
    """Calls straight to the services, with our keys; a line for each thread."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._uri = environment["CRM_GATEWAY_AMQP_URI"]
        self._signers = {name: Signer(name, environment[named(name, "SIGNING_KEY")]) for name in SERVICES}
        self._local, self._lines = threading.local(), list[Line]()

    def token(self, actor: Actor, *, to: str) -> str:
        """An actor as the gateway, or the service that it is, would sign it."""
        if actor.is_service:
            return self._signers[actor.staff_id.removeprefix(SERVICE)].sign_itself(to=to, now=now())
        return self._signers[GATEWAY].sign(actor, now=now())

    def send(self, operation: Operation, body: Any, *, actor: Any) -> Seen:
        """A request of a good context."""
        context = new_context(patience(PATIENCE), actor_token=self.token(actor, to=operation.service)).header()
        return self.send_raw(operation, written(body), context)

    def send_raw(self, operation: Operation, body: bytes, context: bytes) -> Seen:
        """Any bytes."""
        started = time.monotonic()
        answer = self._line().ask(operation, body, context, seconds=PATIENCE)
        seconds = time.monotonic() - started
        return Seen(answer[0], seconds, json.loads(answer[1])) if answer else Seen(None, seconds)

    def _line(self) -> Line:
        line: Line | None = getattr(self._local, "line", None)
        if line is None:
            line = self._local.line = Line(self._uri)
            self._lines.append(line)
        return line

    def close(self) -> None:
        """Give the connections back."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.close()


class OverHttp:
    """Requests to the gateway; a connection for each thread."""

    def __init__(self, base_url: str) -> None:
        self._where, self._local = urlsplit(base_url), threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Give the connections back."""
        for connection in self._connections:
            connection.close()

    def send(
        self,
        route: Route,
        asked: Any,
        *,
        token: str | None,
        headers: dict[str, str | bytes] | None = None,
    ) -> Seen:
        """The request by this route: path, query string and body, as they are in `asked`."""
        path, rest = route.path, asked
        if isinstance(asked, dict):
            rest = dict(asked)
            for name in route.parameters:
                path = path.replace("{" + name + "}", _in_url(rest.pop(name, "")))
        more: dict[str, str | bytes] = {"Authorization": f"Bearer {token}"} if token else {}
        body: bytes | None = None
        if route.method == "GET":
            pairs = [f"{_in_url(name)}={_in_url(value)}" for name, value in rest.items()]
            path += "?" + "&".join(pairs) if pairs else ""
        elif route.takes_bytes:
            body, more["Content-Type"] = b"a,b\n", "application/octet-stream"
        else:
            body, more["Content-Type"] = written(rest), "application/json"
        return self.exchange(route.method, BASE + path, body, {**more, **(headers or {})})

    def exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str | bytes]) -> Seen:
        """One request on this thread's connection; on a new one if the gateway has closed that."""
        started = time.monotonic()
        try:
            for again in (False, True):
                connection = self._connection()
                try:
                    connection.request(method, path, body, headers)
                    answer = connection.getresponse()
                except (ConnectionError, http.client.BadStatusLine):
                    self._drop()
                    if again:
                        raise
                else:
                    break
            text, kind = answer.read(), answer.headers.get_content_type()
        except (OSError, http.client.HTTPException):
            self._drop()
            return Seen(None, time.monotonic() - started)
        seconds = time.monotonic() - started
        decoded = json.loads(text) if kind in ("application/json", "application/problem+json") else None
        if answer.status >= 400 and kind != "application/problem+json":
            decoded = None  # no problem, no code
        return Seen(answer.status, seconds, decoded)

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(
                self._where.hostname or "", self._where.port, timeout=patience(PATIENCE)
            )
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _drop(self) -> None:
        self._local.connection.close()
        self._connections.remove(self._local.connection)
        self._local.connection = None


def fits_http(route: Route, attempt: Attempt) -> Iterator[Attempt]:
    """The attempt as HTTP can carry it: in paths and query strings everything is text."""
    if route.takes_bytes and attempt.place[:1] not in [(name,) for name in route.parameters]:
        return
    in_path = bool(attempt.place) and attempt.place[0] in route.parameters
    if not in_path and route.method != "GET":
        yield attempt
        return
    if len(attempt.place) != 1 or isinstance(attempt.value, Raw | list | dict) or attempt.value is None:
        return
    if attempt.value is LEFT_OUT:
        if not in_path:
            yield attempt
        return
    known = isinstance(attempt.value, str) or attempt.what == "unknown"
    yield Attempt(attempt.place, attempt.what, attempt.value, legal=attempt.legal or not known)


def _in_url(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
