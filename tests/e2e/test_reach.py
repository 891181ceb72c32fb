"""How far roles reach: a dealer's leader sees what is his dealer's, money included, and nothing of another dealer's."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from chassis.process import clock
from simulator.client import ApiProblem, Client
from tests.support.polling import eventually
from tests.support.system import System


@pytest.fixture
def leader(system: System) -> Iterator[Callable[[str], Client]]:
    """The leader of a store's dealer, who acts for no single store."""
    with ExitStack() as open_ones:
        yield lambda store: open_ones.enter_context(
            closing(Client(system.base_url, token=system.as_("dealer_leader", store=store).token))
        )


@pytest.fixture
def elsewhere(system: System) -> str:
    """A store of another dealer."""
    code = f"X{secrets.token_hex(3).upper()}"
    system.boss.post("/dealers", {"code": code, "name": "别家"})
    system.boss.post("/stores", {"code": code, "name": "别家店", "dealer_code": code})
    return code


def test_a_dealer_s_leader_sees_his_dealer_s_month_and_no_other_s(
    system: System, leader: Callable[[str], Client], elsewhere: str
) -> None:
    month = f"{clock.now():%Y-%m}"
    ours, theirs = leader("FT"), leader(elsewhere)

    def delivered(**asked: Any) -> int:
        return int(ours.get("/reports/month", month=month, **asked)["total"]["figures"]["deliveries"])

    here, everywhere = delivered(store_id="HN"), delivered()
    car = system.deliver_a_car()

    eventually(lambda: delivered(store_id="HN") == here + 1, within=5)
    assert delivered() == everywhere + 1
    assert theirs.get("/reports/month", month=month)["stores"] == []
    with pytest.raises(ApiProblem) as refused:
        theirs.get("/reports/month", month=month, store_id="HN")
    assert (refused.value.status, refused.value.code) == (403, "STORE_NOT_ALLOWED")
    assert ours.get(f"/orders/{car.order['order_id']}")["total_fen"] == 100
    with pytest.raises(ApiProblem) as missing:
        theirs.get(f"/orders/{car.order['order_id']}")
    assert missing.value.status == 404


def test_a_store_that_is_opened_is_within_its_dealer_s_reach_at_once(
    system: System, leader: Callable[[str], Client]
) -> None:
    ours = leader("FT")
    ours.get("/me")
    code = f"X{secrets.token_hex(3).upper()}"
    system.boss.post("/stores", {"code": code, "name": "新店", "dealer_code": "HT"})

    assert ours.get("/orders", store_id=code)["items"] == []


def test_a_supervisor_sees_the_orders_of_his_team_and_of_nobody_else(system: System) -> None:
    team = f"T{secrets.token_hex(3).upper()}"
    system.boss.post("/teams", {"code": team, "name": "展厅组", "store_id": "HN"})
    order_id = system.deliver_a_car().order["order_id"]
    supervisor, consultant = system.as_("sales_supervisor"), system.staff_id("consultant")

    def seen() -> set[str]:
        return {order["order_id"] for order in supervisor.get("/orders", size=100)["items"]}

    assert order_id not in seen()
    for person in (system.staff_id("sales_supervisor"), consultant):
        system.boss.send("PATCH", f"/staff/{person}", {"team": team})
    assert order_id in seen()
    assert supervisor.get(f"/orders/{order_id}")["consultant_id"] == consultant
    system.boss.send("PATCH", f"/staff/{consultant}", {"team": None})
    assert order_id not in seen()
