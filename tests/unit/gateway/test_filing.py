"""What the answer to a command tells of the numbers it was asked to file (R62)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.filing import NOBODY, of_changing, of_registering, searches_in, told_by, told_by_refusal
from gateway.search_ration import By

CARD, PHONE, OTHER = "440301198001010018", "13800000001", "13800000002"
REGISTERING = of_registering({"id_no": CARD, "mobile": PHONE})


def refused(*candidates: tuple[str, list[str]]) -> dict[str, Any]:
    found = [{"customer_id": who, "evidence": evidence} for who, evidence in candidates]
    return {"code": "POSSIBLE_DUPLICATE", "details": {"candidates": found}}


def test_each_number_gives_whom_it_was_found_by() -> None:
    told = told_by_refusal(refused(("he", ["mobile", "name"]), ("she", ["id18"]), ("they", ["plate", "name"])))
    card, phone = searches_in(REGISTERING, told)
    assert (card.by, card.customers) == (By.CARD_FILED, frozenset({"she"}))
    assert (phone.by, phone.customers) == (By.PHONE_FILED, frozenset({"he"}))


@pytest.mark.parametrize("evidence", [["mobile"], ["shared_mobile", "name"], ["landline", "plate", "name"]])
def test_a_card_is_a_miss_beside_somebody_found_by_his_phone(evidence: list[str]) -> None:
    card, phone = searches_in(REGISTERING, told_by_refusal(refused(("he", evidence))))
    assert (card.customers, phone.customers) == (NOBODY, frozenset({"he"}))


def test_a_phone_in_a_refused_registration_is_a_guess_and_in_a_new_customer_s_is_none() -> None:
    assert [one.by for one in searches_in(REGISTERING, told_by({"created": True}))] == [By.CARD_FILED, By.PHONE_FILED]
    told = told_by_refusal(refused(("he", ["name", "birth_date"])))
    assert [one.by for one in searches_in(REGISTERING, told)] == [By.CARD_FILED, By.PHONE]


def test_of_several_phones_in_a_refused_registration_each_is_a_guess() -> None:
    filed = of_registering({"mobile": PHONE, "more_phones": [OTHER]})
    guess, other, found = searches_in(filed, told_by_refusal(refused(("he", ["mobile"]))))
    assert [(one.by, one.typed, one.customers) for one in (guess, other)] == [
        (By.PHONE, PHONE, frozenset()),
        (By.PHONE, OTHER, frozenset()),
    ]
    assert found.customers == {"he"}


def test_a_phone_of_a_change_is_a_miss_whatever_it_says() -> None:
    filed = of_changing({"mobile": PHONE, "id_no": CARD})
    for told in (told_by({"version": 2}), told_by_refusal(refused(("he", ["id18", "mobile"])))):
        assert [one.customers for one in searches_in(filed, told) if one.by is By.PHONE] == [frozenset()]


def test_a_refusal_for_another_reason_tells_nothing() -> None:
    assert searches_in(REGISTERING, told_by_refusal({"code": "NAME_INVALID", "details": {}})) == []


def test_an_answer_of_before_there_was_evidence_was_found_by_no_number() -> None:
    told = told_by({"created": False, "customer_id": "he"})
    assert [one.customers for one in searches_in(REGISTERING, told)] == [frozenset(), frozenset()]
