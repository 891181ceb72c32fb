"""What holds of every pair of records (E7)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts import plate
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import address, company_names, names
from services.customer.record.rules.blocking import blocking_keys
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, Role
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.matching import (
    ENOUGH_TO_ASK,
    ENOUGH_TO_LINK,
    POINTS,
    POINTS_OF_A_NAME,
    Decision,
    Kind,
    compare,
)
from services.customer.record.rules.phone import STRONG, PhoneKind

AT = date(2004, 6, 15)
DAYS = st.none() | st.sampled_from([date(2000, 1, 1), date(2002, 6, 14), date(2002, 6, 15), date(2004, 1, 1)])
PERSONS = st.sampled_from(
    ["张伟", "張偉", "章伟", "章威", "张先生", "张太太", "李娜", "黄兰", "王南", "Zhang Wei", "先生"]
)
COMPANIES = st.sampled_from(["华强实业", "深圳市华强实业有限公司", "华强电子", "强"])
PHONES = st.builds(
    KnownPhone,
    st.sampled_from(["13800138000", "13912345678"]),
    st.just(PhoneKind.MOBILE),
    st.booleans(),
    DAYS,
) | st.builds(KnownPhone, st.just("075583201234"), st.just(PhoneKind.LANDLINE), st.booleans(), DAYS)
VEHICLES = st.builds(
    KnownVehicle, st.sampled_from(["LSGDC82CX2E000001", "LSGSJ52U42Y123456"]), st.sampled_from(Role), DAYS, DAYS
)
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "id18": st.sampled_from(["440301197510200018", "34052419800101001X", "11010519491231002X"]),
    "birth_date": st.sampled_from([date(1975, 10, 20), date(1980, 1, 1)]),
    "gender": st.sampled_from(Gender),
    "uscc": st.sampled_from(["91440300708461136T", "91350100M000100Y43"]),
    "organisation_code": st.sampled_from(["708461136", "M000100Y4"]),
    "email": st.sampled_from(["a@qq.com", "b@qq.com"]),
    "address": st.sampled_from(["福田区深南大道1001号", "南山区后海路2号", "福田区"]).map(address.read),
    "employer": st.sampled_from(["华强", "中航"]),
}
EVIDENCE = sorted(set(KNOWN) - {"gender"} | {"name", "phones", "vehicles", "plates"})


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    kind = draw(st.sampled_from(CustomerKind))
    named: st.SearchStrategy[Any] = PERSONS.map(names.read)
    if kind is CustomerKind.COMPANY:
        named = COMPANIES.map(company_names.read)
    return Facts(
        kind,
        draw(st.none() | named),
        phones=tuple(draw(st.lists(PHONES, max_size=3))),
        vehicles=tuple(draw(st.lists(VEHICLES, max_size=2))),
        plates=tuple(draw(st.lists(st.sampled_from(["粤B12345", "粤B54321", "临牌"]).map(plate.read), max_size=2))),
        **{known: draw(st.none() | values) for known, values in KNOWN.items()},
    )


@given(facts(), facts(), st.booleans())
def test_the_order_of_two_records_never_matters(one, other, not_same):
    assert compare(one, other, at=AT, not_same=not_same) == compare(other, one, at=AT, not_same=not_same)


@given(facts(), facts(), st.booleans())
def test_a_vetoed_pair_is_never_linked_and_the_rest_goes_by_points(one, other, not_same):
    found = compare(one, other, at=AT, not_same=not_same)
    assert found.points == sum(agreed.points for agreed in found.evidence)
    if found.decision is Decision.LINK:
        assert found.points >= ENOUGH_TO_LINK and not found.vetoes and not not_same
    elif found.decision is Decision.REVIEW:
        assert found.points >= ENOUGH_TO_ASK and (found.vetoes or found.points < ENOUGH_TO_LINK)
    else:
        assert found.points < ENOUGH_TO_ASK


@given(facts(), facts())
def test_each_agreement_counts_once_and_for_what_it_is_worth(one, other):
    evidence = compare(one, other, at=AT).evidence
    assert len({agreed.kind for agreed in evidence}) == len(evidence)
    for agreed in evidence:
        assert (
            0 < agreed.points <= POINTS_OF_A_NAME if agreed.kind is Kind.NAME else agreed.points == POINTS[agreed.kind]
        )


@given(facts(), facts(), facts(), st.sampled_from(EVIDENCE))
def test_one_more_fact_that_is_equal_never_lowers_the_points(one, other, source, which):
    fact = getattr(source, which)
    if which == "name":
        assume(one.name is None and other.name is None)
        assume(one.kind is other.kind is source.kind)
    elif isinstance(fact, tuple):
        known = {getattr(had, "number", None) for had in (*one.phones, *other.phones)} if which == "phones" else set()
        assume(all(phone.number not in known for phone in fact) if which == "phones" else True)
    else:
        assume(getattr(one, which) is None and getattr(other, which) is None)
    more = [
        replace(had, **{which: (*getattr(had, which), *fact) if isinstance(fact, tuple) else fact})
        for had in (one, other)
    ]
    assert compare(*more, at=AT).points >= compare(one, other, at=AT).points


@given(facts(), facts())
def test_different_ids_and_different_kinds_are_never_linked(one, other):
    if (one.id18 and other.id18 and one.id18 != other.id18) or one.kind is not other.kind:
        assert compare(one, other, at=AT).decision is not Decision.LINK


@given(facts(), facts())
def test_only_a_pair_under_review_has_a_hint_and_never_two(one, other):
    found = compare(one, other, at=AT)
    assert found.decision is Decision.REVIEW or (found.relation is None and not found.attach_contact)
    assert found.relation is None or not found.attach_contact


@given(facts(), facts())
def test_a_pair_with_a_strong_agreement_is_always_looked_at(one, other):
    strong = {Kind.ID18, Kind.ORGANISATION, Kind.MOBILE, Kind.SHARED_MOBILE, Kind.VIN, Kind.PLATE}
    found = compare(one, other, at=AT)
    if strong & {agreed.kind for agreed in found.evidence}:
        assert blocking_keys(one) & blocking_keys(other)


@given(facts())
def test_blocking_keys_are_words_and_never_weak_ones(one):
    keys = blocking_keys(one)
    weak = {phone.number for phone in one.phones if phone.kind not in STRONG} | {"临牌"}
    assert all(kind and value and value not in weak for kind, value in keys)


def test_every_fact_is_either_drawn_or_said_to_be_drawn_elsewhere():
    assert {field.name for field in fields(Facts)} == set(KNOWN) | {"kind", "name", "phones", "vehicles", "plates"}
