"""What the desk need not type: an id number, a VIN or a plate tells it (R29)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.customer.folder import Prefill, PrefillAsked
from contracts.customer.operations import VehicleGiven
from contracts.refusals import InvalidRequest
from services.customer.folder.queries import prefill
from services.customer.record.errors import IdChecksum, PlateInvalid, VinInvalid
from tests.integration.customer.conftest import NOW, Desk
from tests.integration.customer.test_vehicles_of_customers import DAY, add, put
from tests.support import randoms


def filled(desk: Desk, **asked: Any) -> Prefill:
    return desk.read(lambda connection: prefill.prefill(connection, PrefillAsked(**asked), now=NOW))


def test_an_id_number_tells_birth_date_gender_region_and_whose_it_is(desk):
    number = "440301198203047716"
    found = filled(desk, id_no=number)
    assert (found.birth_date, found.gender) == (date(1982, 3, 4), "male")
    assert (found.region, found.province, found.bearer) == ("440301", "广东省", None)
    done = desk.register(name="林海", id_no=number)
    bearer = filled(desk, id_no=number).bearer
    assert bearer is not None
    assert (bearer.customer_id, bearer.name) == (done.customer_id, "林海")


def test_a_vin_or_plate_tells_the_car_and_its_owner(desk):
    vin, plate = randoms.vin(), randoms.plate()
    owner = desk.register(vehicle=VehicleGiven(vin, model="GL8", plate=plate)).customer_id
    for found in (filled(desk, vin=vin.lower()), filled(desk, plate=plate)):
        assert found.model_year == 2002
        assert found.vehicle is not None and found.vehicle.owner is not None
        assert (found.vehicle.vin, found.vehicle.model, found.vehicle.plate) == (vin, "GL8", plate)
        assert found.vehicle.owner.customer_id == owner


def test_an_unknown_vin_tells_at_least_the_model_year(desk):
    found = filled(desk, vin=randoms.vin())
    assert (found.vehicle, found.model_year) == (None, 2002)


def test_a_plate_that_was_given_up_tells_nothing(desk):
    customer, plate = desk.register().customer_id, randoms.plate()
    vehicle = add(desk, customer, randoms.vin(), plate=plate)
    put(desk, vehicle, randoms.plate(), now=NOW + DAY)
    assert filled(desk, plate=plate).vehicle is None
    assert filled(desk, plate="粤B1234临").vehicle is None


def test_what_cannot_be_is_not_prefilled(desk):
    for refusal, asked in (
        (InvalidRequest, {}),
        (VinInvalid, {"vin": "LSGDC82C02E000001"}),
        (PlateInvalid, {"plate": "粤BI2345A"}),
        (IdChecksum, {"id_no": "440301197510200019"}),
    ):
        with pytest.raises(refusal):
            filled(desk, **asked)
