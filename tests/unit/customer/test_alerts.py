"""What a desk must not overlook when a customer stands before it (R36)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.customer.operations import CustomerKind
from contracts.customer.views import OpenRepairOrder
from services.customer.view.rules.alerts import Arrival, alerts, missing_of

TODAY = date(2026, 11, 2)
REPAIR = OpenRepairOrder(UUID(int=1), "FT", datetime(2026, 10, 30, 9, tzinfo=LOCAL), "FT-RO-1")


def arrival(**known: Any) -> Arrival:
    return Arrival(
        **{
            "kind": CustomerKind.PERSON,
            "mobile": "13800138000",
            "has_card": True,
            "surname_only": False,
            "sold_by_us": True,
            **known,
        }
    )


def test_of_somebody_with_nothing_open_there_is_nothing_to_tell():
    assert alerts(arrival(last_score=9), today=TODAY) == []


@pytest.mark.parametrize(
    ("known", "code", "zh"),
    [
        ({"last_score": 6}, "LOW_SCORE", "6分"),
        ({"in_workshop": [REPAIR]}, "IN_WORKSHOP", "FT-RO-1"),
        ({"open_orders": 2}, "OPEN_ORDER", "2份"),
        ({"due_at": datetime(2026, 11, 2, 20, tzinfo=LOCAL)}, "OPEN_VISIT_DUE", "11-02"),
        ({"do_not_call": True}, "DO_NOT_CALL", "不要致电"),
        ({"suspected": True}, "POSSIBLE_DUPLICATE", "重复"),
        ({"has_card": False}, "INCOMPLETE_CARD", "身份证号"),
    ],
)
def test_each_fact_has_its_alert_in_two_languages(known, code, zh):
    (alert,) = alerts(arrival(**known), today=TODAY)
    assert alert.code == code
    assert zh in alert.zh
    assert alert.en.isascii() and alert.en


def test_where_his_car_is_stands_beside_the_sentence_for_names_of_stores_are_the_gateways():
    (alert,) = alerts(arrival(in_workshop=[REPAIR]), today=TODAY)
    assert alert.store_id == REPAIR.store_id
    assert REPAIR.number is not None
    assert REPAIR.store_id not in alert.zh.replace(REPAIR.number, "")


@pytest.mark.parametrize(
    "known",
    [{"last_score": 7}, {"due_at": datetime(2026, 11, 3, 0, 1, tzinfo=LOCAL)}, {"open_orders": 0}, {"in_workshop": ()}],
)
def test_what_is_well_is_not_told(known):
    assert alerts(arrival(**known), today=TODAY) == []


def test_the_angry_come_first_and_the_card_last():
    everything = arrival(last_score=1, in_workshop=[REPAIR], do_not_call=True, suspected=True, mobile="")
    assert [one.code for one in alerts(everything, today=TODAY)] == [
        "LOW_SCORE",
        "IN_WORKSHOP",
        "DO_NOT_CALL",
        "POSSIBLE_DUPLICATE",
        "INCOMPLETE_CARD",
    ]


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, []),
        ({"mobile": ""}, ["mobile"]),
        ({"surname_only": True}, ["name"]),
        ({"has_card": False}, ["id_no"]),
        ({"has_card": False, "kind": CustomerKind.COMPANY}, ["organisation_no"]),
        ({"has_card": False, "sold_by_us": False}, []),
    ],
)
def test_a_card_lacks_what_its_stage_demands(known, missing):
    assert missing_of(arrival(**known)) == missing
