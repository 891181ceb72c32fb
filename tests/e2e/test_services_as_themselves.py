"""Services act as themselves where nobody asked them: with their own keys, and with the rights of the matrix alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import pytest

from chassis.bus import asking
from chassis.bus.context import Call, new_context
from chassis.bus.rpc import PlainCaller, Refused
from chassis.process import clock
from chassis.process.actors import GATEWAY, LIFETIME, Signer
from chassis.process.settings import SERVICES, named
from contracts import shapes
from contracts.access import SERVICE, Actor, Scope, matrix
from contracts.customer.folder import Purpose
from contracts.customer.operations import ByIds, Channel, WhichExist, ways_to_reach, which_exist
from contracts.customer.senders import RevealToSender, ToReach, reveal_to_sender
from contracts.operation import OPERATIONS, Operation
from simulator.client import ApiProblem
from tests.support.plain_caller import PATIENCE, Line
from tests.support.polling import eventually
from tests.support.system import Car, System

ASKED = [one for one in OPERATIONS.values() if one.service != "gateway" and not one.by_link]
"""What is asked over the bus by right; the gateway answers nobody there, and what a link opens asks for the link."""


@pytest.fixture(scope="module")
def signers(system: System) -> dict[str, Signer]:
    """Every service's own key."""
    return {name: Signer(name, system.stack.env_for(name)[named(name, "SIGNING_KEY")]) for name in SERVICES}


@pytest.fixture
def lines(system: System) -> Iterator[Line]:
    """The gateway's place on the broker, which may reach every service."""
    with Line(system.stack.env_for("gateway")["CRM_GATEWAY_AMQP_URI"]) as line:
        yield line


def ask(line: Line, operation: Operation, token: str, request: object = None) -> tuple[str, dict[str, Any]]:
    body = shapes.dump(request) if request is not None else b"{}"
    answer = line.ask(operation, body, new_context(PATIENCE, actor_token=token).header())
    assert answer is not None, f"{operation.name} was not answered"
    return answer[0], orjson.loads(answer[1])


def code(answer: tuple[str, dict[str, Any]]) -> str:
    outcome, told = answer
    return str(told["code"]) if outcome == "refused" else outcome


# -- who is believed, and may do what ---------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_passes_where_the_matrix_says_so_and_nowhere_else(
    lines: Line, signers: dict[str, Signer], service: str
) -> None:
    wrong = []
    for operation in ASKED:
        token = signers[service].sign_itself(to=operation.service, now=clock.now())
        said = code(ask(lines, operation, token))
        allowed = f"{SERVICE}{service}" in matrix().operations[operation.name]
        if (said == "OPERATION_NOT_ALLOWED") is allowed or said in ("ACTOR_REJECTED", "failed", "unavailable"):
            wrong.append((operation.name, said, "allowed" if allowed else "not allowed"))
    assert wrong == []


def test_a_token_shown_to_another_service_too_late_or_for_somebody_else_is_rejected(
    lines: Line, signers: dict[str, Signer]
) -> None:
    followup, now = signers["followup"], clock.now()
    leader = Actor("L", ("leader",), ("HN",))
    sales = OPERATIONS["sales.list_orders"]
    rejected = {
        "meant for the customer service": (sales, followup.sign_itself(to="customer", now=now)),
        "of a minute ago": (ways_to_reach, followup.sign_itself(to="customer", now=now - LIFETIME * 1.1)),
        "a person, signed by a service": (sales, followup.sign(leader, now=now)),
        "a service, signed by the gateway": (
            ways_to_reach,
            signers[GATEWAY].sign(Actor.service("followup"), now=now),
        ),
    }
    said = {what: code(ask(lines, operation, token, ByIds([]))) for what, (operation, token) in rejected.items()}
    assert said == dict.fromkeys(rejected, "ACTOR_REJECTED")
    assert code(ask(lines, ways_to_reach, followup.sign_itself(to="customer", now=now), ByIds([]))) == "ok"


# -- whose actor travels on -------------------------------------------------------------------------------


class Asking:
    """A service that is being called, and asks on."""

    def __init__(self, system: System, signers: dict[str, Signer], service: str, stack: ExitStack) -> None:
        uri = system.stack.env_for(service)[named(service, "AMQP_URI")]
        self.caller = stack.enter_context(PlainCaller(uri, user=service))
        self.service, self.signers = service, signers

    def for_whom(self, actor: Actor, *, signed_by: str) -> Any:
        """How it asks while it works on a call for this actor."""
        signer, now = self.signers[signed_by], clock.now()
        token = signer.sign_itself(to=self.service, now=now) if actor.is_service else signer.sign(actor, now=now)
        context = new_context(PATIENCE, actor_token=token)
        call = Call(actor, Scope(matrix().operations["sales.list_orders"]["leader"], (), "", ""), None, now, context)
        return asking.for_whom(call, caller=self.caller, signer=self.signers[self.service])


def test_a_person_is_carried_on_and_a_services_word_is_not(system: System, signers: dict[str, Signer]) -> None:
    nobody = uuid.uuid4()
    with ExitStack() as stack:
        sales = Asking(system, signers, "sales", stack)
        followup = Asking(system, signers, "followup", stack)
        may, may_not = Actor("A", ("advisor",), ("HN",)), Actor("T", ("technician",), ("HN",))

        assert sales.for_whom(may, signed_by=GATEWAY)(which_exist, WhichExist([nobody])).customer_ids == []
        with pytest.raises(Refused, match="OPERATION_NOT_ALLOWED"):
            sales.for_whom(may_not, signed_by=GATEWAY)(which_exist, WhichExist([nobody]))

        caller = Actor.service("workshop")
        told = followup.for_whom(caller, signed_by="workshop")(ways_to_reach, ByIds([nobody]))
        assert [one.channels for one in told.items] == [[]], "followup asked as itself, for it is followup's to ask"
        with pytest.raises(Refused, match="OPERATION_NOT_ALLOWED"):
            sales.for_whom(caller, signed_by="workshop")(ways_to_reach, ByIds([nobody]))


# -- what a sender is given: once for a word, and never unseen --------------------------------------------------


def a_survey(customer_id: str) -> RevealToSender:
    return RevealToSender([ToReach(UUID(customer_id), Channel.SMS, Purpose.SURVEY, "visit", str(uuid.uuid4()))])


def test_a_sender_is_given_the_number_and_the_access_log_says_so(system: System, signers: dict[str, Signer]) -> None:
    car = system.deliver_a_car()
    request = a_survey(car.customer_id)
    with ExitStack() as stack:
        followup = Asking(system, signers, "followup", stack)
        ask_as_itself = asking.as_itself(caller=followup.caller, signer=signers["followup"])
        (given,) = ask_as_itself(reveal_to_sender, request).items
    assert (given.refused, given.phone_or_address) == (None, car.mobile)

    (entry,) = eventually(lambda: shown(system, car.customer_id), within=5, what="the entry of the access log")
    assert (entry["staff_id"], entry["subject_id"]) == ("service:followup", car.customer_id)
    assert entry["reason"] == f"survey, sms, visit {request.to_reach[0].document_id}"
    kept = "SELECT response FROM command_log WHERE staff_id = 'service:followup' AND operation = %s"
    assert {row for (row,) in system.rows("customer", kept, reveal_to_sender.name)} == {None}
    assert "unbroken" in system.crm("access", "verify")


def shown(system: System, customer_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.boss.get(
        "/access-log", operation=reveal_to_sender.name, subject_id=customer_id
    )["items"]
    return found


def test_nobody_else_is_given_a_number_and_no_word_opens_twice(
    system: System, lines: Line, signers: dict[str, Signer]
) -> None:
    car, now = system.deliver_a_car(), clock.now()
    request, followup = a_survey(car.customer_id), signers["followup"]
    once = followup.sign_itself(to="customer", now=now)
    assert code(ask(lines, reveal_to_sender, once, request)) == "ok"
    said = {
        "shown again": once,
        "of a minute ago": followup.sign_itself(to="customer", now=now - LIFETIME * 1.1),
        "meant for another": followup.sign_itself(to="sales", now=now),
        "another's key": signers["workshop"].sign(Actor.service("followup"), now=now),
        "another service": signers["workshop"].sign_itself(to="customer", now=now),
        "a person": signers[GATEWAY].sign(Actor("A", ("admin", "leader", "cr_agent"), ("HN",)), now=now),
    }
    answers = {what: code(ask(lines, reveal_to_sender, token, request)) for what, token in said.items()}
    assert answers == {
        **dict.fromkeys(said, "ACTOR_REJECTED"),
        "another service": "OPERATION_NOT_ALLOWED",
        "a person": "OPERATION_NOT_ALLOWED",
    }
    told = "SELECT count(*) FROM outbox WHERE event_type = 'contact_shown' AND envelope->'payload'->>'customer_id' = %s"
    assert system.rows("customer", told, car.customer_id) == [(1,)]
    eventually(lambda: len(shown(system, car.customer_id)) == 1, within=5, what="its one entry")


# -- what it is for: a visit falls due by a way that reaches the customer ------------------------------------


def prefers_mail(system: System, customer_id: str, **more: str) -> None:
    wish = {"preferences": {"channel": "email"}, **more}
    system.as_("cr_agent").send("PATCH", f"/customers/{customer_id}", wish)
    eventually(lambda: the_visit(system, customer_id)["channel"] == "email", within=5)


def the_visit(system: System, customer_id: str) -> dict[str, Any]:
    found: dict[str, Any] = eventually(lambda: system.visit(customer_id, "DELIVERY_D3"), within=5)
    return found


def just_due(visit: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(visit["due_at"]) + timedelta(minutes=1)


def test_a_visit_by_mail_to_somebody_without_an_address_falls_due_by_call(system: System) -> None:
    without, with_one = system.deliver_a_car(), system.deliver_a_car()
    prefers_mail(system, without.customer_id)
    prefers_mail(system, with_one.customer_id, email="li@example.com")
    cars: dict[str, Car] = {"call": without, "email": with_one}
    latest = max(just_due(the_visit(system, car.customer_id)) for car in cars.values())

    with system.living_at(latest):
        for channel, car in cars.items():
            due = eventually(partial(_due, system, car), within=5, what="the visit due")
            assert due["channel"] == channel


def _due(system: System, car: Car) -> dict[str, Any] | None:
    visit = the_visit(system, car.customer_id)
    return visit if visit["status"] == "due" else None


def test_while_nobody_can_be_asked_visits_wait_and_then_fall_due(system: System) -> None:
    car = system.deliver_a_car()
    moment = just_due(the_visit(system, car.customer_id))
    with system.frozen("customer"):
        with system.living_at(moment):
            pass
        waiting = "SELECT status FROM visit WHERE customer_id = %s AND purpose = 'DELIVERY_D3'"
        assert system.rows("followup", waiting, car.customer_id) == [("planned",)]
    with system.living_at(moment):
        eventually(lambda: _due(system, car), within=10, what="the visit due")


def test_done_at_the_command_it_asks_as_the_service_too(system: System) -> None:
    car = system.deliver_a_car()
    prefers_mail(system, car.customer_id)
    visit = the_visit(system, car.customer_id)
    due = "SELECT status, channel FROM visit WHERE id = %s"
    done = system.crm("schedule", "run", "followup.visits_due", "--now", just_due(visit).isoformat(), where="followup")
    assert int(done.split()[-2]) >= 1
    assert system.rows("followup", due, visit["visit_id"]) == [("due", "call")]


def test_nobody_is_given_the_role_of_a_service(system: System) -> None:
    for role in matrix().services:
        person = {
            "code": "SVC-1",
            "name": "错",
            "roles": [role],
            "stores": ["HN"],
            "initial_password": "not-to-be-had-1",
        }
        with pytest.raises(ApiProblem, match="ROLE_UNKNOWN") as refused:
            system.boss.post("/staff", person)
        assert refused.value.status == 422
