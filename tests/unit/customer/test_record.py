"""The record: what it is found by, how it grows, what counts as a change (R20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import uuid_utils.compat as uuids
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from services.customer.record.rules import given as giving
from services.customer.record.rules.given import Given, Typed
from services.customer.record.rules.record import MERGED, Record, new_record

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=LOCAL)


def typed(**fields: Any) -> Given:
    return giving.read(Typed(**{"name": "张伟", **fields}), today=NOON.date())


def record(**fields: Any) -> Record:
    return new_record(
        typed(**fields),
        customer_id=uuids.uuid7(),
        department="consultant",
        source="desk",
        store_id="HN",
        forced_reason=None,
        at=NOON,
    )


def grown(before: Record, **fields: Any) -> tuple[Record, list[str]]:
    """The record after somebody gave this, and what changed."""
    values = before.enriched(typed(**fields), department="finance", at=NOON)
    after, changes = before.changed(values, at=NOON)
    return after, [change.field for change in changes]


def test_a_record_goes_into_a_row_and_comes_back():
    before = record(phones=("13800138000",), address="福田区深南大道1001号", id_number="34052419800101001X")
    assert Record.of(before.row()) == before


def test_it_is_found_by_name_sound_numbers_and_card():
    keys = record(name="覃志强", phones=("13800138000", "0755-83201234"), id_number="34052419800101001X").search_keys()
    assert {
        ("name", "覃志强"),
        ("pinyin", "qinzhiqiang"),
        ("pinyin", "tanzhiqiang"),
        ("initials", "qzq"),
        ("initials", "tzq"),
        ("mobile", "13800138000"),
        ("phone", "075583201234"),
        ("phone_tail", "00083100831"),
        ("id18", "34052419800101001X"),
        ("surname_birth", "qin 1980-01-01"),
    } <= keys
    assert ("mobile", "075583201234") not in keys


def test_a_company_is_found_by_its_whole_name_and_by_what_is_its_own():
    keys = record(name="深圳市宏远物流有限公司", organisation_number="91440300708461136T").search_keys()
    assert {("name", "深圳市宏远物流有限公司"), ("name", "宏远物流"), ("pinyin", "hongyuanwuliu")} <= keys
    assert ("organisation", "708461136") in keys


def test_a_number_that_ended_finds_nobody_and_a_merged_record_is_found_by_nothing():
    before = record(phones=("13800138000",))
    ended = replace(before, phones=[{**before.phones[0], "until": NOON.isoformat()}])
    assert not {kind for kind, _ in ended.search_keys()} & {"mobile", "phone", "phone_tail"}
    assert replace(before, status=MERGED).search_keys() == frozenset()


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"phones": ("13900139000",)}, ["phones"]),
        ({"phones": ("13800138000",)}, []),
        ({"id_number": "34052419800101001X"}, ["id_number", "id18", "birth_date", "gender"]),
        ({"email": "new@example.com"}, []),
        ({"address": "深圳市福田区深南大道1001号"}, []),
        ({"address": "南山区科技路5号"}, ["addresses"]),
        ({"employer": "宏远物流"}, ["employer"]),
        ({"name": "张伟先生"}, ["title", "gender"]),
    ],
)
def test_it_grows_by_what_was_not_known(fields, changed):
    before = record(phones=("13800138000",), email="zw@example.com", address="福田区深南大道1001号")
    after, fields_changed = grown(before, **fields)
    assert sorted(fields_changed) == sorted(changed)
    assert after.version == (2 if changed else 1)
    assert (after.mobile, after.email, after.addresses[0]["text"]) == (
        "13800138000",
        "zw@example.com",
        "福田区深南大道1001号",
    )


def test_a_first_mobile_becomes_the_one_he_is_called_at():
    after, changed = grown(record(), phones=("0755-83201234", "13800138000"))
    assert after.mobile == "13800138000"
    assert sorted(changed) == ["mobile", "phones"]


def test_a_card_knows_the_birth_date_better_than_a_form():
    after, _ = grown(record(birth_date=date(2000, 1, 1)), id_number="34052419800101001X")
    assert (after.birth_date, after.gender) == (date(1980, 1, 1), "male")
    again, changed = grown(after, birth_date=date(2000, 1, 1))
    assert (again.birth_date, changed) == (date(1980, 1, 1), [])


numbers = st.sampled_from(["13800138000", "13900139000", "0755-83201234", "+85291234567"])
given_fields = st.fixed_dictionaries(
    {},
    optional={
        "phones": st.lists(numbers, max_size=3).map(tuple),
        "id_number": st.sampled_from(["34052419800101001X", "130503670401001"]),
        "email": st.sampled_from(["a@example.com", "b@example.com"]),
        "address": st.sampled_from(["福田区深南大道1001号", "南山区科技路5号"]),
        "birth_date": st.dates(date(1950, 1, 1), date(2000, 1, 1)),
    },
)


@given(given_fields, given_fields)
def test_what_was_given_once_changes_nothing_the_second_time_and_nothing_known_is_lost(first, second):
    before = record(**first)
    once, _ = grown(before, **second)
    twice, changed = grown(once, **second)
    assert (twice, changed) == (once, [])
    assert {kind for kind, _ in before.search_keys() - once.search_keys()} <= {"surname_birth"}
    for field in ("email", "id18"):
        assert getattr(before, field) in (None, getattr(once, field))
