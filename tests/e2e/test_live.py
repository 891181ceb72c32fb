"""What somebody else changes is on an open screen at once, over HTTP in the running system."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

from simulator.client import Client
from tests.support.polling import eventually
from tests.support.streaming import Stream
from tests.support.system import System

WITHIN = 0.5
"""Seconds from the answer to whoever changed it to the stream of whoever sees it."""


def stream_of(client: Client) -> Stream:
    return Stream(urlsplit(client.base_url).port or 0, client.token or "")


def change_of(stream: Stream, subject_id: str, *types: str) -> list[dict[str, Any]]:
    found = [one for one in stream.changes() if one["subject_id"] == subject_id and one["type"] in types]
    return found if {one["type"] for one in found} == set(types) else []


def test_a_car_taken_in_and_given_back_is_on_the_board_of_another_desk(system: System) -> None:
    car = system.deliver_a_car()
    here, there = system.as_("receptionist"), system.as_("receptionist", store="FT")
    with stream_of(here) as board, stream_of(there) as elsewhere:
        board.begun()
        elsewhere.begun()
        order = system.close_a_repair_order(customer_id=car.customer_id, vehicle_id=car.vehicle_id, fen=100)
        answered = time.monotonic()
        changes = eventually(
            lambda: change_of(board, order["ro_id"], "repair_order_opened", "repair_settled", "vehicle_returned"),
            within=5,
        )
        told_at = max(message.at for message in board.messages if message.data.get("subject_id") == order["ro_id"])
        assert told_at - answered < WITHIN
        assert {change["store_id"] for change in changes} == {"HN"}
        assert order["ro_id"] not in elsewhere.subjects()


def test_a_consultant_sees_his_order_move_and_not_a_colleagues(system: System) -> None:
    his, colleagues = system.as_("consultant"), system.hired("consultant")
    with stream_of(his) as stream, stream_of(colleagues) as other:
        stream.begun()
        other.begun()
        car = system.deliver_a_car()
        order_id = car.order["order_id"]
        eventually(
            lambda: change_of(
                stream, order_id, "order_signed", "payment_confirmed", "vehicle_allocated", "vehicle_delivered"
            ),
            within=5,
        )
        assert order_id not in other.subjects()


def test_who_logs_out_is_told_nothing_more(system: System) -> None:
    leaving = system.hired("receptionist")
    with stream_of(leaving) as stream:
        stream.begun()
        leaving.send("DELETE", "/sessions/current")
        assert stream.ended.wait(2.5)
