"""The console's files and packed answers, over HTTP as a browser asks for them."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.integration.gateway.running import PASSWORD, Gateway

PACKED = {"Accept-Encoding": "gzip, deflate, br"}


def ask(
    gateway: Gateway, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def test_a_build_that_appears_is_served_without_a_start_and_the_api_did_not_wait_for_it(
    start_gateway: Callable[..., Gateway], tmp_path: Path
) -> None:
    folder = tmp_path / "console"
    gateway = start_gateway(CRM_GATEWAY_CONSOLE_DIR=str(folder))
    assert ask(gateway, "GET", "/console/", {})[0] == 503
    folder.mkdir()
    (folder / "assets").mkdir()
    (folder / "assets" / "index-1a.js").write_text("//" + "a" * 5000)
    (folder / "index.html").write_text("<!doctype html>")
    status, headers, body = ask(gateway, "GET", "/console/HN/reception", {})
    assert (status, body) == (200, b"<!doctype html>")
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    kept = ask(gateway, "GET", "/console/", {"If-None-Match": headers["ETag"]})
    assert (kept[0], kept[2], kept[1].get("Content-Length")) == (304, b"", None)
    status, headers, body = ask(gateway, "GET", "/console/assets/index-1a.js", PACKED)
    assert (status, headers["Content-Encoding"], int(headers["Content-Length"])) == (200, "gzip", len(body))
    assert "immutable" in headers["Cache-Control"]
    assert gzip.decompress(body) == b"//" + b"a" * 5000
    assert ask(gateway, "POST", "/console/", {})[0] == 405


def test_an_answer_is_packed_for_who_takes_it_and_is_the_same(gateway: Gateway) -> None:
    for _ in range(12):
        gateway.person("technician")
    session = {"Authorization": f"Bearer {gateway.person('leader').token}"}
    plain = ask(gateway, "GET", "/api/v1/staff?size=100", session)
    packed = ask(gateway, "GET", "/api/v1/staff?size=100", {**session, **PACKED})
    assert len(plain[2]) > 1024, "so many people are there"
    assert "Content-Encoding" not in plain[1]
    assert (packed[1]["Content-Encoding"], packed[1]["Vary"]) == ("gzip", "Accept-Encoding")
    assert packed[1]["Cache-Control"] == "no-store"
    assert gzip.decompress(packed[2]) == plain[2]


def test_a_short_answer_and_one_with_a_token_go_as_they_are(gateway: Gateway) -> None:
    leader = gateway.person("leader")
    me = ask(gateway, "GET", "/api/v1/me", {"Authorization": f"Bearer {leader.token}", **PACKED})
    asked = json.dumps({"account": leader.code, "password": PASSWORD}).encode()
    told = ask(gateway, "POST", "/api/v1/sessions", {"Content-Type": "application/json", **PACKED}, asked)
    assert [("Content-Encoding" in answer[1], answer[0]) for answer in (me, told)] == [(False, 200), (False, 201)]


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/asyncapi.json"])
def test_pages_and_documents_are_packed_too(gateway: Gateway, path: str) -> None:
    plain, packed = ask(gateway, "GET", path, {}), ask(gateway, "GET", path, PACKED)
    assert gzip.decompress(packed[2]) == plain[2]
    assert b"/console/" in ask(gateway, "GET", "/", {})[2]
