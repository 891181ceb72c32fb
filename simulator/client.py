"""A small client of the public API: what a frontend would send, with the standard library."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

BASE = "/api/v1"


class ApiProblem(Exception):
    """The API said no: `status`, `code` and the whole problem."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('title')} {problem.get('errors') or ''}")
        self.status, self.code, self.problem = status, problem.get("code"), problem


@dataclass
class Client:
    """One person's session. `store` goes along as `X-Store-Id`."""

    base_url: str
    token: str | None = None
    store: str | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    @classmethod
    def log_in(cls, base_url: str, account: str, password: str, *, store: str | None = None) -> Client:
        """Begin a session."""
        client = cls(base_url, store=store)
        try:
            client.token = client.post("/sessions", {"account": account, "password": password})["token"]
        except BaseException:
            client.close()
            raise
        return client

    def close(self) -> None:
        """Close the connection; the session lives on."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, **query: object) -> Any:
        """Read. `None` values are left out of the query."""
        chosen = {name: value for name, value in query.items() if value is not None}
        return self.send("GET", path + ("?" + urlencode(chosen) if chosen else ""))[1]

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        """Write, with an idempotency key: a lost answer is asked for again with the same one."""
        return self.send("POST", path, body or {}, key=key or str(uuid.uuid4()))[1]

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> tuple[int, Any]:
        """One request; returns (status, decoded body). Raises ApiProblem for 4xx and 5xx."""
        headers = {"Idempotency-Key": key} if key else {}
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return self._answered(method, path, payload, headers)

    def upload(self, path: str, content: bytes) -> Any:
        """Put bytes as they are."""
        return self._answered("PUT", path, content, {"Content-Type": "application/octet-stream"})[1]

    def _answered(self, method: str, path: str, payload: bytes | None, more: dict[str, str]) -> tuple[int, Any]:
        headers = {"Accept": "application/json", "Accept-Language": "zh", **more}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.store:
            headers["X-Store-Id"] = self.store
        status, text = self._exchange(method, BASE + path, payload, headers)
        answer = json.loads(text) if text else None
        if status >= 400:
            raise ApiProblem(status, answer or {})
        return status, answer

    def _exchange(self, method: str, path: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        for attempt in (1, 2):
            if self._connection is None:
                parts = urlsplit(self.base_url)
                self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=15)
            try:
                self._connection.request(method, path, payload, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, OSError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")


def until(read: Callable[[], Any], *, within: float = 10.0) -> tuple[Any, float]:
    """Read until the answer is true; returns it and the milliseconds it took. Raises TimeoutError."""
    started = time.perf_counter()
    while not (answer := read()):
        if time.perf_counter() - started > within:
            raise TimeoutError(f"not seen within {within} s")
        time.sleep(0.002)
    return answer, (time.perf_counter() - started) * 1000
