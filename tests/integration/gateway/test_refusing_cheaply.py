"""A refusal costs the gateway less than its request costs the sender: it is short, and nobody else waits for it."""

from __future__ import annotations

import threading
import time

import orjson
import pytest

from contracts.access import matrix
from gateway.routes import TABLE
from gateway.routing import JSON_LIMIT, PUBLIC_LIMIT
from gateway.wire import BODY_LIMIT
from tests.integration.gateway.running import Answer, Gateway, Person
from tests.support.polling import patience

pytestmark = pytest.mark.usefixtures("customer_service")

SHORT = 16 * 1024
ATTACKERS = 3


@pytest.fixture(scope="module")
def everybody(gateway: Gateway) -> Person:
    return gateway.person(*matrix().roles, stores=("HN",))


def unknown(size: int) -> bytes:
    """So many bytes of members that nobody declares."""
    members = ",".join(f'"{number:06x}":0' for number in range(size // 11 - 1))
    return ("{" + members + "}").encode()


def wrong(size: int) -> bytes:
    return b'{"customer_ids":[' + b"0," * (size // 2 - 20) + b"0]}"


def arrays(size: int) -> bytes:
    return b'{"customer_ids":[' + b"[]," * (size // 3 - 20) + b"[]]}"


def deep(size: int) -> bytes:
    return b'{"customer_ids":' + b"[" * (size // 2 - 20) + b"]" * (size // 2 - 20) + b"}"


BODIES = [make(size) for make in (unknown, wrong, arrays, deep) for size in (PUBLIC_LIMIT, JSON_LIMIT, BODY_LIMIT)]
IDS = [f"{make}-{size}" for make in ("unknown", "wrong", "arrays", "deep") for size in ("4k", "256k", "1m")]


def is_short(answer: Answer) -> bool:
    return answer.status in (400, 413, 422) and int(answer.headers["Content-Length"]) < SHORT


@pytest.mark.parametrize("body", BODIES, ids=IDS)
def test_whoever_has_no_session_gets_a_short_no(gateway: Gateway, body: bytes) -> None:
    assert is_short(gateway.ask("POST", "/sessions", raw=body))


@pytest.mark.parametrize("path", ["/customers/names", "/merges/preview", "/staff", "/segments", "/me/password"])
@pytest.mark.parametrize("body", BODIES, ids=IDS)
def test_so_does_everybody_else(gateway: Gateway, everybody: Person, path: str, body: bytes) -> None:
    assert is_short(gateway.ask("POST", path, raw=body, token=everybody.token))


def test_what_an_address_takes_is_told_with_the_refusal(gateway: Gateway, everybody: Person) -> None:
    for path, limit in (("/sessions", PUBLIC_LIMIT), ("/customers/names", JSON_LIMIT), ("/nowhere", PUBLIC_LIMIT)):
        fits = gateway.ask("POST", path, raw=b" " * (limit - 2) + b"{}", token=everybody.token)
        assert fits.status in (404, 422)
        refused = gateway.ask("POST", path, raw=b" " * (limit - 1) + b"{}", token=everybody.token)
        assert (refused.status, refused.code) == (413, "BODY_TOO_LARGE")
        assert refused.body["details"] == {"limit": limit}


def test_parts_of_files_keep_their_mebibyte_and_only_they() -> None:
    large = {route.operation.name for route in TABLE.routes if route.body_limit > JSON_LIMIT}
    assert large == {route.operation.name for route in TABLE.routes if route.takes_bytes}
    without_session = {route.path for route in TABLE.routes if route.public and route.method != "GET"}
    assert without_session == {"/sessions", "/repairs/{token}"}, "who logs in, and a customer's word by his link"


@pytest.mark.parametrize("with_session", [False, True], ids=["nobody's session", "a session"])
def test_whoever_sends_the_worst_keeps_nobody_waiting(gateway: Gateway, everybody: Person, with_session: bool) -> None:
    path, token = ("/customers/names", everybody.token) if with_session else ("/sessions", None)
    over = threading.Event()
    sent: list[int] = []

    def attack(number: int) -> None:
        while not over.is_set():
            sent.append(gateway.ask("POST", path, raw=BODIES[(number + len(sent)) % len(BODIES)], token=token).status)

    attackers = [threading.Thread(target=attack, args=(number,)) for number in range(ATTACKERS)]
    for attacker in attackers:
        attacker.start()
    waited = []
    try:
        for _ in range(60):
            started = time.monotonic()
            assert everybody.get("/customers/lookup?q=13800000000").status == 200
            waited.append(time.monotonic() - started)
    finally:
        over.set()
        for attacker in attackers:
            attacker.join()
    assert len(sent) > ATTACKERS
    assert set(sent) <= {400, 413, 422, 429}
    assert sorted(waited)[-2] < patience(0.5), orjson.dumps(waited)
