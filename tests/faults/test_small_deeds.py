"""What one person does by one request is done once, and told once, when who does it is killed in the middle (I2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from simulator.client import ApiProblem
from tests.support.polling import eventually
from tests.support.system import System

READY_WITHIN = 15.0
REASON = "核对身份"


def struck(strike: Callable[[], None], ask: Callable[[], Any]) -> Any:
    """The answer to somebody who asks again until he has one, and who is struck meanwhile."""

    def answered() -> Any:
        try:
            return (ask(),)
        except ApiProblem as problem:
            if problem.status < 500 and problem.code != "REQUEST_IN_PROGRESS":
                raise
        except OSError:
            pass
        return None

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(strike)
        (answer,) = eventually(answered, within=30, what="an answer")
        killed.result()
    return answer


def test_a_link_is_made_once(system: System) -> None:
    order = system.deliver_a_car().order["order_id"]
    consultant, key = system.as_("consultant"), secrets.token_hex(8)

    def ask() -> Any:
        return consultant.post(f"/orders/{order}/links", {}, key=key)

    made = struck(lambda: system.die_at("before_commit", "sales"), ask)
    system.ready_again(within=READY_WITHIN)
    rows = system.rows("sales", "SELECT id::text FROM customer_link WHERE document_id = %s", order)
    assert rows == [(made["link_id"],)]


def test_views_are_saved_once(system: System) -> None:
    manager, key = system.as_("sales_manager"), secrets.token_hex(8)
    before = [one for one in manager.get("/me/views")["items"] if one["of"] == "sales.list_orders"]
    wanted = [{"name": "我的" + secrets.token_hex(3), "asked": {"status": "signed"}}]
    body = {"of": "sales.list_orders", "views": wanted, "expected_version": before[0]["version"] if before else None}
    body = {name: value for name, value in body.items() if value is not None}

    said = struck(
        lambda: system.die_at("before_commit", "gateway"), lambda: manager.send("PUT", "/me/views", body, key=key)[1]
    )
    system.ready_again(within=READY_WITHIN)
    (kept,) = [one for one in manager.get("/me/views")["items"] if one["of"] == "sales.list_orders"]
    assert kept == said
    assert (kept["views"], kept["version"]) == (wanted, (before[0]["version"] if before else 0) + 1)


@pytest.mark.parametrize("who", ["customer", "gateway"])
def test_no_number_is_shown_that_the_log_does_not_know(system: System, who: str) -> None:
    """Who asks again is logged again, for the first answer may have been seen; never the other way round."""
    customer = system.deliver_a_car().customer_id
    agent, asked = system.as_("cr_agent"), 0

    def ask() -> Any:
        nonlocal asked
        asked += 1
        return agent.post(f"/customers/{customer}/reveal", {"reason": REASON})

    shown = struck(lambda: system.die_at("before_commit", who) if who == "gateway" else system.kill(who), ask)
    system.ready_again(within=READY_WITHIN)
    assert shown["full_mobile"]
    entries = system.rows(
        "gateway",
        "SELECT count(*) FROM access_log WHERE operation = 'customer.reveal_contact' AND subject_id = %s",
        customer,
    )
    assert 1 <= entries[0][0] <= asked
