"""A customer follows his order by a link, in the running system, and nothing of the link stands anywhere (point 21)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.e2e.test_logs import logs_with
from tests.support import randoms
from tests.support.polling import eventually
from tests.support.system import Car, System

API = "/api/v1/progress/"


@dataclass(frozen=True)
class Seen:
    """What a visitor's browser got."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def plain(self) -> tuple[int, dict[str, str], Any]:
        """Without what differs from request to request."""
        headers = {name: value for name, value in self.headers.items() if name != "x-request-id"}
        said = orjson.loads(self.body) if b"json" in self.headers["content-type"].encode() else self.body
        return self.status, headers, {**said, "request_id": ""} if isinstance(said, dict) else said


def visit(system: System, path: str, *, method: str = "GET", **headers: str) -> Seen:
    """An address as somebody opens it who has no session."""
    where = urlsplit(system.base_url)
    connection = HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Seen(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def link_of(system: System, car: Car, *, key: str | None = None, **asked: Any) -> dict[str, Any]:
    made: dict[str, Any] = system.as_("consultant").post(f"/orders/{car.order['order_id']}/links", asked, key=key)
    return made


def test_a_customer_follows_his_order(system: System) -> None:
    car = system.deliver_a_car(name="尉迟恭礼")
    link = link_of(system, car)

    page, data = visit(system, f"/p/{link['token']}"), visit(system, f"{API}{link['token']}")

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    today = f"{clock.now():%Y-%m-%d}"
    html, told = page.body.decode(), orjson.loads(data.body)
    for said in ("订单进度", "华南店", "GL8", car.order["number"], "签订合同", "收到定金", "配车", "收到余款", "交车"):
        assert said in html, said
    assert [(one["step"], one["standing"], one["done_on"]) for one in told["steps"]] == [
        (step, "done", today) for step in ("CONTRACT", "DEPOSIT", "ALLOCATE", "BALANCE", "HANDOVER")
    ]
    assert (told["store_name"], told["version"], data.headers["etag"]) == (
        "华南店",
        car.order["version"],
        f'"{car.order["version"]}"',
    )
    private = (car.customer_id, car.vehicle_id, car.mobile, car.vin, car.vin[-8:], "尉迟", car.order["consultant_id"])
    for kept in private:
        assert kept.encode() not in page.body + data.body, kept
    assert b"_fen" not in data.body
    for seen in (page, data):
        assert seen.headers["cache-control"] == "no-store"
        assert seen.headers["referrer-policy"] == "no-referrer"
        assert seen.headers["x-robots-tag"] == "noindex, nofollow"
        assert "script" not in seen.headers["content-security-policy"]
        assert seen.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_a_chat_hangs_on_the_address_or_a_scanner_does_beside_it_changes_nothing(system: System) -> None:
    car = system.deliver_a_car()
    link = link_of(system, car, days=7)
    path, shown = f"/p/{link['token']}", visit(system, f"/p/{link['token']}").body

    assert visit(system, f"{path}?from=singlemessage&isappinstalled=0").body == shown
    head = visit(system, path, method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(shown)))
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for address in (path, f"{API}{link['token']}"):
            assert visit(system, address, method=method).status == 405
    session = {"Authorization": f"Bearer {'x' * 43}", "X-Store-Id": "FT", "X-Request-Id": "a-visitors-own"}
    assert visit(system, path, **session).body == shown
    order = system.as_("consultant").get(f"/orders/{car.order['order_id']}")
    assert order["version"] == car.order["version"]


def test_unknown_ended_and_revoked_are_one_answer(system: System) -> None:
    car = system.deliver_a_car()
    made = [link_of(system, car) for _ in range(2)]
    with system.databases.connection("sales") as connection:
        ended = "UPDATE customer_link SET ends_at = now() - interval '1 s' WHERE id = %s"
        connection.execute(ended, (made[0]["link_id"],))
    path = f"/orders/{car.order['order_id']}/links"
    assert [one["link_id"] for one in system.as_("sales_manager").get(path)["items"]] == [made[1]["link_id"]]
    system.as_("sales_manager").send("DELETE", f"{path}/{made[1]['link_id']}")
    assert system.as_("sales_manager").get(path)["items"] == []

    tokens = [secrets.token_urlsafe(20), *(one["token"] for one in made), "short"]
    for before in ("/p/", API):
        first, *others = [visit(system, f"{before}{token}").plain for token in tokens]
        assert first[0] == 404
        assert [other == first for other in others] == [True, True, True]
    assert visit(system, f"/p/{tokens[0]}").headers["content-type"].startswith("text/html")
    assert orjson.loads(visit(system, f"{API}{tokens[0]}").body)["code"] == "LINK_NOT_FOUND"


def test_who_may_not_touch_the_order_makes_no_link(system: System) -> None:
    car = system.deliver_a_car()
    path = f"/orders/{car.order['order_id']}/links"
    made = link_of(system, car)

    def refused(role: str, method: str, where: str, store: str = "HN") -> tuple[int, str]:
        with pytest.raises(ApiProblem) as problem:
            system.as_(role, store=store).send(method, where, None if method == "GET" else {})
        return problem.value.status, str(problem.value.code)

    one = f"{path}/{made['link_id']}"
    for method, where in (("POST", path), ("GET", path), ("DELETE", one)):
        assert refused("technician", method, where) == (403, "OPERATION_NOT_ALLOWED")
        assert refused("sales_manager", method, where, store="FT") == (404, "ORDER_NOT_FOUND")
    for days in (0, 31, "x"):
        with pytest.raises(ApiProblem) as wrong:
            link_of(system, car, days=days)
        assert (wrong.value.status, [*wrong.value.problem["errors"]]) == (422, ["days"])
    assert visit(system, f"/p/{made['token']}").status == 200


def test_a_token_stands_in_no_log_and_no_database(system: System) -> None:
    car = system.deliver_a_car()
    key = randoms.code("K")
    first, again = (link_of(system, car, key=key) for _ in range(2))
    assert first["token"] != again["token"], "what is told once is not kept to be told again"
    for link in (first, again):
        seen = visit(system, f"/p/{link['token']}")
        assert seen.status == 200
        eventually(partial(logs_with, system, seen.headers["x-request-id"]), what="the request's line")
    gone = secrets.token_urlsafe(20)
    visit(system, f"/p/{gone}")
    eventually(system.caught_up, within=30)

    assert logs_with(system, first["token"], again["token"], gone) == []
    stored = [rows_with(system, service, first["token"]) for service in ("sales", "gateway", "customer", "reporting")]
    assert [*chain.from_iterable(stored)] == []
    assert "customer_link" in rows_with(system, "sales", first["link_id"])


def rows_with(system: System, service: str, said: str) -> list[str]:
    """The tables of a service in which this stands, whatever the column, bytes too."""
    with system.databases.connection(service) as connection:
        wanted = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        tables = [name for (name,) in connection.execute(wanted).fetchall()]
        as_bytes = said.encode().hex()
        found = 'SELECT 1 FROM "{}" t WHERE position(%s IN t::text) > 0 OR position(%s IN t::text) > 0 LIMIT 1'
        return [name for name in tables if connection.execute(found.format(name), (said, as_bytes)).fetchall()]


def test_links_of_who_was_forgotten_end(system: System) -> None:
    car = system.deliver_a_car()
    link = link_of(system, car)
    assert visit(system, f"/p/{link['token']}").status == 200
    path = f"/customers/{car.customer_id}/privacy-requests"
    request = system.as_("receptionist").post(path, {"kind": "erasure", "how": "电话"})
    eventually(system.caught_up, within=30)
    system.as_("leader").post(f"/privacy-requests/{request['request_id']}/carry-out")
    eventually(lambda: visit(system, f"/p/{link['token']}").status == 404, within=20, what="the link to end")
