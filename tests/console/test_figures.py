"""The month's figures: by store and in sum, with the half year before, and no data is not nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import Car, System

SitDown = Callable[..., Desk]


def counted(figures: dict[str, Any]) -> dict[str, Any] | None:
    """The figures, once they hold a workshop visit."""
    return figures if figures["total"]["figures"]["service_visits"] else None


def test_a_leader_reads_what_the_api_says_by_store_and_in_sum(system: System, sit_down: SitDown) -> None:
    car: Car = system.deliver_a_car(name="诸葛亮")
    system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=1000)
    leader = system.as_("leader")
    desk = sit_down("leader")
    desk.store = "all"
    desk.open("figures")
    desk.see("月度经营数据")
    shown = desk.page.get_by_role("combobox", name="月份").input_value()
    figures = eventually(lambda: counted(leader.get("/reports/month", month=shown)), within=20)
    definition = next(each for each in figures["definitions"] if each["code"] == "service_visits")
    desk.page.reload()
    row = desk.page.get_by_role("row").filter(has_text=definition["zh"])
    row.wait_for()
    told = f"{figures['total']['figures']['service_visits']:,}"
    eventually(lambda: told in row.inner_text().split(), what="the sum of the API on the screen")
    desk.open("figures?month=2020-01")
    desk.see("无数据")
