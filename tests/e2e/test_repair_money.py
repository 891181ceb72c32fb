"""A repair is settled by payer, paid, voided and printed, and no vehicle leaves unpaid by oversight (C7, C19)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.process import clock
from simulator.client import ApiProblem
from tests.e2e.test_order_sheet import code_of, printed
from tests.support import randoms
from tests.support.paper import text
from tests.support.polling import eventually
from tests.support.system import Car, System

RARE = "㛃䶮𬭊"


@pytest.fixture(scope="module")
def car(system: System) -> Car:
    return system.deliver_a_car(name=RARE)


def opened(system: System, car: Car) -> str:
    """The address of an order of which the maker bears a line."""
    lines = [
        {"description": "机油更换", "amount_fen": 30_000, "hours": "0.5"},
        {"description": "车窗异响", "amount_fen": 80_000, "hours": "1.2", "pay_type": "WARRANTY"},
    ]
    asked = {"vehicle_id": car.vehicle_id, "customer_id": car.customer_id, "store_id": "HN", "km": 5000}
    order = system.as_("advisor").post("/repair-orders", {**asked, "complaint": "异响", "lines": lines})
    return f"/repair-orders/{order['ro_id']}"


def ready(system: System, car: Car) -> str:
    """The address of an order whose work is done, of which the maker bears a line."""
    path, advisor = opened(system, car), system.as_("advisor")
    promised = (clock.now() + timedelta(hours=2)).isoformat()
    advisor.post(f"{path}/authorize", {"promised_at": promised, "consent_by": "本人"})
    advisor.post(f"{path}/dispatch", {"technician_id": system.staff_id("technician")})
    system.as_("technician").post(f"{path}/start")
    system.as_("technician").post(f"{path}/finish")
    system.as_("inspector").post(f"{path}/inspect", {"verdict": "passed"})
    return path


def refused(work: Any) -> tuple[int, Any]:
    with pytest.raises(ApiProblem) as problem:
        work()
    return problem.value.status, problem.value.code


def paid(fen: int, **more: Any) -> dict[str, Any]:
    return {"amount_fen": fen, "channel": "wechat", "external_ref": secrets.token_hex(8), **more}


def test_a_repair_is_settled_by_payer_voided_settled_anew_and_paid_before_the_keys(system: System, car: Car) -> None:
    path, finance, advisor = ready(system, car), system.as_("finance"), system.as_("advisor")
    manager, ro_id = system.as_("service_manager"), path.rpartition("/")[2]
    assert refused(lambda: finance.post(f"{path}/payments", paid(1))) == (409, "NOT_SETTLED")
    finance.post(f"{path}/settle")
    made = {one["payer"]: one for one in advisor.get(f"{path}/money")["settlements"]}
    assert {payer: one["balance_fen"] for payer, one in made.items()} == {"CUSTOMER": 30_000, "WARRANTY": 80_000}
    assert refused(lambda: advisor.post(f"{path}/return")) == (409, "CUSTOMER_UNPAID")
    assert refused(lambda: advisor.post(f"{path}/payments", paid(1))) == (403, "OPERATION_NOT_ALLOWED")
    assert refused(lambda: advisor.post(f"{path}/allow-unpaid", {"reason": "熟客"})) == (403, "OPERATION_NOT_ALLOWED")
    assert refused(lambda: finance.post(f"{path}/payments", paid(30_001))) == (422, "REPAIR_OVERPAYMENT")
    told = paid(30_000)
    first = finance.post(f"{path}/payments", told)
    assert finance.post(f"{path}/payments", told)["payment_id"] == first["payment_id"]
    assert refused(lambda: finance.post(f"{path}/payments", {**told, "amount_fen": 1})) == (
        409, "REPAIR_REFERENCE_USED",
    )  # fmt: skip

    def spent() -> Any:
        view = system.as_("finance").get(f"/customers/{car.customer_id}/360")
        lines = [one["type"] for one in view["timeline"] if one["source_id"] == ro_id]
        return view["glance"]["spent_fen"], lines

    settled = eventually(lambda: spent() if "repair_payment_confirmed" in spent()[1] else None)
    assert settled[0] == car.order["total_fen"] + 30_000
    assert refused(lambda: manager.post(f"{path}/void-settlement", {"reason": "付款方有误"})) == (
        403, "OPERATION_NOT_ALLOWED",
    )  # fmt: skip
    assert finance.post(f"{path}/void-settlement", {"reason": "付款方有误"})["stage"] == "ready"
    eventually(lambda: "settlement_voided" in spent()[1])
    advisor.send("PATCH", f"{path}/lines/2", {"pay_type": "GOODWILL"})
    finance.post(f"{path}/settle")
    money = finance.get(f"{path}/money")
    assert [(one["payer"], one["state"]) for one in money["settlements"]] == [
        *(("CUSTOMER", "paid"), ("GOODWILL", "owed")), *(("CUSTOMER", "void"), ("WARRANTY", "void")),
    ]  # fmt: skip
    owed = finance.get("/repair-receivables", customer_id=car.customer_id, expand="customer")
    mine = [one for one in owed["items"] if one["ro_id"] == ro_id]
    assert [(one["payer"], one["balance_fen"], one["customer_name"]) for one in mine] == [("GOODWILL", 80_000, RARE)]
    assert advisor.post(f"{path}/return", {"km_out": 60_000})["stage"] == "delivered"
    eventually(lambda: spent()[0] == car.order["total_fen"] + 30_000 and "vehicle_returned" in spent()[1])
    assert spent()[1].count("repair_settled") == 2


def test_a_manager_lets_a_vehicle_go_unpaid_with_his_reason(system: System, car: Car) -> None:
    path = ready(system, car)
    system.as_("finance").post(f"{path}/settle")
    assert refused(lambda: system.as_("service_manager").post(f"{path}/allow-unpaid", {"reason": ""})) == (
        422, "INVALID_REQUEST",
    )  # fmt: skip
    allowed = system.as_("service_manager").post(f"{path}/allow-unpaid", {"reason": "单位月结"})
    assert (allowed["allowed_reason"], allowed["balance_fen"]) == ("单位月结", 30_000)
    system.as_("advisor").post(f"{path}/return", {"km_out": 60_000})
    payment = system.as_("finance").post(f"{path}/payments", paid(30_000))
    taken_back = system.as_("finance").post(f"/repair-payments/{payment['payment_id']}/reverse", {"reason": "退票"})
    assert taken_back["state"] == "reversed"
    assert refused(
        lambda: system.as_("finance").post(f"/repair-payments/{payment['payment_id']}/reverse", {"reason": "退票"})
    ) == (409, "REPAIR_PAYMENT_STATE")


def test_an_estimate_and_an_order_are_printed_to_be_signed_before_anybody_was_given_the_work(
    system: System, car: Car
) -> None:
    path = opened(system, car)
    for sheet in ("estimate-sheet", "sheet"):
        status, _, paper = printed(system, f"{path}/{sheet}", role="advisor")
        assert status == 200
        assert "车窗异响" in text(paper)


def test_the_four_papers_of_a_repair_are_printed_and_printed_again(system: System, car: Car) -> None:
    path = ready(system, car)
    assert code_of(printed(system, f"{path}/certificate", role="advisor")) == (404, "NOT_CERTIFIED")
    person = {"name": "尉迟小刘", "mobile": randoms.mobile(), "store_id": "HN"}
    driver = system.as_("receptionist").post("/customers", person)["customer_id"]
    parties = {"bringer_id": driver, "payers": [{"pay_type": "WARRANTY", "firm": "通用汽车"}]}
    stranger = {"bringer_id": str(uuid4())}
    assert refused(lambda: system.as_("advisor").post(f"{path}/parties", stranger)) == (422, "INVALID_REQUEST")
    system.as_("advisor").post(f"{path}/parties", parties)
    named = system.as_("finance").get(f"{path}/parties", expand="customer")["items"]
    assert [(one["role"], one["customer_name"], one["firm"]) for one in named] == [
        ("bringer", "尉迟小刘", None), ("payer", None, "通用汽车"),
    ]  # fmt: skip
    issued = system.as_("inspector").post(f"{path}/certificate", {"category": "second_maintenance", "km_out": 5004})
    system.as_("finance").post(f"{path}/settle")
    (settlement,) = [
        one for one in system.as_("finance").get(f"{path}/money")["settlements"] if one["payer"] == "CUSTOMER"
    ]
    number = system.as_("advisor").get(path)["number"]
    sheet = f"/settlements/{settlement['settlement_id']}/sheet"
    wanted = {
        f"{path}/estimate-sheet": ("维修估价单", number, "机油更换", "800.00", "叁佰元整"),
        f"{path}/sheet": ("委托书", number, "本人", "承诺交车", "送修人尉迟小刘"),
        sheet: (
            "机动车维修费用结算清单",
            settlement["number"],
            "出厂里程5004公里",
            "二级维护",
            "5000公里或30日",
            "¥300.00",
        ),
        f"{path}/certificate": ("竣工出厂合格证", issued["number"], "二级维护", "车窗异响"),
    }
    for address, told in wanted.items():
        status, headers, first = printed(system, address, role="finance")
        assert (status, headers["content-type"]) == (200, "application/pdf"), address
        said = text(first)
        for each in (*told, RARE, car.vin, "华南店"):
            assert each in said, (address, each)
        assert car.mobile not in said
        assert printed(system, address, role="advisor")[2] == first, "a reprint is the same to the byte"
        assert code_of(printed(system, address, role="advisor", store="FT"))[0] == 404
    assert code_of(printed(system, sheet, role="technician")) == (403, "OPERATION_NOT_ALLOWED")
    assert b"80000" not in printed(system, f"{sheet}?format=json", role="finance")[2], "another payer's share"
