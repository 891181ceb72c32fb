"""Declaring operations and refusals."""

from __future__ import annotations

import pytest

from contracts.fields import Done, Nothing
from contracts.operation import OPERATIONS, Kind, query
from contracts.refusals import ALWAYS_POSSIBLE, InvalidRequest, RuleRefused
from contracts.refusals import Kind as RefusalKind
from contracts.sales.operations import deliver_order


class TooTall(RuleRefused):
    code = "TOO_TALL"
    zh = "太高了:{height}厘米"
    en = "{height} cm is too tall"


def test_an_operation_is_declared_once():
    with pytest.raises(TypeError, match="declared twice"):
        query(deliver_order.name, Nothing, Done, summary="again")
    assert OPERATIONS[deliver_order.name] is deliver_order


def test_an_operation_belongs_to_the_service_in_its_name():
    assert deliver_order.service == "sales"
    assert deliver_order.kind is Kind.COMMAND


def test_a_refusal_travels_as_kind_and_code_with_a_sentence_in_two_languages():
    assert TooTall(height=210).wire() == {
        "kind": RefusalKind.RULE,
        "code": "TOO_TALL",
        "zh": "太高了:210厘米",
        "en": "210 cm is too tall",
        "details": {"height": 210},
    }


def test_a_value_with_braces_stays_what_it_is():
    assert TooTall(height="{code}").wire()["en"] == "{code} cm is too tall"


def test_an_invalid_request_names_the_fields():
    assert InvalidRequest(errors={"km": ["too far"]}).wire()["details"] == {"errors": {"km": ["too far"]}}


def test_what_any_operation_may_answer_has_codes_of_its_own():
    codes = [refusal.code for refusal in ALWAYS_POSSIBLE]
    assert len(set(codes)) == len(codes)
