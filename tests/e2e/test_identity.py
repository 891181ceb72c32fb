"""Who the buyer is must be known before his order is submitted (C4): asked of the customer service, for who submits."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.sales.policies import IdentityNeeded
from contracts.shapes import plain
from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.system import System

STORE = "FT"
"""Of its own: elsewhere in the tests a name and a mobile are enough."""


@pytest.fixture(scope="module")
def strict(system: System) -> System:
    """The system, in which one store asks for all of C4."""
    asked = {"code": "ORDER_IDENTITY", "value": plain(IdentityNeeded()), "store_id": STORE}
    system.as_("leader", store=STORE).post("/policies", asked)
    return system


def registered(system: System, **more: Any) -> str:
    person = {"name": "颜回", "mobile": randoms.mobile(), "store_id": STORE, **more}
    made: str = system.as_("receptionist", store=STORE).post("/customers", person)["customer_id"]
    return made


def order(customer_id: str, **more: Any) -> dict[str, Any]:
    return {"customer_id": customer_id, "store_id": STORE, "model": "GL8", "total_fen": 100, **more}


def refused(system: System, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ApiProblem) as problem:
        system.as_("consultant", store=STORE).post(path, asked)
    assert (problem.value.status, problem.value.code) == (409, "IDENTITY_INCOMPLETE")
    details: dict[str, Any] = problem.value.problem["details"]
    return details


def test_an_order_for_somebody_without_a_card_is_a_draft_until_it_is_known(strict: System) -> None:
    consultant, customer_id = strict.as_("consultant", store=STORE), registered(strict)
    assert refused(strict, "/orders", order(customer_id))["missing"] == "id_no"
    path = f"/orders/{consultant.post('/orders', order(customer_id, draft=True))['order_id']}"
    assert refused(strict, f"{path}/submit", {})["names"] == "证件号"
    assert consultant.get(path)["status"] == "draft"
    record = strict.as_("receptionist", store=STORE)
    record.send("PATCH", f"/customers/{customer_id}", {"id_no": randoms.resident_id()})
    assert consultant.post(f"{path}/submit", {})["status"] == "approved"


def test_who_is_known_is_written_for_at_once(strict: System) -> None:
    customer_id = registered(strict, id_no=randoms.resident_id())
    made = strict.as_("consultant", store=STORE).post("/orders", order(customer_id))
    assert made["status"] == "approved"


def test_a_company_is_known_by_its_code_and_a_surname_is_no_name(strict: System) -> None:
    company = registered(strict, name="深圳红彤物流有限公司", kind="company")
    assert refused(strict, "/orders", order(company))["missing"] == "organisation_no"
    somebody = registered(strict, name="王先生", id_no=randoms.resident_id())
    assert refused(strict, "/orders", order(somebody))["missing"] == "name"


def test_a_store_that_asks_for_less_is_told_of_nothing(strict: System) -> None:
    person = {"name": "颜路", "mobile": randoms.mobile(), "store_id": "HN"}
    customer_id = strict.as_("receptionist").post("/customers", person)["customer_id"]
    made = strict.as_("consultant").post("/orders", {**order(customer_id), "store_id": "HN"})
    assert made["status"] == "approved"


def test_a_quote_is_taken_by_who_is_known(strict: System) -> None:
    """It becomes an order that is submitted already."""
    consultant, customer_id = strict.as_("consultant", store=STORE), registered(strict)
    path = f"/quotes/{consultant.post('/quotes', order(customer_id))['quote_id']}"
    consultant.post(f"{path}/present", {})
    assert refused(strict, f"{path}/accept", {})["missing"] == "id_no"
    assert consultant.get(path)["versions"][-1]["status"] == "presented"
    record = strict.as_("receptionist", store=STORE)
    record.send("PATCH", f"/customers/{customer_id}", {"id_no": randoms.resident_id()})
    assert consultant.post(f"{path}/accept", {})["status"] == "approved"


def test_whoever_does_not_reach_it_is_not_told_what_is_missing_of_its_buyer(strict: System) -> None:
    consultant, customer_id = strict.as_("consultant", store=STORE), registered(strict)
    draft = f"/orders/{consultant.post('/orders', order(customer_id, draft=True))['order_id']}/submit"
    quote = f"/quotes/{consultant.post('/quotes', order(customer_id))['quote_id']}"
    consultant.post(f"{quote}/present", {})
    for stranger in (strict.as_("sales_manager"), strict.hired("consultant", store=STORE)):
        for path, code in ((draft, "ORDER_NOT_FOUND"), (f"{quote}/accept", "QUOTE_NOT_FOUND")):
            with pytest.raises(ApiProblem) as problem:
                stranger.post(path, {})
            assert (problem.value.status, problem.value.code) == (404, code)
