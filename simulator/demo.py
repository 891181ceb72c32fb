"""The demo: three stores, thirty staff and two hundred customers by the public API, then the main job told aloud."""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from stdnum.iso7064 import mod_11_2

from chassis.process import clock
from contracts.vin import with_check_digit
from simulator.client import ApiProblem, Client, until

CUSTOMERS = Path(__file__).with_name("data") / "customers.csv"
STORES = (("HN", "华南店", "A", True), ("FT", "福田店", "B", False), ("BA", "宝安店", "C", False))
ROLES = (
    ("consultant", "销售顾问"),
    ("consultant", "销售顾问"),
    ("sales_manager", "销售经理"),
    ("receptionist", "前台"),
    ("advisor", "服务顾问"),
    ("technician", "技师"),
    ("inspector", "质检员"),
    ("service_manager", "服务经理"),
    ("cr_agent", "客服专员"),
    ("finance", "财务"),
)

RATION = {"given_a_day": 1_000_000, "phone_misses_an_hour": 100_000, "phone_misses_a_day": 1_000_000}
"""Of searches by phone."""

Say = Callable[[str], None]


def main(base_url: str, *, admin: tuple[str, str], people_file: Path, say: Say = print) -> None:
    """Build the group on first start (remembered in `people_file`), then tell the story."""
    if not people_file.exists():
        build(base_url, admin=admin, people_file=people_file, say=say)
    tell(base_url, people_file=people_file, say=say)


def build(base_url: str, *, admin: tuple[str, str], people_file: Path, say: Say) -> None:
    """Create dealer, stores, staff and customers."""
    boss, password = _first_session(base_url, *admin)
    _create(boss, "/dealers", {"code": "HT", "name": "红彤汽车贸易有限公司"})
    for code, name, grade, headquarters in STORES:
        _create(
            boss,
            "/stores",
            {"code": code, "name": name, "dealer_code": "HT", "grade": grade, "headquarters": headquarters},
        )
    people = {"admin": {"account": admin[0], "password": password, "store": None, "role": "admin"}}
    hired = [("L01", "集团领导", "leader", [store[0] for store in STORES])]
    hired += [
        (f"{store}{number:02d}", f"{title}{number:02d}", role, [store])
        for store, *_ in STORES
        for number, (role, title) in enumerate(ROLES, start=1)
    ]
    for code, name, role, stores in hired:
        initial = secrets.token_urlsafe(12)
        _create(
            boss, "/staff", {"code": code, "name": name, "roles": [role], "stores": stores, "initial_password": initial}
        )
        begins_now = role in ("leader", "receptionist") or stores == ["HN"]
        password = _first_session(base_url, code, initial)[1] if begins_now else initial
        people[code] = {"account": code, "password": password, "store": stores[0], "role": role}
    _remember(people_file, people)
    leader = _session(base_url, people, "leader", "HN")
    # one person stands for a whole shop here; guessing cards stays rationed
    leader.post("/policies", {"code": "SEARCH_RATION", "value": RATION, "store_id": None})
    say(f"  组织  1 dealer, {len(STORES)} stores, {len(hired)} staff created through the API")
    with CUSTOMERS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    desks = {store: _session(base_url, people, "receptionist", store) for store, *_ in STORES}
    with ThreadPoolExecutor(len(desks)) as pool:
        created = sum(
            pool.map(
                lambda store: sum(_register(desks[store], row) for row in rows if row["store"] == store), list(desks)
            )
        )
    say(f"  客户  {created} customers with vehicles registered from {CUSTOMERS.name}")


def tell(base_url: str, *, people_file: Path, say: Say) -> None:
    """The main job, step by step, with what each service then knows and how soon."""
    people = json.loads(people_file.read_text())
    at = {role: _session(base_url, people, role, "HN") for role, _ in ROLES}
    leader = _session(base_url, people, "leader", "HN")
    number = secrets.randbelow(10**8)
    mobile, vin = (
        f"138{number:08d}",
        with_check_digit(f"LSG{secrets.token_hex(3)[:5].upper()}02S{secrets.randbelow(10**6):06d}"),
    )
    month = f"{clock.now():%Y-%m}"
    before = leader.get("/reports/month", month=month)["total"]["figures"]
    say("\n  -- 一辆车的交付 · a car is sold ------------------------------------------------------")
    customer = at["receptionist"].post(
        "/customers", {"name": "陈晓明", "mobile": mobile, "store_id": "HN", "id_no": _card(number)}
    )["customer_id"]
    say(f"  前台 registers 陈晓明, {mobile[:3]}****{mobile[-4:]}: customer {customer}")
    at["sales_manager"].post("/stock-vehicles", {"vin": vin, "model": "GL8", "store_id": "HN"})
    order = at["consultant"].post(
        "/orders", {"customer_id": customer, "store_id": "HN", "model": "GL8", "total_fen": 29_980_000}
    )
    path = f"/orders/{order['order_id']}"
    promised = (clock.now() + timedelta(days=14)).date().isoformat()
    at["consultant"].post(
        f"{path}/sign", {"contract_no": order["number"], "signer": "陈晓明", "promised_date": promised}
    )
    at["finance"].post(
        f"{path}/payments", {"amount_fen": 29_980_000, "external_ref": f"BANK-{number}", "kind": "balance"}
    )
    at["consultant"].post(f"{path}/allocate", {"vin": vin})
    checklist = _walk_steps(at, path, plate=f"粤B{number % 100_000:05d}", say=say)
    delivered = at["consultant"].post(f"{path}/deliver", {"km": 12, "checklist": checklist})
    say(f"  销售顾问 writes, signs, is paid for, allocates and delivers order {delivered['number']}")
    view, ms = until(lambda: _knows(at["advisor"], customer, "vehicle_delivered"))
    say(f"  客户视图 the service desk sees the sale, {ms:.0f} ms later: {_glance(view)}")
    visits, ms = until(lambda: _visits(at["cr_agent"], customer))
    say(
        f"  回访 planned, {ms:.0f} ms later: " + ", ".join(f"{v['purpose']} due {_moment(v['due_at'])}" for v in visits)
    )

    say("\n  -- 一张维修工单 · a repair order -----------------------------------------------------")
    hit = at["advisor"].get("/customers/lookup", q=vin[-6:])["items"][0]
    sold = _yes(hit["glance"]["sold_by_us"])
    say(f"  服务顾问 types the last six of the VIN, {vin[-6:]}: {hit['name']}, sold by us: {sold}")
    ro = at["advisor"].post(
        "/repair-orders",
        {
            "vehicle_id": hit["vehicles"][0]["vehicle_id"],
            "customer_id": customer,
            "store_id": "HN",
            "km": 5120,
            "complaint": "首保",
            "lines": [{"description": "首次保养", "amount_fen": 38_000, "hours": "1.5"}],
        },
    )
    path = f"/repair-orders/{ro['ro_id']}"
    ready_by = (clock.now() + timedelta(hours=3)).isoformat()
    at["advisor"].post(f"{path}/authorize", {"promised_at": ready_by, "consent_by": "陈晓明"})
    at["advisor"].post(f"{path}/dispatch", {"technician_id": at["technician"].get("/me")["staff_id"], "bay": "3"})
    at["technician"].post(f"{path}/start")
    at["technician"].post(f"{path}/finish")
    at["inspector"].post(f"{path}/inspect", {"verdict": "passed"})
    at["finance"].post(f"{path}/settle")
    at["finance"].post(
        f"{path}/payments", {"amount_fen": 38_000, "channel": "card", "external_ref": f"POS-{ro['number']}"}
    )
    at["advisor"].post(f"{path}/return", {"km_out": 5123})
    say(f"  车间 {ro['number']} authorised, worked on, inspected, settled, paid and returned")
    view, ms = until(lambda: _knows(at["consultant"], customer, "vehicle_returned"))
    say(f"  客户视图 sales sees the service visit, {ms:.0f} ms later: {_glance(view)}")
    service, ms = until(lambda: _visit(at["cr_agent"], customer, "SERVICE_D3"))
    say(f"  回访 SERVICE_D3 planned, {ms:.0f} ms later, due {_moment(service['due_at'])}")
    at["cr_agent"].post(f"/visits/{service['visit_id']}/complete", {"score": 9, "remark": "很满意"})
    view, ms = until(lambda: _knows(at["advisor"], customer, "visit_completed"))
    say(f"  回访 answered with 9 of 10; on the customer view {ms:.0f} ms later: {_glance(view)}")
    after, ms = until(lambda: _counted(leader, month, before))
    say(
        f"  报表 {month}: deliveries {before['deliveries']} → {after['deliveries']}, workshop visits "
        f"{before['service_visits']} → {after['service_visits']}, CSI {after['csi']} ({ms:.0f} ms later)"
    )


def _walk_steps(at: dict[str, Client], path: str, *, plate: str, say: Say) -> list[str]:
    """Every step before the keys, by who owns it or the manager; the checklist that the keys wait for."""
    delivery = at["sales_manager"].get(f"{path}/delivery")
    say(f"  交期 the keys can be given on {delivery['ready_on']}: everything waits for {delivery['holds']}")
    insured = {"effective_from": clock.now().isoformat(), "insurer": "人保财险", "evidence": "PICC-1"}
    shows = {"INSURANCE": insured, "PLATE": {"plate": plate}}
    todo = [step for step in delivery["steps"] if step["state"] == "pending" and step["code"] != "HANDOVER"]
    for step in todo:
        asked = {"act": "finish", **shows.get(step["code"], {})}
        at.get(step["role"], at["sales_manager"]).send("PATCH", f"{path}/steps/{step['code']}", asked)
    say(f"  交车步骤 done by their owners: {', '.join(step['code'] for step in todo)}")
    return [item["code"] for item in delivery["checklist"]]


def _knows(client: Client, customer: str, event: str) -> dict[str, Any] | None:
    view = client.get(f"/customers/{customer}/360")
    return view if any(entry["type"] == event for entry in view["timeline"]) else None


def _visits(client: Client, customer: str) -> list[dict[str, Any]]:
    visits: list[dict[str, Any]] = client.get("/visits", customer_id=customer)["items"]
    return visits


def _visit(client: Client, customer: str, purpose: str) -> dict[str, Any] | None:
    return next((visit for visit in _visits(client, customer) if visit["purpose"] == purpose), None)


def _counted(leader: Client, month: str, before: dict[str, Any]) -> dict[str, Any] | None:
    figures: dict[str, Any] = leader.get("/reports/month", month=month)["total"]["figures"]
    grown = all(figures[code] > before[code] for code in ("deliveries", "service_visits", "answers"))
    return figures if grown else None


def _glance(view: dict[str, Any]) -> str:
    glance = view["glance"]
    return (
        f"sold by us {_yes(glance['sold_by_us'])} ({glance.get('sold_store_name')}, {glance.get('consultant_name')}), "
        f"service visits {glance['service_visits']}, open visits {glance['open_visits']}, "
        f"last score {glance['last_score']}"
    )


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(clock.LOCAL):%m-%d %H:%M}"


def _register(desk: Client, row: dict[str, str]) -> int:
    vehicle = {"vin": row["vin"], "model": row["model"], "plate": row["plate"]}
    body = {
        "kind": row["kind"],
        "name": row["name"],
        "mobile": row["mobile"],
        "store_id": row["store"],
        "vehicle": vehicle,
    }
    return int(desk.post("/customers", body)["created"])


def _create(boss: Client, path: str, body: dict[str, Any]) -> None:
    try:
        boss.post(path, body)
    except ApiProblem as problem:
        if problem.code != "CODE_TAKEN":
            raise


def _first_session(base_url: str, account: str, initial: str) -> tuple[Client, str]:
    """Log in with an initial password and choose a lasting one."""
    session = Client.log_in(base_url, account, initial)
    chosen = secrets.token_urlsafe(12)
    session.post("/me/password", {"old_password": initial, "new_password": chosen})
    return Client.log_in(base_url, account, chosen), chosen


def _card(number: int) -> str:
    """The number of a resident ID card that nobody else has: an order asks for it."""
    body = f"440301{date(1960, 1, 1) + timedelta(days=number % 14_000):%Y%m%d}{number // 14_000 % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def _session(base_url: str, people: dict[str, Any], role: str, store: str) -> Client:
    person = next(p for p in people.values() if p["role"] == role and (p["store"] == store or role == "leader"))
    return Client.log_in(base_url, person["account"], person["password"], store=store)


def _remember(people_file: Path, people: dict[str, Any]) -> None:
    handle = os.open(people_file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(people, out, ensure_ascii=False, indent=1)
