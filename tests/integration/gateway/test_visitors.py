"""Whoever tries links that open nothing has to wait, and nobody beside him."""

from __future__ import annotations

from gateway.visitors import MISSES
from tests.integration.gateway.running import Gateway, an_address

SHORT, WHOLE = "/progress/short", f"/progress/{'a' * 27}"


def test_after_too_many_an_address_waits_whatever_it_says_and_others_do_not(gateway: Gateway) -> None:
    address = an_address()
    asked = [gateway.ask("GET", SHORT, address=address) for _ in range(MISSES)]
    assert {(one.status, one.code) for one in asked} == {(404, "LINK_NOT_FOUND")}
    for path in (SHORT, WHOLE):
        waiting = gateway.ask("GET", path, address=address)
        assert (waiting.status, waiting.code) == (429, "TOO_MANY_ATTEMPTS")
        assert 1 <= int(waiting.headers["Retry-After"]) <= 60
        assert waiting.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert gateway.ask("GET", SHORT, address=an_address()).status == 404
    person = gateway.person("admin")
    assert gateway.ask("GET", "/me", token=person.token, address=address).status == 200


def test_the_line_in_the_log_names_the_operation_and_not_the_address_asked_for(gateway: Gateway) -> None:
    answer = gateway.ask("GET", "/progress/a-token-that-is-none", address=an_address())
    (line,) = gateway.logged(answer.headers["X-Request-Id"])
    assert (line["operation"], line["status"], line["staff_id"]) == ("sales.order_progress", 404, "")
    assert "a-token" not in gateway.process.log.read_text("utf-8")
