"""Visitors by links: how many looks an address has, how many at once, and how little is remembered of them."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from chassis.bus.rpc import CallTimeout, Refused
from chassis.process.clock import LOCAL
from contracts.refusals import LinkNotFound
from gateway import link_page, visitors
from gateway.errors import TooManyAttempts
from gateway.faults import HttpFault
from gateway.visitors import AT_ONCE, MISSES, MOST_ADDRESSES, READS, WINDOW, Visitors
from gateway.wire import Response

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
TOKEN = {"token": "aB3_-" * 5 + "zz"}
HERE, THERE = "10.0.0.1", "10.0.0.2"


def look(them: Visitors, address: str = HERE, *, now: datetime = NOW, asked: object = None) -> None:
    with them.turn(asked or TOKEN, address=address, now=now):  # type: ignore[arg-type]
        pass


def miss(them: Visitors, address: str = HERE, *, now: datetime = NOW) -> None:
    with pytest.raises(Refused), them.turn(TOKEN, address=address, now=now):
        raise Refused({"code": "LINK_NOT_FOUND"})


def must_wait(them: Visitors, address: str = HERE, *, now: datetime = NOW) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        look(them, address, now=now)
    return int(refused.value.details["retry_after"])  # type: ignore[call-overload]


def test_an_address_has_so_many_looks_in_a_window_and_its_neighbour_has_his_own() -> None:
    them = Visitors()
    for _ in range(READS):
        look(them)
    assert must_wait(them) == 60
    assert must_wait(them, now=NOW + WINDOW - timedelta(milliseconds=1)) == 1
    look(them, THERE)
    look(them, now=NOW + WINDOW)


def test_links_that_open_nothing_are_fewer() -> None:
    them = Visitors()
    for _ in range(MISSES - 1):
        miss(them)
    look(them)
    miss(them)
    assert must_wait(them) == 60
    miss(them, now=NOW + WINDOW)
    look(them, now=NOW + WINDOW)


@pytest.mark.parametrize("token", ["", "a" * 26, "a" * 28, "a" * 26 + "。", "a" * 26 + "\n", None, 7])
def test_what_is_no_token_is_a_miss_that_nobody_is_asked_about(token: object) -> None:
    them = Visitors()
    for _ in range(MISSES):
        with pytest.raises(LinkNotFound):
            look(them, asked={"token": token})
    must_wait(them)


def test_a_call_that_fails_is_no_miss_and_gives_its_place_back() -> None:
    them = Visitors()
    for _ in range(MISSES + AT_ONCE):
        with pytest.raises(CallTimeout), them.turn(TOKEN, address=HERE, now=NOW):
            raise CallTimeout("sales.order_progress")
    look(them)


def test_few_look_at_once_wherever_they_come_from() -> None:
    them = Visitors()
    with ExitStack() as looking:
        for number in range(AT_ONCE):
            looking.enter_context(them.turn(TOKEN, address=f"10.1.1.{number}", now=NOW))
        with pytest.raises(HttpFault) as busy:
            look(them)
        assert busy.value.fault.status == 503
    look(them)


def test_no_more_addresses_are_remembered_than_there_is_room_for() -> None:
    them = Visitors()
    for number in range(MOST_ADDRESSES + 10):
        look(them, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(them._addresses) == MOST_ADDRESSES


def test_a_no_on_the_page_is_a_page_and_beside_it_a_problem() -> None:
    for on_page, kind in ((True, b"text/html"), (False, b"application/problem+json")):
        body = b'{"title": "<b>\xe9\x93\xbe</b>"}'
        problem = Response(404, body, b"application/problem+json", (("X-Request-Id", "r"),))
        said = visitors.shown(problem, on_page=on_page)
        assert (said.status, said.content_type.startswith(kind)) == (404, True)
        assert said.extra == (("X-Request-Id", "r"), visitors.NOT_FOR_SEARCHING)
        if on_page:
            assert (said.body, said.policy) == (link_page.sorry("<b>链</b>"), link_page.POLICY)
            assert "<b>" not in said.body.decode()
