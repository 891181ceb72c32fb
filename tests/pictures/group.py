"""A dealer group with half a year behind it, on a Thursday morning: what the pictures show.

Names, numbers and moments are the same each time; whoever is a customer stands in the demo's file.
"""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.process import clock
from contracts.vin import with_check_digit
from simulator.demo import CUSTOMERS
from tests.support.polling import eventually
from tests.support.system import System

MORNING = datetime(2026, 3, 19, 10, 20, tzinfo=clock.LOCAL)
"""The moment of all pictures."""
MONTHS = tuple(
    datetime(*day, 9, 30, tzinfo=clock.LOCAL)
    for day in ((2025, 10, 14), (2025, 11, 13), (2025, 12, 16), (2026, 1, 15), (2026, 2, 5), (2026, 3, 16))
)
"""A working day of each."""
PLENTY = 60
"""Seconds the services may take to learn of a month."""
STAFF = {
    "HN": ("林晓燕", "周建平", "许丽华", "陈国强", "何志明", "黄永强", "曾庆辉", "郑淑芬", "苏婉仪"),
    "FT": ("罗美玲", "唐志远", "邓秋霞", "冯俊杰", "梁永康", "谢文斌", "蒋伟民", "彭雪梅", "潘晓彤"),
    "BA": ("叶静雯", "董海涛", "袁丽萍", "韩志勇", "吕振华", "田家豪", "余建军", "杜玉兰", "沈佳怡"),
}
"""Who works in each store, in the order of `ROLES`."""
ROLES = (
    "receptionist",
    "consultant",
    "finance",
    "sales_manager",
    "advisor",
    "technician",
    "inspector",
    "service_manager",
    "cr_agent",
)
LEADER = "马文涛"
SALES = {"HN": 3, "FT": 1, "BA": 1}
"""Cars delivered in the first month; the workshop sees as many that others sold."""
PRICES = {
    "GL8": 29_980_000,
    "新世纪": 33_800_000,
    "GS": 26_500_000,
    "G": 24_800_000,
    "GL": 23_900_000,
    "赛欧": 10_980_000,
}
WORK = (
    ("换机油", (("更换机油、机滤", 38_000, "1"),)),
    ("常规保养,刹车偏软", (("更换前刹车片", 76_000, "1.5"), ("更换刹车油", 24_000, "0.5"))),
    ("空调不够凉", (("清洗蒸发箱,补充冷媒", 46_000, "1.5"),)),
    ("右前轮过坎异响", (("检查底盘", 12_000, "0.5"), ("更换右前平衡杆胶套", 28_000, "1"))),
    ("大保养,换火花塞", (("大保养:三滤、机油、火花塞", 128_000, "2.5"),)),
    ("倒车刮花右后门", (("右后门钣金喷漆", 85_000, "4"),)),
)
"""What customers say, and what is done about it: fen and hours."""
STEP = timedelta(minutes=15)
IN_THE_WORKSHOP = (
    (130, 3, 45),
    (125, 3, -10),
    (110, 4, 40),
    (95, 5, 30),
    (80, 2, 100),
    (60, 1, 150),
    (45, 2, 190),
    (20, 1, 240),
    (8, 0, 0),
)
"""What stands there in the morning: minutes ago taken in, steps done since, minutes left of what was promised."""
ANSWERS = (
    (9, "服务热情,讲解清楚"),
    (10, ""),
    (8, "等候时间稍长"),
    (9, "车洗得很干净"),
    (10, "很满意"),
    (7, "取车时排队"),
)


@dataclass(frozen=True)
class Group:
    """Whom the pictures show: customers with their cars, and the ids of what is open."""

    customer: dict[str, Any]
    arriving: dict[str, Any]
    repair_order: str
    pair: tuple[str, str]


class Business:
    """The doings of the stores; what comes next of anything is the next row of its list."""

    def __init__(self, system: System) -> None:
        self._system = system
        with CUSTOMERS.open(encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row["kind"] == "person"]
        self._rows = {store: iter([row for row in rows if row["store"] == store]) for store in STAFF}
        self._numbers = itertools.count(1)
        self._work, self._answers = itertools.cycle(WORK), itertools.cycle(ANSWERS)

    def lives_at(self, moment: datetime) -> None:
        """The time of business is this moment."""
        self._system.boss.post("/admin/clock", {"now": moment.isoformat()})

    def registers(self, store: str, *, with_car: bool = True, known: dict[str, str] | None = None) -> dict[str, Any]:
        """The next customer of the file, with his car, or without; the row and his ids."""
        row = next(self._rows[store])
        body: dict[str, Any] = {"name": row["name"], "mobile": row["mobile"], "store_id": store, **(known or {})}
        if with_car:
            body["vehicle"] = {name: row[name] for name in ("vin", "model", "plate")}
        made = self._system.as_("receptionist", store=store).post("/customers", body)
        return {**row, "customer_id": made["customer_id"], "vehicle_id": made["vehicle_id"]}

    def sells(self, store: str, *, at: datetime) -> dict[str, Any]:
        """Somebody new buys a car and drives it home; returns him as `registers` does, with it."""
        to, number = self.registers(store, with_car=False), next(self._numbers)
        model = tuple(PRICES)[number % len(PRICES)]
        vin = with_check_digit(f"LSGDC82C06S{100_000 + 3_719 * number:06d}")
        stock = {"vin": vin, "model": model, "store_id": store}
        self._system.as_("sales_manager", store=store).post("/stock-vehicles", stock)
        consultant = self._system.as_("consultant", store=store)
        order = {"customer_id": to["customer_id"], "store_id": store, "model": model, "total_fen": PRICES[model]}
        made = consultant.post("/orders", order)
        path, due = f"/orders/{made['order_id']}", (at + timedelta(days=3)).date().isoformat()
        consultant.post(f"{path}/sign", {"contract_no": made["number"], "signer": to["name"], "promised_date": due})
        paid = {"amount_fen": PRICES[model], "external_ref": f"BANK-{number}", "kind": "balance"}
        self._system.as_("finance", store=store).post(f"{path}/payments", paid)
        vehicle_id = consultant.post(f"{path}/allocate", {"vin": vin})["vehicle_id"]
        consultant.post(f"{path}/deliver", {"km": 10 + number % 9})
        return {**to, "vehicle_id": vehicle_id, "vin": vin, "model": model}

    def takes_in(self, store: str, *, car: dict[str, Any], km: int) -> str:
        """A car comes into the workshop; returns the id of its repair order."""
        complaint, work = next(self._work)
        lines = [{"description": said, "amount_fen": fen, "hours": hours} for said, fen, hours in work]
        body = {"vehicle_id": car["vehicle_id"], "customer_id": car["customer_id"], "store_id": store, "km": km}
        advisor = self._system.as_("advisor", store=store)
        ro_id: str = advisor.post("/repair-orders", {**body, "complaint": complaint, "lines": lines})["ro_id"]
        return ro_id

    def goes_on(
        self, store: str, ro_id: str, *, km: int, steps: int, since: datetime, promised: datetime, name: str, bay: str
    ) -> None:
        """So many of the seven steps from his consent to the keys, one every quarter of an hour; the trial is 3 km."""
        said = {"promised_at": promised.isoformat(), "consent_by": name}
        technician = self._system.staff_id("technician", store=store)
        way: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("advisor", "authorize", said),
            ("advisor", "dispatch", {"technician_id": technician, "bay": bay}),
            ("technician", "start", {}),
            ("technician", "finish", {}),
            ("inspector", "inspect", {"verdict": "passed"}),
            ("finance", "settle", {}),
            ("advisor", "return", {"km_out": km + 3}),
        )
        for number, (role, step, body) in enumerate(way[:steps], start=1):
            self.lives_at(since + number * STEP)
            order = self._system.as_(role, store=store).post(f"/repair-orders/{ro_id}/{step}", body)
            if step == "settle":
                paid = {
                    "amount_fen": order["customer_fen"],
                    "channel": "card",
                    "external_ref": f"POS-{order['number']}",
                }
                self._system.as_(role, store=store).post(f"/repair-orders/{ro_id}/payments", paid)

    def answers(self, *, until: datetime) -> None:
        """Everybody whose visit was due by then is asked, and answers."""
        for store in STAFF:
            agent = self._system.as_("cr_agent", store=store)
            while visits := agent.get("/visits", store_id=store, due_before=until.isoformat(), size=100)["items"]:
                for visit in visits:
                    score, remark = next(self._answers)
                    agent.post(f"/visits/{visit['visit_id']}/complete", {"score": score, "remark": remark})


def found(system: System) -> Group:
    """Hire everybody, and let them work from the first month to the morning of the pictures."""
    for store, names in STAFF.items():
        for number, (role, name) in enumerate(zip(ROLES, names, strict=True), start=1):
            system.employ(role, code=f"{store}{number:02d}", name=name, stores=(store,))
    system.employ("leader", code="L01", name=LEADER, stores=tuple(STAFF))
    business, sold = Business(system), [[]]  # type: tuple[Business, list[list[dict[str, Any]]]]
    for at in MONTHS:
        business.lives_at(at)
        cars = {store: _month(business, store, sold[-1], at=at) for store in STAFF}
        sold.append(cars["HN"])
        eventually(system.caught_up, within=PLENTY, what=f"the services to know of {at:%Y-%m}")
        for car in cars["HN"]:
            system.as_("receptionist").post(f"/vehicles/{car['vehicle_id']}/plates", {"plate": car["plate"]})
        if at != MONTHS[-1]:
            business.lives_at(at + timedelta(days=9))
            business.answers(until=at + timedelta(days=9))
    return _this_morning(system, business, sold)


def _month(business: Business, store: str, buyers: list[dict[str, Any]], *, at: datetime) -> list[dict[str, Any]]:
    """Cars are sold; some of those sold the month before are serviced, and some that others sold."""
    grown = MONTHS.index(at) % 3
    sold = []
    for number in range(SALES[store] + grown):
        business.lives_at(at + number * STEP)
        sold.append(business.sells(store, at=at))
    known = [(car, 4_800) for car in buyers[:2]] if store == "HN" else []
    others = [(business.registers(store), 31_000 + 700 * grown) for _ in range(SALES[store] + grown)]
    for number, (car, km) in enumerate((*known, *others)):
        since = at + number * STEP
        business.lives_at(since)
        ro_id, until = business.takes_in(store, car=car, km=km), since + timedelta(hours=3)
        business.goes_on(
            store, ro_id, km=km, steps=7, since=since, promised=until, name=car["name"], bay=str(number + 1)
        )
    return sold


def _this_morning(system: System, business: Business, sold: list[list[dict[str, Any]]]) -> Group:
    """The workshop of the headquarters at twenty past ten, and what lies on the other desks."""
    customer, arriving = sold[-3][0], sold[-4][0]
    same = {"birth_date": "1983-05-02", "email": "mail@example.com"}
    business.lives_at(MONTHS[1])
    first = business.registers("HN", known={"employer": "鹏城建设集团有限公司", **same})
    cars = [customer, *(business.registers("HN") for _ in IN_THE_WORKSHOP[1:])]
    orders = []
    for bay, (car, (before, steps, left)) in enumerate(zip(cars, IN_THE_WORKSHOP, strict=True), start=1):
        since, promised = MORNING - timedelta(minutes=before), MORNING + timedelta(minutes=left)
        business.lives_at(since)
        km = 9_860 + 4_130 * bay
        orders.append(business.takes_in("HN", car=car, km=km))
        going: dict[str, Any] = {"km": km, "steps": steps, "since": since, "promised": promised}
        business.goes_on("HN", orders[-1], **going, name=car["name"], bay=str(bay))
    business.lives_at(MORNING)
    known = {
        "employer": "深圳市宏远物流有限公司",
        "birth_date": "1979-08-14",
        "email": "fleet@hongyuan.example",
        "tags": ["车友会", "老客户转介绍"],
        "preferences": {"channel": "call", "from_hour": 9, "to_hour": 12},
    }
    system.as_("receptionist").send("PATCH", f"/customers/{customer['customer_id']}", known)
    again = {"name": first["name"], "mobile": "13923847516", "store_id": "HN", "employer": "南方电子有限公司", **same}
    doubled = system.as_("advisor").post("/customers", {**again, "force_new": True, "reason": "换了号码,当场建档"})
    eventually(system.caught_up, within=PLENTY, what="the services to know of the morning")
    return Group(customer, arriving, orders[0], (first["customer_id"], doubled["customer_id"]))
