"""Which record lives on, and what stands in it then (E8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.customer.operations import CustomerKind, Occupation
from services.customer.merging.rules import Standing, lives_on, restored, survivor_of, united
from services.customer.record.rules import given as giving
from services.customer.record.rules.gender import Gender
from services.customer.record.rules.given import Typed
from services.customer.record.rules.record import Record, new_record

NOON = datetime.fromisoformat("2026-11-02T12:00:00+08:00")
DAY = timedelta(days=1)
CARD = "34052419800101001X"
WOMANS_CARD = "11010519491231002X"


def record(number: int = 1, *, at: datetime = NOON, **typed: Any) -> Record:
    """A record as a desk registers it."""
    read = giving.read(Typed(**{"name": "张伟", "phones": (f"1390000{number:04d}",), **typed}), today=NOON.date())
    return new_record(
        read, customer_id=UUID(int=number), department="desk", source="desk", store_id="HN", forced_reason=None, at=at
    )


def unite(survivor: Record, *losers: Record, since: Any = None, choices: Any = None) -> dict[str, Any]:
    return united(survivor, losers, since=since or {}, choices=choices or {})[0]


class TestSurvivor:
    def test_a_valid_card_goes_before_everything(self):
        carded, owner = Standing(record(1, id_number=CARD)), Standing(record(2, email="a@b.cn"), owns_delivered=True)
        assert survivor_of([owner, carded]) == carded.record.id

    def test_the_owner_of_a_car_we_delivered_goes_before_who_is_better_known(self):
        owner = Standing(record(1), owns_delivered=True)
        known = Standing(record(2, email="a@b.cn", employer="比亚迪"))
        assert survivor_of([known, owner]) == owner.record.id

    def test_more_facts_go_before_age_and_age_decides_at_last(self):
        old, new, rich = record(1), record(2, at=NOON + DAY), record(3, at=NOON + DAY, address="深南大道1号")
        assert survivor_of([Standing(old), Standing(rich)]) == rich.id
        assert survivor_of([Standing(new), Standing(old)]) == old.id

    @given(order=st.permutations(range(5)))
    def test_the_order_in_which_they_are_named_does_not_matter(self, order):
        standing = [Standing(record(number + 1, at=NOON + number % 2 * DAY)) for number in range(5)]
        assert survivor_of([standing[place] for place in order]) == UUID(int=1)


class TestFields:
    def test_what_was_told_last_stands(self):
        one, other = record(1, email="old@crm.cn"), record(2, email="new@crm.cn")
        assert unite(one, other, since={(other.id, "email"): NOON + DAY})["email"] == "new@crm.cn"
        assert unite(one, other, since={(one.id, "email"): NOON + DAY})["email"] == "old@crm.cn"

    def test_of_what_was_told_at_once_the_longer_stands(self):
        assert unite(record(1, employer="比亚迪"), record(2, employer="比亚迪汽车"))["employer"] == "比亚迪汽车"

    @pytest.mark.parametrize("survives", [0, 1])
    def test_of_codes_that_were_told_at_once_the_survivor_s_stands_however_long_the_other_is(self, survives):
        both = [record(1, gender=Gender.MALE, occupation=Occupation.OTHER),
                record(2, gender=Gender.FEMALE, occupation=Occupation.SELF_EMPLOYED)]  # fmt: skip
        survivor, loser = both[survives], both[1 - survives]
        values = unite(survivor, loser)
        assert (values["gender"], values["occupation"]) == (survivor.gender, survivor.occupation)
        later = unite(survivor, loser, since={(loser.id, "occupation"): NOON + DAY})
        assert later["occupation"] == loser.occupation, "what was told last stands"

    def test_nothing_known_takes_the_place_of_something_known(self):
        assert unite(record(1, email="a@b.cn"), record(2, at=NOON + DAY))["email"] == "a@b.cn"

    def test_a_name_on_a_card_goes_before_a_newer_one_and_a_whole_one_before_a_surname(self):
        carded, newer = record(1, id_number=CARD), record(2, name="张玮玮", at=NOON + DAY)
        assert unite(newer, carded)["name"] == "张伟"
        surname = unite(record(1, name="张先生", at=NOON + DAY), record(2))
        assert (surname["name"], surname["title"]) == ("张伟", "先生")

    def test_birth_and_gender_follow_from_the_card(self):
        told = record(2, birth_date=date(1990, 1, 1), at=NOON + DAY)
        values = unite(told, record(1, id_number=CARD))
        assert (values["id18"], values["birth_date"], values["gender"]) == (CARD, date(1980, 1, 1), "male")

    def test_the_survivor_keeps_his_own_card(self):
        assert unite(record(1, id_number=CARD), record(2, id_number=WOMANS_CARD, at=NOON + DAY))["id18"] == CARD

    def test_a_human_s_choice_goes_before_and_what_follows_from_it_follows(self):
        one, other = record(1, id_number=CARD), record(2, id_number=WOMANS_CARD)
        values = unite(one, other, choices={"id_number": other.id, "name": other.id})
        assert (values["id18"], values["birth_date"], values["gender"]) == (WOMANS_CARD, date(1949, 12, 31), "female")

    def test_a_person_is_not_called_like_a_company(self):
        person = record(1)
        company = record(2, kind=CustomerKind.COMPANY, name="深圳市比亚迪汽车有限公司", at=NOON + DAY)
        assert unite(person, company)["name"] == "张伟"

    @pytest.mark.parametrize("strict", [0, 1])
    def test_who_must_not_be_called_in_one_is_not_called_in_all(self, strict):
        both = [record(1), record(2)]
        both[strict] = replace(both[strict], preferences={"do_not_call": True, "from_hour": 9})
        both[1 - strict] = replace(both[1 - strict], preferences={"do_not_call": False, "from_hour": 14})
        wishes = unite(*both, since={(both[1 - strict].id, "preferences"): NOON + DAY})["preferences"]
        assert wishes == {"do_not_call": True, "from_hour": 14}

    def test_a_phone_both_have_is_one_with_the_longer_life(self):
        one, other = (
            record(1, phones=("13912345678",), at=NOON + DAY),
            record(2, phones=("13912345678", "075583201234")),
        )
        ended = replace(one, phones=[{**one.phones[0], "until": (NOON + 2 * DAY).isoformat(), "shared": True}])
        values, collapsed = united(ended, [other], since={}, choices={})
        (mobile, landline) = values["phones"]
        assert (mobile["since"], mobile["until"], mobile["shared"]) == (NOON.isoformat(), None, True)
        assert landline["number"] == "075583201234"
        assert [(found.kind, found.customer_id) for found in collapsed] == [("phone", other.id)]

    def test_one_house_in_two_spellings_is_one_and_the_newest_comes_first(self):
        one = record(1, address="深圳市福田区深南大道100号")
        other = record(2, address="福田区深南大道100号", at=NOON + DAY)
        third = record(3, address="南山区科苑路8号", at=NOON + 2 * DAY)
        addresses = unite(one, other, third)["addresses"]
        assert [found["text"] for found in addresses] == ["南山区科苑路8号", "深圳市福田区深南大道100号"]

    def test_the_first_number_is_the_newest_that_holds(self):
        one, other = record(1), record(2, at=NOON + DAY)
        assert unite(one, other)["mobile"] == other.mobile
        gone = replace(other, phones=[{**other.phones[0], "until": (NOON + DAY).isoformat()}])
        assert unite(one, gone)["mobile"] == one.mobile


class TestRestored:
    @given(known=st.lists(st.sampled_from(["email", "employer", "address", "id_number"]), unique=True))
    def test_undone_at_once_everything_is_what_it_was(self, known):
        typed: dict[str, Any] = {"email": "a@b.cn", "employer": "比亚迪", "address": "深南大道1号", "id_number": CARD}
        survivor, loser = record(1, at=NOON + DAY), record(2, **{name: typed[name] for name in known})
        after, _ = survivor.changed(unite(survivor, loser), at=NOON)
        back, _ = after.changed(restored(survivor, after, after), at=NOON)
        assert replace(back, version=1, updated_at=survivor.updated_at) == survivor

    def test_what_was_changed_since_stays(self):
        survivor, loser = record(1), record(2, email="a@b.cn")
        after, _ = survivor.changed(unite(survivor, loser), at=NOON)
        new = {**survivor.phones[0], "number": "13888888888"}
        taken = [one for one in after.phones if one["number"] != survivor.mobile]
        now = replace(after, employer="比亚迪", phones=[*taken, new], tags=["VIP"])
        values = restored(survivor, after, now)
        assert (values["employer"], values["email"], values["tags"]) == ("比亚迪", None, ["VIP"])
        assert [one["number"] for one in values["phones"]] == ["13888888888"]


def test_a_loser_s_record_changes_in_nothing_but_where_it_lives_on():
    before = record(1, email="a@b.cn")
    after = lives_on(before, UUID(int=9), at=NOON + DAY)
    assert (after.status, after.merged_into, after.version) == ("merged", UUID(int=9), 2)
    assert after.search_keys() == frozenset()
    assert replace(after, status="active", merged_into=None, version=1, updated_at=NOON) == before
