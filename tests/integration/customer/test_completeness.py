"""What we must know of a customer, and where it is missing (R17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.access import Reach, Scope
from contracts.customer.folder import Completeness, IncompleteAsked, Omissions, Stage
from contracts.customer.operations import ById, Channel, CustomerKind, Preferences, VehicleGiven
from contracts.refusals import StoreNotAllowed
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import VehicleReturned
from services.customer.folder.queries import completeness
from services.customer.record.errors import CustomerNotFound
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.test_consents import decide
from tests.support import randoms
from tests.support.events import deliver, made, received

MANAGERS = Scope(Reach.STORE, ("HN", "FT"), "m-1", "sales_manager")
ID_NUMBER = "34052419800101773X"


def of(desk: Desk, customer_id: UUID) -> Completeness:
    return desk.read(lambda connection: completeness.completeness(connection, ById(customer_id)))


def omissions(desk: Desk, *, scope: Scope = MANAGERS, **asked: Any) -> Omissions:
    return desk.read(lambda connection: completeness.incomplete(connection, IncompleteAsked(**asked), scope=scope))


def all_omissions(desk: Desk, **asked: Any) -> list[UUID]:
    found, after = [], None
    while True:
        page = omissions(desk, after=after, **asked)
        found += [one.customer_id for one in page.items]
        if page.next is None:
            return found
        after = page.next


def serviced(desk: Desk, customer_id: UUID) -> None:
    repair = made(VehicleReturned, customer_id=customer_id, returned_at=NOW)
    deliver(desk.transaction, timeline.tell, [received(repair, subject_id=repair.ro_id)])


def test_of_a_prospect_little_is_required(desk):
    customer = desk.register(name="王先生").customer_id
    assert of(desk, customer) == Completeness(
        customer, Stage.PROSPECT, 50, ["name", "consent"], identity_missing=["name", "id_no"]
    )
    desk.update(customer, name="王伟")
    decide(desk, customer, allowed=False)
    assert of(desk, customer) == Completeness(customer, Stage.PROSPECT, 100, [], identity_missing=["id_no"])


def test_of_an_owner_the_id_number_is_missing_until_it_is_given(desk):
    customer = desk.register(
        name="王伟", gender="male", birth_date=NOW.date() - timedelta(days=12000), address="深圳市福田区深南大道1号",
        vehicle=VehicleGiven(randoms.vin()),
    ).customer_id  # fmt: skip
    decide(desk, customer)
    found = of(desk, customer)
    assert (found.stage, found.missing, found.score) == (Stage.OWNER, ["id_no"], 81)
    desk.update(customer, id_no=ID_NUMBER)
    assert of(desk, customer) == Completeness(customer, Stage.OWNER, 100, [], identity_missing=[])


def test_who_bought_a_car_from_us_is_an_owner(desk):
    customer = desk.register().customer_id
    car = made(VehicleDelivered, vin=randoms.vin(), customer_id=customer, delivered_at=NOW)
    deliver(desk.transaction, timeline.hand_over, [received(car, subject_id=car.order_id)])
    assert of(desk, customer).stage is Stage.OWNER


def test_of_a_serviced_owner_plate_and_channel_are_required_as_well(desk):
    vin = randoms.vin()
    name, mobile = randoms.name(), randoms.mobile()
    customer = desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin)).customer_id
    serviced(desk, customer)
    found = of(desk, customer)
    assert found.stage is Stage.SERVICED
    assert {"id_no", "address", "plate", "preferred_channel"} <= set(found.missing)
    desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin, plate=randoms.plate()))
    desk.update(customer, preferences=Preferences(channel=Channel.CALL))
    assert not {"plate", "preferred_channel"} & set(of(desk, customer).missing)


def test_who_only_brings_a_car_owes_us_no_card(desk):
    customer = desk.register().customer_id
    serviced(desk, customer)
    found = of(desk, customer)
    assert found.stage is Stage.SERVICED
    assert not {"id_no", "vehicle", "plate", "birth_date"} & set(found.missing)


def test_of_a_company_its_own_number_is_asked_and_no_gender(desk):
    customer = desk.register(
        name="深圳顺达有限公司", kind=CustomerKind.COMPANY, vehicle=VehicleGiven(randoms.vin())
    ).customer_id
    assert of(desk, customer).missing == ["consent", "organisation_no", "address"]
    desk.update(customer, organisation_no="91440300708461136T")
    assert of(desk, customer).missing == ["consent", "address"]


def test_the_list_of_omissions_is_of_the_callers_stores_and_of_a_stage(desk):
    prospect = desk.register().customer_id
    owner = desk.register(store_id="FT", vehicle=randoms.vin()).customer_id
    found = all_omissions(desk, size=100)
    assert {prospect, owner} <= set(found)
    assert len(found) == len(set(found))
    assert prospect not in all_omissions(desk, stage=Stage.OWNER)
    assert owner in all_omissions(desk, stage=Stage.OWNER)
    assert prospect not in all_omissions(desk, store_id="FT")
    here = omissions(desk, scope=Scope(Reach.STORE, ("FT",), "m-2", "sales_manager"), size=100)
    assert {one.store_id for one in here.items} == {"FT"}
    with pytest.raises(StoreNotAllowed):
        omissions(desk, store_id="BA")


def test_pages_of_omissions_hold_everybody_once_however_small(desk, monkeypatch):
    mine = {desk.register().customer_id for _ in range(7)}
    whole = all_omissions(desk, size=100)
    monkeypatch.setattr(completeness, "AT_ONCE", 2)
    monkeypatch.setattr(completeness, "LOOKED_AT", 3)
    assert all_omissions(desk, size=2) == whole
    assert mine <= set(whole)


def test_of_nobody_nothing_is_known(desk):
    with pytest.raises(CustomerNotFound):
        of(desk, uuid4())
