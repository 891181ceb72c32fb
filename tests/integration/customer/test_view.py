"""Everything we know of a customer: filtered, paged, and what not to overlook (R19, R36)."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from contracts import shapes
from contracts.access import matrix
from contracts.customer import operations, views
from contracts.envelope import Received
from contracts.followup.events import VisitCompleted, VisitPlanned
from contracts.refusals import InvalidRequest
from contracts.sales.events import OrderSigned, VehicleDelivered
from contracts.workshop.events import RepairOrderOpened, VehicleReturned
from gateway.masking import Found, Reader, apply, plan_of
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.events import made, received

DAY = timedelta(days=1)


def hear(desk: Desk, *events: Received[Any]) -> None:
    for event in events:
        handle = timeline.hand_over if isinstance(event.payload, VehicleDelivered) else timeline.tell
        with desk.transaction() as session:
            handle(session, [event])


def opened(who: UUID, number: int, *, store: str = "HN") -> Received[Any]:
    ro = uuids.uuid7()
    return received(
        made(RepairOrderOpened, customer_id=who, ro_id=ro, number=f"R{number}"),
        occurred_at=NOW + number // 2 * DAY,
        subject_id=ro,
        store_id=store,
    )


def delivered(who: UUID, **told: Any) -> Received[Any]:
    vin = randoms.vin()
    return received(
        made(VehicleDelivered, customer_id=who, vin=vin, delivered_at=NOW, consultant_id="s-7", **told),
        occurred_at=NOW,
        subject_id=uuids.uuid7(),
        subject_version=6,
    )


def numbers(view: views.CustomerView) -> list[str]:
    return [line.summary["number"] for line in view.timeline]


def test_the_timeline_is_read_page_by_page_and_two_of_one_moment_are_both_seen(desk):
    who = desk.register().customer_id
    hear(desk, *(opened(who, number) for number in range(10)))
    seen, older = [], None
    for _ in range(4):
        view = desk.view(who, before=older, limit=3)
        seen += numbers(view)
        older = view.older
    assert older is None
    assert sorted(seen) == sorted(f"R{number}" for number in range(10))
    assert [int(one[1:]) // 2 for one in seen] == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0]


def test_before_a_moment_is_what_happened_earlier(desk):
    who = desk.register().customer_id
    hear(desk, *(opened(who, number) for number in range(6)))
    assert {*numbers(desk.view(who, before=(NOW + DAY).isoformat()))} == {"R0", "R1"}
    assert {*numbers(desk.view(who, before=(NOW + DAY).astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"))} == {
        "R0",
        "R1",
    }


@pytest.mark.parametrize("before", ["x", "2026-13-01", "2026-11-02T00:00:00Z~x", "~", "9999999-01-01"])
def test_a_place_that_is_none_is_refused(desk, before):
    with pytest.raises(InvalidRequest):
        desk.view(desk.register().customer_id, before=before)


def test_the_timeline_is_narrowed_by_event_and_by_store(desk):
    who = desk.register().customer_id
    hear(desk, opened(who, 1), opened(who, 2, store="FT"), delivered(who))
    assert [line.type for line in desk.view(who, types="vehicle_delivered").timeline] == ["vehicle_delivered"]
    assert len(desk.view(who, types="vehicle_delivered, repair_order_opened").timeline) == 3
    assert numbers(desk.view(who, types="repair_order_opened", store="FT")) == ["R2"]
    assert desk.view(who, types="nothing_of_ours").timeline == []


def test_the_glance_is_of_everything_whatever_the_timeline_is_narrowed_to(desk):
    who = desk.register().customer_id
    hear(desk, opened(who, 1), delivered(who))
    narrow = desk.view(who, types="nothing_of_ours", limit=1)
    assert narrow.glance == desk.view(who).glance
    assert narrow.glance.sold_by_us


def codes(desk: Desk, who: UUID, **asked: Any) -> list[str]:
    return [alert.code for alert in desk.view(who, **asked).alerts]


def test_what_happened_is_told_to_the_next_desk_in_both_answers(desk):
    mobile = randoms.mobile()
    who = desk.register(mobile=mobile).customer_id
    visit, done, ro = uuids.uuid7(), uuids.uuid7(), uuids.uuid7()
    hear(
        desk,
        delivered(who),
        received(made(OrderSigned, customer_id=who), subject_id=uuids.uuid7()),
        received(made(VisitPlanned, customer_id=who, purpose="SERVICE_D3", due_at=NOW), subject_id=visit),
        received(made(VisitCompleted, customer_id=who, score=4), subject_id=done, subject_version=2),
        received(made(RepairOrderOpened, customer_id=who, number="R7"), subject_id=ro, store_id="FT"),
    )
    desk.update(who, preferences=operations.Preferences(do_not_call=True))
    expected = ["LOW_SCORE", "IN_WORKSHOP", "OPEN_ORDER", "OPEN_VISIT_DUE", "DO_NOT_CALL", "INCOMPLETE_CARD"]
    assert codes(desk, who) == expected
    (hit,) = desk.look_up(mobile)
    assert [alert.code for alert in hit.alerts] == expected
    assert codes(desk, who, now=NOW - DAY) == [one for one in expected if one != "OPEN_VISIT_DUE"]
    hear(desk, received(made(VehicleReturned, customer_id=who), subject_id=ro, subject_version=8, store_id="FT"))
    assert "IN_WORKSHOP" not in codes(desk, who)
    view = desk.view(who)
    assert shapes.load(views.CustomerView, shapes.plain(view)) == view


def test_a_queued_pair_is_told_at_both(desk):
    mobile = randoms.mobile()
    one = desk.register(name="张伟", mobile=mobile).customer_id
    other = desk.register(name="李娜", mobile=mobile, force_new=True, reason="两个人").customer_id
    assert [codes(desk, each) for each in (one, other)] == [["POSSIBLE_DUPLICATE"], ["POSSIBLE_DUPLICATE"]]


def shown_to(role: str, view: dict[str, Any]) -> dict[str, Any]:
    """The view as the gateway shows it."""
    shown: dict[str, Any] = shapes.plain(view)
    apply(plan_of(views.CustomerView, (role,)), shown, found=Found([], []), reader=Reader((role,), ("HN",)))
    return shown


@pytest.mark.parametrize("role", matrix().roles)
def test_prices_are_for_those_who_may_see_prices(desk, role):
    """R23: the advisor sees the order, its date and its consultant, and no amount."""
    who = desk.register().customer_id
    hear(desk, delivered(who, model="GL8", total_fen=18_800_000))
    shown = shown_to(role, desk.view(who))
    (line,) = shown["timeline"]
    assert (line["summary"]["model"], line["summary"]["consultant_id"]) == ("GL8", "s-7")
    amounts = {kind: 18_800_000 if matrix().sees(kind, (role,)) else None for kind in ("price", "spent")}
    assert line["summary"]["total_fen"] == amounts["price"]
    assert shown["glance"]["spent_fen"] == amounts["spent"]


def test_no_amount_is_told_under_a_name_by_which_it_would_not_be_masked():
    from contracts.workshop.events import RepairSettled

    settled = received(made(RepairSettled, total_fen=700, by_pay_type={"CUSTOMER": 500, "WARRANTY": 200}))
    summary = timeline._entry(settled, settled.payload.customer_id)["summary"]
    assert {name for name, value in summary.items() if isinstance(value, int)} == {"total_fen", "customer_fen"}
    assert not any(isinstance(value, dict) for value in summary.values())
