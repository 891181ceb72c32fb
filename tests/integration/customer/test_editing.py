"""Editing a record: what is given changes, the rest stays, and everything that was is kept (R20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import uuid_utils.compat as uuids

from contracts.access import Reach, Scope
from contracts.customer.operations import ChangeShown, Channel, HistoryAsked, Preferences
from contracts.refusals import StaleVersion
from services.customer.record import queries
from services.customer.record.errors import (
    CustomerMerged,
    CustomerNotFound,
    IdChecksum,
    MobileInvalid,
    NameInvalid,
    PossibleDuplicate,
)
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms

LATER = NOW + timedelta(hours=1)
FINANCE = Scope(Reach.STORE, ("HN",), "s-9", "finance")


def history(desk: Desk, customer_id: Any, *, field: str | None = None) -> list[ChangeShown]:
    return desk.read(lambda asked: queries.history(asked, HistoryAsked(customer_id, field))).items


def keys(desk: Desk, customer_id: Any) -> set[tuple[str, str]]:
    found = desk.rows("SELECT kind, key FROM search_key WHERE customer_id = :id", id=customer_id)
    return {(row["kind"], row["key"]) for row in found}


def test_a_new_number_becomes_the_current_one_and_the_old_one_is_kept_with_its_end(desk):
    old, new = randoms.mobile(), randoms.mobile()
    somebody = desk.register(mobile=old).customer_id
    done = desk.update(somebody, mobile=new, scope=FINANCE, now=LATER)
    assert (done.version, set(done.changed)) == (2, {"mobile", "phones"})
    shown = desk.view(somebody)
    assert shown.mobile == new
    assert [(one.number, one.until is None, one.department) for one in shown.phones] == [
        (old, False, "receptionist"),
        (new, True, "finance"),
    ]
    assert desk.found(new) == [somebody]
    assert desk.found(old) == []
    assert desk.events(somebody) == ["customer_registered", "customer_updated"]


def test_the_history_tells_old_new_who_when_and_for_which_department(desk):
    old, new = randoms.mobile(), randoms.mobile()
    somebody = desk.register(mobile=old).customer_id
    desk.update(somebody, mobile=new, scope=FINANCE, now=LATER)
    (change,) = history(desk, somebody, field="mobile")
    assert (change.old, change.new) == ({"mobile": old}, {"mobile": new})
    assert (change.staff_id, change.department, change.at, change.version) == ("s-9", "finance", LATER, 2)
    assert {one.field for one in history(desk, somebody)} == {"mobile", "phones"}
    with pytest.raises(CustomerNotFound):
        history(desk, uuids.uuid7())


def test_what_stays_the_same_is_no_change(desk):
    mobile = randoms.mobile()
    somebody = desk.register(name="李娜", mobile=mobile).customer_id
    assert desk.update(somebody, name=" 李 娜 ", mobile=f"+86{mobile}").changed == []
    assert desk.view(somebody).version == 1
    assert desk.events(somebody) == ["customer_registered"]


def test_another_name_is_what_he_is_found_by_from_now_on(desk):
    somebody = desk.register(name="诸葛亮").customer_id
    desk.update(somebody, name="诸葛瑾")
    assert ("name", "诸葛瑾") in keys(desk, somebody)
    assert ("name", "诸葛亮") not in keys(desk, somebody)
    assert ("pinyin", "zhugejin") in keys(desk, somebody)


def test_birth_date_and_gender_follow_from_the_card(desk):
    somebody = desk.register().customer_id
    number = randoms.resident_id()
    desk.update(somebody, id_no=number)
    shown = desk.view(somebody)
    assert (shown.id_number, shown.birth_date.isoformat().replace("-", "")) == (number, number[6:14])
    assert shown.gender == ("male" if int(number[16]) % 2 else "female")
    assert desk.found(number) == [somebody]


def test_a_card_is_one_person_s(desk):
    number = randoms.resident_id()
    first = desk.register(name="王建国", id_no=number).customer_id
    other = desk.register(name="赵敏").customer_id
    with pytest.raises(PossibleDuplicate) as caught:
        desk.update(other, id_no=number)
    details: dict[str, Any] = caught.value.details
    assert [one["customer_id"] for one in details["candidates"]] == [str(first)]
    assert desk.view(other).id_number is None


def test_who_may_be_the_same_person_after_a_change_is_queued_for_a_human(desk):
    mobile = randoms.mobile()
    first = desk.register(name="张伟", mobile=mobile).customer_id
    other = desk.register(name="李娜").customer_id
    desk.update(other, mobile=mobile)
    (pair,) = desk.rows("SELECT * FROM pair WHERE a IN (:one, :other) AND b IN (:one, :other)", one=first, other=other)
    assert (pair["status"], pair["points"], pair["relation"]) == ("open", 62, "household")
    assert desk.events(f"{pair['a']}/{pair['b']}") == ["duplicate_suspected"]


def test_an_address_takes_the_place_of_the_last_one(desk):
    somebody = desk.register(address="福田区深南大道1001号").customer_id
    desk.update(somebody, address="南山区科技路5号", now=LATER)
    assert [(one.text, one.until is None) for one in desk.view(somebody).addresses] == [
        ("南山区科技路5号", True),
        ("福田区深南大道1001号", False),
    ]


def test_preferences_and_tags_are_kept_as_given(desk):
    somebody = desk.register().customer_id
    wish = Preferences(channel=Channel.SMS, from_hour=9, to_hour=18, do_not_call=True)
    desk.update(somebody, preferences=wish, tags=["车友会", "VIP", "VIP"])
    shown = desk.view(somebody)
    assert shown.preferences == wish
    assert shown.tags == ["VIP", "车友会"]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"mobile": "12345"}, MobileInvalid),
        ({"id_no": "110105194912310021"}, IdChecksum),
        ({"name": "先生"}, NameInvalid),
        ({"expected_version": 7}, StaleVersion),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(desk, given, refusal):
    somebody = desk.register().customer_id
    before = desk.view(somebody)
    with pytest.raises(refusal):
        desk.update(somebody, tags=["x"], **given)
    assert desk.view(somebody) == before
    assert history(desk, somebody) == []


def test_two_desks_that_looked_at_the_same_version_do_not_overwrite_each_other(desk):
    somebody = desk.register().customer_id
    desk.update(somebody, expected_version=1, tags=["first"])
    with pytest.raises(StaleVersion):
        desk.update(somebody, expected_version=1, tags=["second"])
    assert desk.view(somebody).tags == ["first"]


def test_a_record_that_lives_on_in_another_is_not_changed(desk, databases):
    somebody, survivor = desk.register().customer_id, desk.register().customer_id
    with databases.admin("customer") as connection:
        connection.execute(
            "UPDATE customer SET status = 'merged', merged_into = %s WHERE id = %s", (survivor, somebody)
        )
    with pytest.raises(CustomerMerged) as caught:
        desk.update(somebody, tags=["x"])
    assert caught.value.details == {"survivor_id": str(survivor)}
    shown = desk.view(somebody)
    assert (shown.customer_id, shown.redirected_from) == (survivor, somebody)


def test_registering_somebody_known_adds_what_was_not_known_and_overwrites_nothing(desk):
    mobile, second = randoms.mobile(), randoms.mobile()
    first = desk.register(name="张伟", mobile=mobile, email="zw@example.com")
    again = desk.register(
        name="张伟", mobile=mobile, more_phones=[second], email="other@example.com", address="福田区深南大道1001号"
    )
    assert (again.customer_id, again.created) == (first.customer_id, False)
    shown = desk.view(first.customer_id)
    assert (shown.email, shown.version) == ("zw@example.com", 2)
    assert [one.number for one in shown.phones] == [mobile, second]
    assert desk.found(second) == [first.customer_id]
    assert {one.field for one in history(desk, first.customer_id)} == {"phones", "addresses"}


def test_a_surname_becomes_a_name_once_somebody_knows_it(desk):
    number = randoms.resident_id()
    first = desk.register(name="张先生", id_no=number)
    shown = desk.view(first.customer_id)
    assert (shown.name, shown.title) == ("张", "先生")
    again = desk.register(name="张建国", id_no=number)
    assert again.customer_id == first.customer_id
    assert desk.view(first.customer_id).name == "张建国"
