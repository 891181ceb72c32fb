"""Taking away what was wrong: null empties a field, a wrong phone ends; the history keeps what was there."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from contracts import shapes
from contracts.customer.operations import EndPhone, HistoryAsked, UpdateCustomer, Updated
from contracts.refusals import StaleVersion
from services.customer.record import queries
from services.customer.record.errors import (
    BirthDateInvalid,
    CustomerNotFound,
    MobileInvalid,
    PhoneIsMain,
    PhoneNotFound,
)
from services.customer.record.usecases import editing
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.support import randoms


def patch(desk: Desk, customer: UUID, **body: Any) -> Updated:
    """As it comes over the wire."""
    request = shapes.load(UpdateCustomer, {"customer_id": str(customer), **body})
    return desk.database.run(lambda session: editing.update_customer(session, request, scope=DESK, now=NOW))


def end(desk: Desk, customer: UUID, number: str, **asked: Any) -> Updated:
    request = EndPhone(customer, number, **asked)
    return desk.database.run(lambda session: editing.end_phone(session, request, scope=DESK, now=NOW))


def history(desk: Desk, customer: UUID, field: str) -> list[tuple[Any, Any]]:
    told = desk.read(partial(queries.history, asked=HistoryAsked(customer, field, 9))).items
    return [(one.old, one.new) for one in told]


WRONG = {"birth_date": "1980-01-02", "gender": "male", "email": "a@example.com", "employer": "红彤公司",
         "occupation": "retired"}  # fmt: skip


@pytest.mark.parametrize("field", WRONG)
def test_null_takes_away_what_was_wrong_and_the_history_keeps_it(desk, field):
    customer = desk.register(name="陈明").customer_id
    patch(desk, customer, **WRONG)
    assert patch(desk, customer, **{field: None}).changed == [field]
    shown = desk.view(customer)
    assert {name: getattr(shown, name) is None for name in WRONG} == {name: name == field for name in WRONG}
    assert history(desk, customer, field)[0][1] in (None, {field: None})
    assert patch(desk, customer, **{field: None}).changed == []


def test_what_is_left_out_stays(desk):
    customer = desk.register(name="陈明").customer_id
    patch(desk, customer, **WRONG)
    assert patch(desk, customer, tags=["VIP"]).changed == ["tags"]
    assert all(getattr(desk.view(customer), name) is not None for name in WRONG)


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_card_says_of_its_bearer_is_not_taken_away(desk, at_once):
    card, emptied = randoms.resident_id(), {"birth_date": None, "gender": None}
    customer = desk.register(name="陈明", **({} if at_once else {"id_no": card})).customer_id
    patch(desk, customer, **emptied, **({"id_no": card} if at_once else {}))
    shown = desk.view(customer)
    assert (f"{shown.birth_date:%Y%m%d}", shown.gender is not None) == (card[6:14], True)


def test_a_birth_date_that_has_not_come_is_refused_when_it_is_changed_too(desk):
    customer = desk.register().customer_id
    with pytest.raises(BirthDateInvalid):
        patch(desk, customer, birth_date="2035-01-01")


def test_a_wrong_phone_ends_is_kept_and_finds_nobody(desk):
    wrong, main = randoms.mobile(), randoms.mobile()
    customer = desk.register(mobile=main, more_phones=[wrong]).customer_id
    assert desk.found(wrong) == [customer]

    done = end(desk, customer, f"+86 {wrong[:3]}-{wrong[3:7]}-{wrong[7:]}")

    assert (done.version, done.changed) == (2, ["phones"])
    assert (desk.found(wrong), desk.found(wrong[-6:]), desk.found(main)) == ([], [], [customer])
    phones = {one.number: one.until for one in desk.view(customer).phones}
    assert (phones[main], phones[wrong] is not None) == (None, True)
    assert len(history(desk, customer, "phones")) == 1
    assert desk.events(customer) == ["customer_registered", "customer_updated"]


def test_whoever_has_the_number_really_is_not_taken_for_him(desk):
    name, wrong = randoms.name(), randoms.mobile()
    customer = desk.register(name=name, more_phones=[wrong]).customer_id
    end(desk, customer, wrong)
    bearer = desk.register(name=name, mobile=wrong)
    assert (bearer.created, desk.found(wrong)) == (True, [bearer.customer_id])


def test_a_phone_that_has_ended_ends_no_second_time_and_comes_back_when_it_is_given_again(desk):
    wrong = randoms.mobile()
    customer = desk.register(more_phones=[wrong]).customer_id
    end(desk, customer, wrong)
    assert end(desk, customer, wrong) == Updated(customer, 2, [])
    patch(desk, customer, more_phones=[wrong])
    assert desk.found(wrong) == [customer]


def test_only_an_additional_number_of_his_ends(desk):
    main, wrong = randoms.mobile(), randoms.mobile()
    customer = desk.register(mobile=main, more_phones=[wrong]).customer_id
    with pytest.raises(PhoneIsMain):
        end(desk, customer, main)
    with pytest.raises(PhoneNotFound):
        end(desk, customer, randoms.mobile())
    with pytest.raises(MobileInvalid):
        end(desk, customer, "138****5678")
    with pytest.raises(StaleVersion):
        end(desk, customer, wrong, expected_version=7)
    with pytest.raises(CustomerNotFound):
        end(desk, UUID(int=0), wrong)
    assert desk.view(customer).version == 1
