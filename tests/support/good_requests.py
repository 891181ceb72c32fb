"""Good requests to a running system, whose things exist: so that what is odd in one of them meets the code behind."""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

from chassis.process import clock
from chassis.process.clock import LOCAL
from contracts.access import SERVICE, Actor, Reach, matrix
from contracts.gateway.sessions import end_session
from contracts.operation import Operation
from simulator.client import Client
from tests.support import randoms
from tests.support.kinds import Example, good_request
from tests.support.polling import eventually
from tests.support.system import System

FAR = "2098-01-01T08:00:00+08:00"
PREDICATE = {
    "all": [
        {"vehicle": {"model": ["GL8"], "age": {"at_least": 3, "at_most": 4}}},
        {"any": [{"fact": "registered", "within_days": 30}, {"fact": "gender", "in": ["male"]}]},
        {"not": {"fact": "open_orders", "at_least": 1}},
        {"consent": {"purpose": "marketing", "channel": "any"}},
    ]
}
_WIDTH = list(Reach)
LIST = "姓名,手机\n王小明,13800138000\n".encode()


def soon() -> str:
    """Two hours from now."""
    return (clock.now() + timedelta(hours=2)).isoformat()


def role_for(operation: Operation) -> str:
    """Who reaches furthest with this operation."""
    grants = matrix().operations.get(operation.name, {})
    people = [role for role in grants if role in matrix().roles]
    return max(people or grants, key=lambda role: _WIDTH.index(grants[role]), default="")


def actor_for(operation: Operation) -> Actor:
    """Somebody of store HN who may ask for this, or the service that may."""
    role = role_for(operation)
    if role.startswith(SERVICE):
        return Actor.service(role.removeprefix(SERVICE))
    return Actor("WRONG", (role,), ("HN",))


class GoodRequests:
    """Examples for every operation. What a command uses up is made anew by `fresh`."""

    def __init__(self, system: System) -> None:
        self._system, self._local, self._counts = system, threading.local(), itertools.count()
        self._clients: list[Client] = []
        self.roles = {role: system.as_(role) for role in matrix().roles if role != "admin"}
        self._tokens = {role: client.token for role, client in self.roles.items()} | {"admin": system.boss.token}
        car = system.deliver_a_car()
        self.known: dict[str, str] = {
            "customer_id": car.customer_id,
            "other_id": self._customer(),
            "vehicle_id": car.vehicle_id,
            "order_id": car.order["order_id"],
            "ro_id": self._repair_order(car.customer_id, car.vehicle_id),
            "technician_id": system.staff_id("technician"),
            "store_id": "HN",
            "store": "HN",
            "code": "WRONG-1",
        }
        person = {"name": "错", "roles": ["technician"], "stores": ["HN"], "initial_password": "a-wrong-persons-own"}
        system.boss.post("/staff", {"code": "WRONG-1", **person})
        system.boss.post("/stores", {"code": "WRONG", "name": "错店", "dealer_code": "HT"})
        system.boss.post("/teams", {"code": "WRONG-T", "name": "错组", "store_id": "WRONG"})
        self.known |= {"quote_id": self._quote()["quote_id"], "definition_id": self._car()["definition_id"]}
        self.known["segment_id"] = self.client("leader").post("/segments", {"name": "一", "predicate": PREDICATE})[
            "segment_id"
        ]
        self.known["import_id"] = self._import()["import_id"]
        self.known["merge_id"] = self._merge()["merge_id"]
        link = self.client("consultant").post(f"/orders/{self.known['order_id']}/links")
        self.known |= {"link_id": link["link_id"], "token": link["token"]}
        self.known |= self._document() | self._relation() | self._request() | self._export() | self._session()
        visits = eventually(lambda: system.visits(car.customer_id, count=2), within=20, what="visits")
        self._visits = [visit["visit_id"] for visit in visits]
        self.known["visit_id"] = self._visits[0]
        self.known |= self._task()

    def token(self, role: str) -> str | None:
        """A session of that role."""
        return self._tokens.get(role)

    def client(self, role: str) -> Client:
        """The same as a client of this thread."""
        clients: dict[str, Client] = self._local.__dict__.setdefault("clients", {})
        if role not in clients:
            clients[role] = Client(self._system.base_url, token=self.token(role))
            self._clients.append(clients[role])
        return clients[role]

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients:
            client.close()

    def example(self, operation: Operation, more: dict[str, Any] | None = None) -> Example:
        """Good values by the name of a field."""
        given: dict[str, Any] = {**self.known, **_OF_OPERATION.get(operation.name, {}), **(more or {})}

        def known(name: str) -> Any:
            found = given.get(name, _BY_NAME.get(name))
            return found() if callable(found) else found

        return known

    def request(self, operation: Operation, example: Example) -> dict[str, Any]:
        """With what must be given, and what else makes sense of it."""
        more = {name: example(name) for name in _ALSO.get(operation.name, ())}
        return good_request(operation.request, example) | more

    def fresh(self, operation: Operation) -> dict[str, Any]:
        """What this command works on, made anew."""
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "sales.sign_order": self._order,
            "sales.make_order_link": self._order,
            "sales.pay_order": partial(self._order, "sign"),
            "sales.allocate_vehicle": partial(self._order, "sign", "pay"),
            "sales.change_expected": self._vehicle,
            "sales.settle_payment": partial(self._payment, awaited=True),
            "sales.reverse_payment": self._payment,
            "sales.request_refund": self._payment,
            "sales.apply_receipt": self._receipt,
            "sales.approve_refund": self._refund,
            "sales.refuse_refund": self._refund,
            "sales.pay_refund": partial(self._refund, approved=True),
            "sales.move_certificate": self._vehicle,
            "sales.deliver_order": partial(self._order, "sign", "pay", "allocate"),
            "sales.name_parties": self._order,
            "sales.revise_quote": self._quote,
            "sales.submit_quote": partial(self._quote, draft=True),
            "sales.approve_quote": partial(self._quote, beyond=True),
            "sales.reject_quote": partial(self._quote, beyond=True),
            "sales.present_quote": self._quote,
            "sales.accept_quote": partial(self._quote, presented=True),
            "sales.lose_quote": self._quote,
            "sales.withdraw_car": self._car,
            "sales.price_order": self._draft,
            "sales.submit_order": self._draft,
            "sales.approve_order": partial(self._draft, "submit"),
            "sales.reject_order": partial(self._draft, "submit"),
            "sales.amend_order": partial(self._order, "sign"),
            "sales.approve_amendment": partial(self._order, "sign", "amend"),
            "sales.reject_amendment": partial(self._order, "sign", "amend"),
            "sales.keep_loan_letter": partial(self._order, "sign"),
            "sales.end_loan_letter": partial(self._order, "sign", "letter"),
            "sales.request_compensation": partial(self._order, "sign", "deposit", "cancel", "confirm"),
            "sales.close_notice": self._contradiction,
            "sales.change_step": partial(self._order, "sign"),
            "sales.repromise_order": partial(self._order, "sign"),
            "sales.delivery": partial(self._order, "sign"),
            "sales.close_order": partial(self._order, "sign", "pay", "allocate", "deliver"),
            "sales.request_cancel": partial(self._order, "sign"),
            "sales.confirm_cancel": partial(self._order, "sign", "cancel"),
            "sales.withdraw_cancel": partial(self._order, "sign", "cancel"),
            "workshop.book_appointment": self._bay,
            "workshop.confirm_appointment": self._appointment,
            "workshop.move_appointment": self._appointment,
            "workshop.arrive_appointment": self._appointment,
            "workshop.cancel_appointment": self._appointment,
            "workshop.authorize_repair": self._reception,
            "workshop.add_line": self._reception,
            "workshop.change_line": self._reception,
            "workshop.decline_line": self._reception,
            "workshop.estimate_repair": self._reception,
            "workshop.cancel_repair": self._reception,
            "workshop.renew_promise": partial(self._reception, "authorize"),
            "workshop.wait_repair": partial(self._reception, "authorize"),
            "workshop.recall_repair": partial(self._reception, "authorize", "dispatch"),
            "workshop.dispatch_repair": partial(self._reception, "authorize"),
            "workshop.inspect_repair": partial(self._reception, "authorize", "dispatch", "start", "finish"),
            "customer.merge_customers": lambda: {"loser_ids": [self._customer(), self._customer()]},
            "customer.preview_merge": lambda: {"loser_ids": [self._customer(), self._customer()]},
            "customer.undo_merge": self._merge,
            "customer.remove_document": self._document,
            "customer.end_relation": self._relation,
            "customer.refuse_privacy_request": self._request,
            "customer.carry_out_privacy_request": self._request,
            "customer.put_import_part": self._announced,
            "customer.start_import": self._import,
            "followup.take_task": self._task,
            "followup.hand_over_task": self._task,
            "customer.end_role": self._role,
            "customer.change_owner": lambda: {"customer_id": self._customer()},
            "gateway.end_session": self._session,
        }
        return makers[operation.name]() if operation.name in makers else {}

    def _customer(self, name: str | None = None) -> str:
        body = {"name": name or randoms.name(), "mobile": randoms.mobile(), "store_id": "HN"}
        made: str = self.client("receptionist").post("/customers", body)["customer_id"]
        return made

    def _order(self, *steps: str) -> dict[str, Any]:
        # a model of its own: whoever was paid for and got no car stands in nobody's queue
        model = randoms.code("G")
        body = {"customer_id": self.known["customer_id"], "store_id": "HN", "model": model, "total_fen": 1000}
        order_id = self.client("consultant").post("/orders", body)["order_id"]
        path, vin = f"/orders/{order_id}", randoms.vin()
        signed = {"contract_no": "C", "signer": "错", "promised_date": FAR[:10]}
        if "sign" in steps:
            self.client("consultant").post(f"{path}/sign", signed)
        if "letter" in steps:
            letter = {"lender": "平安银行", "letter_no": "L", "amount_fen": 900, "valid_until": FAR[:10]}
            self.client("loan_clerk").post(f"{path}/loan-letter", letter)
        if "deposit" in steps:
            paid = {"amount_fen": 100, "external_ref": str(uuid.uuid4()), "kind": "deposit"}
            self.client("finance").post(f"{path}/payments", paid)
        if "pay" in steps:
            paid = {"amount_fen": 1000, "external_ref": str(uuid.uuid4())}
            self.client("finance").post(f"{path}/payments", paid)
            self.client("sales_manager").post("/stock-vehicles", {"vin": vin, "model": model, "store_id": "HN"})
        if "allocate" in steps:
            self.client("consultant").post(f"{path}/allocate", {"vin": vin})
        if "deliver" in steps:
            self.client("consultant").post(f"{path}/deliver", {"km": 9})
        if "amend" in steps:
            car = {"kind": "car", "description": "GL8", "list_fen": 2000}
            lower = {"total_fen": 900, "reason": "老客户", "lines": [car]}
            self.client("consultant").post(f"{path}/amendments", lower)
        if "cancel" in steps:
            fault = "seller" if "deposit" in steps else "buyer"
            self.client("consultant").post(f"{path}/cancel", {"fault": fault, "reason": "不买了"})
        if "confirm" in steps:
            self.client("sales_manager").post(f"{path}/cancel/confirm", {})
        given = {"order_id": order_id, "vin": vin, "promised_date": FAR[:10], "lines": [], "total_fen": 1000}
        return {**given, "valid_until": FAR[:10], "amount_fen": 1000}

    def _payment(self, *, awaited: bool = False) -> dict[str, Any]:
        """Money of an order of its own."""
        order = self._order("sign")
        path = f"/orders/{order['order_id']}/payments"
        paid = {"amount_fen": 100, "external_ref": str(uuid.uuid4()), "confirmed": not awaited}
        self.client("finance").post(path, paid)
        (payment,) = self.client("finance").get(path)["payments"]
        return {**order, "payment_id": payment["payment_id"], "amount_fen": 1}

    def _receipt(self) -> dict[str, Any]:
        """Money that its channel told of and whose order nobody knew, and an order that owes."""
        notice = {"store_id": "HN", "channel": "wechat", "outcome": "paid", "amount": "0.01"}
        notice |= {"external_ref": str(uuid.uuid4()), "order_number": randoms.code("N")}
        self.client("payment_channel").post("/payment-notices", notice)
        idle = self._system.rows("sales", "SELECT id FROM payment WHERE external_ref = %s", notice["external_ref"])
        return {**self._order("sign"), "payment_id": str(idle[0][0])}

    def _contradiction(self) -> dict[str, Any]:
        """A notice of a payment that is known with another amount."""
        order = self._order("sign")
        known = self._system.rows("sales", "SELECT number FROM sales_order WHERE id = %s", order["order_id"])
        notice = {"store_id": "HN", "channel": "wechat", "outcome": "paid", "external_ref": str(uuid.uuid4())}
        for amount in ("0.01", "0.02"):
            told = {**notice, "amount": amount, "order_number": known[0][0]}
            self.client("payment_channel").post("/payment-notices", told)
        wanted = "SELECT id FROM payment_notice WHERE result = 'contradicts' AND order_number = %s"
        return {"notice_id": str(self._system.rows("sales", wanted, known[0][0])[0][0])}

    def _refund(self, *, approved: bool = False) -> dict[str, Any]:
        payment = self._payment()
        asked = {"amount_fen": 1, "reason": "多收"}
        refund = self.client("finance").post(f"/payments/{payment['payment_id']}/refunds", asked)
        if approved:
            self.client("sales_manager").post(f"/refunds/{refund['refund_id']}/approve")
        return {"refund_id": refund["refund_id"]}

    def _vehicle(self) -> dict[str, Any]:
        """One on its way."""
        made = self.client("sales_planner").post("/stock-vehicles/expected", {"model": "GL8", "store_id": "HN"})
        return {"stock_id": made["stock_id"]}

    def _draft(self, *steps: str) -> dict[str, Any]:
        """An order by a consultant that gives away too much."""
        car = {"kind": "car", "description": "GL8", "list_fen": 2000}
        body = {"customer_id": self.known["customer_id"], "store_id": "HN", "model": "GL8", "total_fen": 1000}
        order_id = self.client("consultant").post("/orders", {**body, "lines": [car], "draft": True})["order_id"]
        if "submit" in steps:
            self.client("consultant").post(f"/orders/{order_id}/submit", {})
        return {"order_id": order_id, "lines": [car], "total_fen": 1000}

    def _quote(self, *, draft: bool = False, beyond: bool = False, presented: bool = False) -> dict[str, Any]:
        """A quote by a consultant."""
        car = {"kind": "car", "description": "GL8", "list_fen": 2000 if beyond else 1000}
        body = {"customer_id": self.known["customer_id"], "store_id": "HN", "model": "GL8", "total_fen": 1000}
        made = self.client("consultant").post("/quotes", {**body, "lines": [car], "draft": draft})
        if presented:
            self.client("consultant").post(f"/quotes/{made['quote_id']}/present", {})
        return {"quote_id": made["quote_id"], "lines": [], "total_fen": 1000}

    def _car(self) -> dict[str, Any]:
        """A car of the catalogue."""
        made = self.client("sales_planner").post("/car-definitions", {"model": randoms.code("M")})
        return {"definition_id": made["definition_id"]}

    def _repair_order(self, customer_id: str, vehicle_id: str) -> str:
        body = {"vehicle_id": vehicle_id, "customer_id": customer_id, "store_id": "HN", "km": 5000, "complaint": "保养"}
        opened = {**body, "lines": [{"description": "保养", "amount_fen": 100}]}
        made: str = self.client("advisor").post("/repair-orders", opened)["ro_id"]
        return made

    def _reception(self, *steps: str) -> dict[str, Any]:
        ro_id = self._repair_order(self.known["customer_id"], self.known["vehicle_id"])
        path = f"/repair-orders/{ro_id}"
        if "authorize" in steps:
            self.client("advisor").post(f"{path}/authorize", {"promised_at": soon(), "consent_by": "本人"})
        if "dispatch" in steps:
            self.client("advisor").post(f"{path}/dispatch", {"technician_id": self.known["technician_id"]})
        for step in ("start", "finish"):
            if step in steps:
                self.client("technician").post(f"{path}/{step}")
        return {"ro_id": ro_id}

    def _bay(self) -> dict[str, Any]:
        """A bay of its own, and an hour of tomorrow at which it is free."""
        made = self.client("service_manager").post("/bays", {"store_id": "HN", "code": randoms.code("B")})
        tomorrow = clock.now().astimezone(LOCAL).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return {"bay": made["code"], "starts_at": tomorrow.isoformat(), "work": "保养"}

    def _appointment(self) -> dict[str, Any]:
        booked = {"store_id": "HN", "customer_id": self.known["customer_id"], **self._bay()}
        made = self.client("receptionist").post("/appointments", booked)
        return {"appointment_id": made["appointment_id"], "starts_at": made["starts_at"]}

    def _merge(self) -> dict[str, Any]:
        done = {"loser_ids": [self._customer(), self._customer()], "reason": "同一人"}
        return {"merge_id": self.client("cr_agent").post("/merges", done)["merge_id"]}

    def _task(self) -> dict[str, Any]:
        """A merge question of two records with one number, which customer relations may take and hand over."""
        body = {"mobile": randoms.mobile(), "store_id": "HN", "force_new": True, "reason": "家人"}
        for name in ("张伟", "刘芳"):
            self.client("receptionist").post("/customers", {"name": name, **body})
        newest = "SELECT id FROM task WHERE open AND staff_id IS NULL AND kind = 'MERGE_QUESTION' ORDER BY id DESC"
        rows = eventually(lambda: self._system.rows("followup", newest), within=20, what="a task")
        return {"task_id": str(rows[0][0]), "to": self._system.staff_id("cr_agent")}

    def _session(self) -> dict[str, Any]:
        """One more session of whoever may end one."""
        account, password = self._system.account(role_for(end_session))
        with closing(Client.log_in(self._system.base_url, account, password)) as client:
            (made,) = (one for one in client.get("/me/sessions")["items"] if one["current"])
        return {"session_id": made["session_id"]}

    def _document(self) -> dict[str, Any]:
        customer_id = self.known["customer_id"]
        body = {"type": "contract", "number": f"C{next(self._counts)}", "store_id": "HN", "shelf": "A1"}
        made = self.client("receptionist").post(f"/customers/{customer_id}/documents", body)
        return {"customer_id": customer_id, "document_id": made["document_id"]}

    def _relation(self) -> dict[str, Any]:
        customer_id = self.known["customer_id"]
        body = {"other_id": self._customer(), "kind": "driver_of"}
        made = self.client("receptionist").post(f"/customers/{customer_id}/relations", body)
        return {"customer_id": customer_id, "relation_id": made["relation_id"]}

    def _request(self) -> dict[str, Any]:
        path = f"/customers/{self._customer()}/privacy-requests"
        made = self.client("cr_agent").post(path, {"kind": "copy", "how": "电话"})
        return {"request_id": made["request_id"]}

    def _export(self) -> dict[str, Any]:
        path = f"/segments/{self.known['segment_id']}/exports"
        made = self.client("leader").post(path, {"format": "csv", "reason": "回访"})
        return {"export_id": made["export_id"]}

    def _announced(self) -> dict[str, Any]:
        body = {"department": "sales", "filename": "客户.csv", "store_id": "HN"}
        body |= {"size": len(LIST), "sha256": hashlib.sha256(LIST).hexdigest()}  # type: ignore[dict-item]  # numbers, too
        return {"import_id": self.client("leader").post("/imports", body)["import_id"]}

    def _import(self) -> dict[str, Any]:
        made = self._announced()
        self.client("leader").upload(f"/imports/{made['import_id']}/parts/1", LIST)
        return made

    def _role(self) -> dict[str, Any]:
        customer_id = self.known["customer_id"]
        body = {"vin": randoms.vin(), "role": "user"}
        made = self.client("receptionist").post(f"/customers/{customer_id}/vehicles", body)
        return {"customer_id": customer_id, "vehicle_id": made["vehicle_id"], "role": "user"}


_ALSO = {
    "customer.prefill": ("vin",),
    "workshop.authorize_repair": ("promised_at",),
    "gateway.record_arrival": ("name", "mobile"),
}
_BY_NAME: dict[str, Any] = {
    "name": randoms.name,
    "mobile": randoms.mobile,
    "more_phones": lambda: [randoms.mobile()],
    "phones": lambda: [randoms.mobile()],
    "shared_phones": lambda: [randoms.mobile()],
    "vin": randoms.vin,
    "plate": randoms.plate,
    "id_no": randoms.resident_id,
    "sha256": "0" * 64,
    "month": "2026-01",
    "external_ref": lambda: str(uuid.uuid4()),
    "promised_at": soon,
    "expected_at": soon,
    "effective_from": FAR,
    "predicate": PREDICATE,
    "loser_ids": lambda: [str(uuid.uuid4()), str(uuid.uuid4())],
    "roles": ["technician"],
    "stores": ["HN"],
    "content": "5aeT5ZCNCg==",
    "opens": "08:30",
    "closes": "18:00",
}
_OF_OPERATION: dict[str, dict[str, Any]] = {
    "sales.payment_notice": {"amount": "19.90"},
    "sales.define_car": {"model": partial(randoms.code, "M")},
    "sales.move_certificate": {"certificate": "pledged"},
    "gateway.create_dealer": {"code": randoms.code},
    "gateway.create_store": {"code": randoms.code, "dealer_code": "HT"},
    "gateway.change_store": {"code": "WRONG", "dealer_code": "HT"},
    "gateway.change_calendar": {"code": "WRONG"},
    "gateway.store_calendar": {"code": "WRONG", "since": "2026-11-01", "until": "2026-12-01"},
    "gateway.create_team": {"code": randoms.code},
    "gateway.change_team": {"code": "WRONG-T"},
    "gateway.create_staff": {"code": randoms.code, "initial_password": "a-wrong-persons-own"},
    "gateway.log_in": {"account": "nobody", "password": "nothing"},
    "gateway.save_views": {"of": "workshop.list_repair_orders"},
    "gateway.publish_policy": {"code": "SERVICE_D3", "value": {"hours": 24}, "store_id": "BA"},
    "gateway.get_policy": {"code": "SERVICE_D3"},
    "sales.change_step": {"code": "ALLOCATE", "act": "start"},
    "customer.create_segment": {"name": randoms.code},
    "customer.start_import": {"field": "name"},
    "customer.split_customer": {"vehicle_ids": lambda: [str(uuid.uuid4())]},
}
