"""A closed-loop HTTP load client that costs little processor time.

Every client is one keep-alive connection in a single-threaded loop: it sends a request, waits for
the whole reply, sends the next. Nothing is parsed but the status, the length and the body's end,
so the client costs the same small amount whatever system it measures.

    python -m tests.bench.load http://127.0.0.1:8000/healthz --clients 16 --seconds 3
"""

import argparse
import json
import selectors
import socket
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.bench.figures import Figures, figures_of, line_of

REPLY_LIMIT_SECONDS = 10.0
ERROR_LIMIT = 1000
RECEIVE_BYTES = 262_144


class Request(NamedTuple):
    """One request ready for the wire, and what must come back.

    `contains` is bytes that the body must hold (b"" asks for nothing); `label` names the step
    for `measure_steps`.
    """

    wire: bytes
    expect: int = 200
    contains: bytes = b""
    label: str = ""


class Reply(NamedTuple):
    """A reply as a client's generator receives it; the moments are `time.perf_counter` seconds."""

    status: int
    body: bytes
    sent: float
    received: float


NOTHING = Request(b"")
Requests = Generator[Request, Reply, None]
RequestsFactory = Callable[[int], Requests]


class Unreadable(Exception):
    """The server answered with something this client does not read."""


@dataclass(slots=True)
class Client:
    """One connection and the request it is waiting for."""

    number: int
    connection: socket.socket
    requests: Requests
    request: Request = NOTHING
    sent: float = 0.0
    received: bytes = b""


@dataclass(slots=True)
class Tally:
    """What a run has seen: latencies (seconds, by label) in the window, errors at any time."""

    opens: float
    closes: float
    latencies: dict[str, list[float]] = field(default_factory=dict)
    errors: int = 0
    first_error: str = ""


def request(
    method: str,
    *,
    path: str,
    base_url: str,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    expect: int = 200,
    contains: bytes = b"",
    label: str = "",
) -> Request:
    """Build a request; `body` is any JSON value, `path` is already percent-encoded."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(base_url).netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    payload = b""
    if body is not None:
        payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    wire = "\r\n".join([*lines, "", ""]).encode() + payload
    return Request(wire, expect, contains, label)


def split_reply(received: bytes) -> tuple[int, bytes, bool] | None:
    """(status, body, whether the server closes the connection), or None while bytes are missing."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = received[: end + 2].lower()
    status = int(head[9:12])
    length_at = head.find(b"\r\ncontent-length:")
    if length_at >= 0:
        length = int(head[length_at + 17 : head.index(b"\r\n", length_at + 17)])
    elif status in (204, 304):
        length = 0
    else:
        raise Unreadable(f"{status} without Content-Length")
    body_end = end + 4 + length
    if len(received) < body_end:
        return None
    if len(received) > body_end:
        raise Unreadable(f"{len(received) - body_end} bytes after the reply")
    return status, received[end + 4 : body_end], b"\r\nconnection: close" in head


def measure(
    base_url: str,
    requests_factory: RequestsFactory,
    *,
    clients: int,
    seconds: float,
    warmup: float,
) -> Figures:
    """Drive `clients` closed loops for `warmup` + `seconds` and judge the latter part.

    `requests_factory(client_number)` gives each client its generator of requests, which receives
    the `Reply` to each and ends only with the run. A wrong status, a missing `contains`, a broken
    connection or a reply later than 10 s is an error and starts that client's generator anew.
    """
    tally, cpu = drive(base_url, requests_factory, clients=clients, seconds=seconds, warmup=warmup)
    latencies = [latency for some in tally.latencies.values() for latency in some]
    return judged(latencies, tally=tally, seconds=seconds, client_cpu=cpu)


def measure_steps(
    base_url: str,
    requests_factory: RequestsFactory,
    *,
    clients: int,
    seconds: float,
    warmup: float,
) -> dict[str, Figures]:
    """As `measure`, one `Figures` per label in the order of their first use.

    Each one carries the errors of the whole run; a label seen only in the warm-up is left out.
    """
    tally, cpu = drive(base_url, requests_factory, clients=clients, seconds=seconds, warmup=warmup)
    return {
        label: judged(latencies, tally=tally, seconds=seconds, client_cpu=cpu)
        for label, latencies in tally.latencies.items()
        if latencies
    }


def judged(latencies: list[float], *, tally: Tally, seconds: float, client_cpu: float) -> Figures:
    return figures_of(
        latencies,
        seconds=seconds,
        errors=tally.errors,
        first_error=tally.first_error,
        client_cpu=client_cpu,
    )


def drive(
    base_url: str,
    requests_factory: RequestsFactory,
    *,
    clients: int,
    seconds: float,
    warmup: float,
) -> tuple[Tally, float]:
    """Run the loops; the tally and the client's processor seconds per second."""
    address = address_of(base_url)
    started, cpu_started = time.perf_counter(), time.process_time()
    tally = Tally(opens=started + warmup, closes=started + warmup + seconds)
    with closing(selectors.DefaultSelector()) as selector:
        for number in range(clients):
            open_client(number, selector, requests_factory, address, tally)
        while selector.get_map() and tally.errors < ERROR_LIMIT:
            ready = selector.select(1.0)
            arrived = time.perf_counter()
            for key, _ in ready:
                take(key.data, selector, requests_factory, address, tally, arrived)
            if not ready or arrived > tally.closes:
                drop_late(selector, requests_factory, address, tally, arrived)
        for key in list(selector.get_map().values()):
            key.data.connection.close()
    spent = time.perf_counter() - started
    return tally, (time.process_time() - cpu_started) / spent


def address_of(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"an http:// address is needed, not {base_url!r}")
    return parts.hostname, parts.port or 80


# The loop's own steps take positional arguments: they run once per request.


def open_client(
    number: int,
    selector: selectors.BaseSelector,
    requests_factory: RequestsFactory,
    address: tuple[str, int],
    tally: Tally,
) -> None:
    """Connect and send the first request; a refused connection is an error and no client."""
    try:
        connection = socket.create_connection(address, timeout=REPLY_LIMIT_SECONDS)
    except OSError as error:
        note_error(tally, f"connecting: {error!r}")
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    client = Client(number, connection, requests_factory(number))
    selector.register(connection, selectors.EVENT_READ, client)
    client.request = next(client.requests)
    send(client)


def take(
    client: Client,
    selector: selectors.BaseSelector,
    requests_factory: RequestsFactory,
    address: tuple[str, int],
    tally: Tally,
    arrived: float,
) -> None:
    """Read what has come; when the reply is whole, judge it and send the client's next request."""
    try:
        reply = read_reply(client)
        if reply is None:
            return
        status, body, closes = reply
        require_expected(client.request, status=status, body=body)
        latencies = tally.latencies.setdefault(client.request.label, [])
        if tally.opens <= arrived <= tally.closes:
            latencies.append(arrived - client.sent)
        if arrived >= tally.closes:
            close_client(client, selector)
            return
        client.request = client.requests.send(Reply(status, body, client.sent, arrived))
        if closes:
            reconnect(client, selector, address)
        send(client)
    except (Unreadable, OSError, ValueError, LookupError, StopIteration) as error:
        # the connection, the reply, or what the generator wanted to read in it
        restart(client, selector, requests_factory, address, tally, f"{error!r}")


def read_reply(client: Client) -> tuple[int, bytes, bool] | None:
    """As `split_reply`, of all that this client has received for its request."""
    data = client.connection.recv(RECEIVE_BYTES)
    if not data:
        raise Unreadable("the server closed the connection without a reply")
    client.received = client.received + data if client.received else data
    reply = split_reply(client.received)
    if reply is not None:
        client.received = b""
    return reply


def require_expected(wanted: Request, *, status: int, body: bytes) -> None:
    if status != wanted.expect or wanted.contains not in body:
        first_line = wanted.wire.split(b"\r\n", 1)[0].decode()
        raise Unreadable(f"{first_line} -> {status} {body[:200]!r}")


def send(client: Client) -> None:
    client.sent = time.perf_counter()
    wire = client.request.wire
    gone = client.connection.send(wire)
    if gone < len(wire):
        client.connection.settimeout(REPLY_LIMIT_SECONDS)
        client.connection.sendall(wire[gone:])
        client.connection.setblocking(False)


def reconnect(client: Client, selector: selectors.BaseSelector, address: tuple[str, int]) -> None:
    """A new connection for a client whose server announced that it closes this one."""
    selector.unregister(client.connection)
    client.connection.close()
    client.connection = socket.create_connection(address, timeout=REPLY_LIMIT_SECONDS)
    client.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.connection.setblocking(False)
    selector.register(client.connection, selectors.EVENT_READ, client)


def restart(
    client: Client,
    selector: selectors.BaseSelector,
    requests_factory: RequestsFactory,
    address: tuple[str, int],
    tally: Tally,
    reason: str,
) -> None:
    note_error(tally, reason)
    close_client(client, selector)
    if time.perf_counter() < tally.closes and tally.errors < ERROR_LIMIT:
        open_client(client.number, selector, requests_factory, address, tally)


def close_client(client: Client, selector: selectors.BaseSelector) -> None:
    if client.connection.fileno() >= 0:
        selector.unregister(client.connection)
        client.connection.close()


def drop_late(
    selector: selectors.BaseSelector,
    requests_factory: RequestsFactory,
    address: tuple[str, int],
    tally: Tally,
    now: float,
) -> None:
    """Give up on requests that have waited longer than the limit."""
    for key in list(selector.get_map().values()):
        waited = now - key.data.sent
        if waited > REPLY_LIMIT_SECONDS:
            late = f"no reply within {waited:.0f} s"
            restart(key.data, selector, requests_factory, address, tally, late)


def note_error(tally: Tally, reason: str) -> None:
    tally.errors += 1
    tally.first_error = tally.first_error or reason


def always(what: Request) -> RequestsFactory:
    """Every client repeats one request."""

    def requests(_client: int) -> Requests:
        while True:
            yield what

    return requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warmup", type=float, default=0.5)
    parser.add_argument("--token", help="sent as a bearer token")
    asked = parser.parse_args()
    parts = urlsplit(asked.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Authorization": f"Bearer {asked.token}"} if asked.token else {}
    what = request("GET", path=path, base_url=asked.url, headers=headers)
    figures = measure(
        asked.url,
        always(what),
        clients=asked.clients,
        seconds=asked.seconds,
        warmup=asked.warmup,
    )
    print(line_of(f"GET {path}", figures=figures))
    print(f"client: {figures.client_cpu:.2f} of a core")


if __name__ == "__main__":
    main()
