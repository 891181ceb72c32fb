"""Who the rows of a department's file are: linked, attached, queued, begun, rejected (R22, R25, E7)."""

from __future__ import annotations

import pytest

from contracts.customer.imports import Department
from contracts.customer.operations import Occupation
from services.customer.importing.usecases import matching
from services.customer.record.rules import company_id, resident_id
from services.customer.record.rules.gender import Gender
from services.customer.record.usecases.identifying import MOST_OF_A_NUMBER
from tests.integration.customer.uploads import HEADINGS, Office, as_csv
from tests.support import randoms

SERVICE = ("送修人", "与车主关系", "电话", "车牌", "VIN", "最近来厂")


@pytest.fixture
def office(desk) -> Office:
    made = Office(desk)
    made.finish()
    return made


def pairs(office: Office, customer_id) -> list[dict]:
    return office.desk.rows("SELECT * FROM pair WHERE a = :id OR b = :id ORDER BY a, b", id=customer_id)


def relations(office: Office, customer_id) -> list[tuple]:
    found = office.desk.rows("SELECT kind, other_id FROM relation WHERE customer_id = :id", id=customer_id)
    return [(row["kind"], row["other_id"]) for row in found]


def roles(office: Office, customer_id) -> list[str]:
    found = office.desk.rows("SELECT role FROM vehicle_party WHERE customer_id = :id ORDER BY role", id=customer_id)
    return [row["role"] for row in found]


def customers(office: Office) -> int:
    return office.desk.rows("SELECT count(*) AS n FROM customer")[0]["n"]


def organisation_code() -> str:
    eight = f"{randoms.number() % 10**8:08d}"
    return eight + company_id.check_character(eight)


def sale(name: str, mobile: str = "", id_no: str = "", vin: str = "", plate: str = "", address: str = "") -> list[str]:
    return [name, mobile, id_no, vin, plate, address]


def visit(name: str, relation: str, mobile: str, plate: str, vin: str, day: str = "2026-10-01") -> list[str]:
    return [name, relation, mobile, plate, vin, day]


def serviced(office: Office, *rows: list[str]):
    return office.bring_in(as_csv(rows, headings=SERVICE), department=Department.SERVICE)


# -- the same again -------------------------------------------------------------------------------------------------


def test_the_same_file_again_creates_nobody_and_asks_nobody(office):
    mobile = randoms.mobile()
    rows = [
        sale("张伟", mobile, randoms.resident_id(), randoms.vin()),
        sale("李丽", mobile),
        sale("王先生", randoms.mobile()),
        sale("只有名字"),
        sale("坏号码", "123"),
    ]
    first = office.bring_in(as_csv(rows))
    assert office.outcomes(first) == ["created", "queued", "created", "created", "rejected"]
    before, asked = customers(office), office.desk.rows("SELECT count(*) AS n FROM pair")
    again = office.bring_in(as_csv(rows))
    assert office.outcomes(again) == ["matched", "matched", "matched", "matched", "rejected"]
    assert [row.customer_id for row in office.report(again)] == [row.customer_id for row in office.report(first)]
    assert customers(office) == before
    assert office.desk.rows("SELECT count(*) AS n FROM pair") == asked


def test_the_same_name_alone_is_the_same_row_of_one_department_and_somebody_else_in_another(office):
    name = "欧阳" + randoms.name()[-2:]
    one, same = office.report(office.bring_in(as_csv([sale(name), sale(name)])))
    assert one.customer_id == same.customer_id
    (other,) = office.report(office.bring_in(as_csv([sale(name)]), department=Department.SURVEY))
    assert (other.outcome, other.customer_id == one.customer_id) == ("created", False)


def test_a_row_that_came_before_is_the_survivor_of_a_merge_since(office):
    rows = [sale("张伟", randoms.mobile()), sale("李丽", randoms.mobile())]
    gone, survivor = (row.customer_id for row in office.report(office.bring_in(as_csv(rows))))
    with office.desk.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE customer SET status = 'merged', merged_into = %s WHERE id = %s", (survivor, gone)
        )
    assert office.report(office.bring_in(as_csv(rows[:1])))[0].customer_id == survivor


# -- one person -------------------------------------------------------------------------------------------------


def test_departments_know_one_person_by_different_things(office):
    mobile, card, vin = randoms.mobile(), randoms.resident_id(), randoms.vin()
    (sold,) = office.report(office.bring_in(as_csv([sale("赵志强", mobile, "", vin)])))
    (registered,) = office.report(
        office.bring_in(
            as_csv(
                [["赵志强", card, mobile, vin, "福田区深南大道1001号"]],
                headings=("购车人", "证件号码", "电话", "车架号", "地址"),
            ),
            department=Department.SALES_SUPPORT,
        )
    )
    (paid,) = office.report(
        office.bring_in(
            as_csv([["赵志强", card, ""]], headings=("姓名", "身份证号", "手机")), department=Department.FINANCE
        )
    )
    assert [sold.outcome, registered.outcome, paid.outcome] == ["created", "enriched", "matched"]
    assert {sold.customer_id} == {registered.customer_id, paid.customer_id}
    seen = office.desk.view(sold.customer_id)
    assert seen.id_number == card
    assert [one.text for one in seen.addresses] == ["福田区深南大道1001号"]
    assert office.desk.events(sold.customer_id) == ["customer_registered", "customer_updated"]
    (address, *_) = office.desk.rows(
        "SELECT * FROM change WHERE customer_id = :id AND field = 'addresses'", id=sold.customer_id
    )
    assert (address["department"], address["staff_id"]) == ("sales_support", "m-1")
    assert address["origin"].startswith("import:")


def test_rows_of_one_person_in_one_batch_meet_and_he_is_told_of_once(office):
    mobile, card = randoms.mobile(), randoms.resident_id()
    rows = [
        sale("钱进", mobile),
        sale("钱进", mobile, card),
        sale("钱进", "", card, randoms.vin()),
        sale("錢進", mobile),
    ]
    report = office.report(office.bring_in(as_csv(rows)))
    assert [row.outcome for row in report] == ["created", "enriched", "enriched", "matched"]
    (customer_id,) = {row.customer_id for row in report}
    assert office.desk.events(customer_id) == ["customer_registered"]
    assert office.desk.view(customer_id).id_number == card
    assert roles(office, customer_id) == ["owner"]
    assert office.desk.view(customer_id).version == 1


def test_a_known_record_that_three_rows_add_to_gets_one_new_version(office):
    mobile, card = randoms.mobile(), randoms.resident_id()
    known = office.desk.register(name="孙权", mobile=mobile).customer_id
    rows = [
        sale("孙权", mobile, card),
        sale("孙权", mobile, "", "", "", "南山区桃园路1号"),
        sale("孙权", "", card, randoms.vin()),
    ]
    report = office.report(office.bring_in(as_csv(rows)))
    assert {row.customer_id for row in report} == {known}
    assert [row.outcome for row in report] == ["enriched"] * 3
    assert office.desk.events(known) == ["customer_registered", "customer_updated"]
    assert office.desk.rows("SELECT version FROM customer WHERE id = :id", id=known) == [{"version": 2}]


def test_two_records_that_one_row_is_surely_of_are_queued(office):
    mobile, card = randoms.mobile(), randoms.resident_id()
    by_phone, by_card = (
        row.customer_id
        for row in office.report(office.bring_in(as_csv([sale("周瑜", mobile), sale("周瑜", "", card)])))
    )
    (row,) = office.report(office.bring_in(as_csv([sale("周瑜", mobile, card)])))
    assert (row.outcome, row.customer_id) == ("enriched", by_card), "the bearer of the card before all others"
    (pair,) = pairs(office, by_phone)
    assert ({pair["a"], pair["b"]}, pair["status"]) == ({by_phone, by_card}, "open")


# -- not surely one person ------------------------------------------------------------------------------------------


def test_another_name_on_a_known_number_is_another_record_and_a_question(office):
    mobile = randoms.mobile()
    known = office.desk.register(name="张伟", mobile=mobile).customer_id
    (row,) = office.report(office.bring_in(as_csv([sale("李丽", mobile)])))
    assert row.outcome == "queued"
    (pair,) = pairs(office, row.customer_id)
    assert (pair["status"], pair["relation"]) == ("open", "household")
    assert {pair["a"], pair["b"]} == {known, row.customer_id}
    assert "duplicate_suspected" in office.desk.events(f"{pair['a']}/{pair['b']}")


def test_a_mere_surname_on_a_known_number_is_attached_and_nobody_is_asked(office):
    mobile = randoms.mobile()
    known = office.desk.register(name="张伟", mobile=mobile, id_no=None, gender="male").customer_id
    (row,) = office.report(serviced(office, visit("张先生", "", mobile, "", randoms.vin())))
    assert (row.outcome, row.customer_id) == ("attached", known)
    assert pairs(office, known) == []


@pytest.mark.parametrize("title", ["张女士", "张老师"])
def test_a_surname_that_may_be_his_wife_is_a_record_of_its_own_and_a_question(office, title):
    mobile = randoms.mobile()
    known = office.desk.register(name="张伟", mobile=mobile, gender="male").customer_id
    (row,) = office.report(serviced(office, visit(title, "", mobile, "", randoms.vin())))
    assert row.outcome == "queued"
    assert len(pairs(office, known)) == 1


def test_a_wife_called_by_her_husband_s_name_is_not_attached_to_him_though_both_own_the_car(office):
    mobile, vin = randoms.mobile(), randoms.vin()
    known = office.desk.register(name="张伟", mobile=mobile, gender=None, vehicle=vin).customer_id
    (row,) = office.report(office.bring_in(as_csv([sale("张太太", mobile, vin=vin)])))
    assert (row.outcome, row.customer_id != known) == ("queued", True)


def test_four_owners_on_an_agent_s_card_are_four_and_each_a_question(office):
    card = randoms.resident_id()
    rows = [sale(name, randoms.mobile(), card) for name in ("张伟", "刘芳", "赵敏", "孙丽")]
    report = office.report(office.bring_in(as_csv(rows)))
    assert [row.outcome for row in report] == ["created", "queued", "queued", "queued"]
    assert len({row.customer_id for row in report}) == 4
    assert all("CARD_TAKEN" in row.warnings for row in report[1:])


def test_a_name_that_the_bearer_of_the_card_belies_is_replaced(office):
    for wrong in ("国庆袁", "刘哥"):
        known = office.desk.register(name=wrong, id_no=(card := randoms.resident_id())).customer_id
        (row,) = office.report(office.bring_in(as_csv([sale("袁国庆", "", card)])))
        assert row.customer_id == known
        assert office.desk.rows("SELECT name FROM customer WHERE id = :id", id=known) == [{"name": "袁国庆"}]


def test_a_surname_on_a_number_of_two_such_people_is_a_question(office):
    mobile = randoms.mobile()
    for name in ("张伟", "张强"):
        office.desk.register(name=name, mobile=mobile, force_new=True, reason="父子")
    (row,) = office.report(serviced(office, visit("张先生", "", mobile, "", randoms.vin())))
    assert row.outcome == "queued"
    assert len(pairs(office, row.customer_id)) == 2


def test_a_full_name_explains_the_surname_that_came_before(office):
    mobile = randoms.mobile()
    (before,) = office.report(serviced(office, visit("诸葛先生", "", mobile, "", randoms.vin())))
    (row,) = office.report(office.bring_in(as_csv([sale("诸葛亮", mobile)])))
    assert (row.outcome, row.customer_id) == ("attached", before.customer_id)
    assert [hit.name for hit in office.desk.look_up(mobile)] == ["诸葛亮"]


def test_the_card_of_whoever_acts_for_a_company_is_not_the_companys(office):
    card = randoms.resident_id()
    known = office.desk.register(name="张伟", mobile=randoms.mobile(), id_no=card).customer_id
    rows = [["深圳市宏远物流有限公司", card, organisation_code()]]
    (row,) = office.report(office.bring_in(as_csv(rows, headings=("客户名称", "身份证号", "组织机构代码"))))
    assert (row.outcome, row.warnings) == ("created", ["OTHER_DOCUMENT"])
    assert pairs(office, known) == []


def test_a_number_that_somebody_else_bears_stays_his_and_a_human_decides(office):
    code = organisation_code()
    known = office.desk.register(name="张宏远", organisation_no=code).customer_id
    rows = [["深圳市宏远物流有限公司", code]]
    (row,) = office.report(office.bring_in(as_csv(rows, headings=("客户名称", "组织机构代码"))))
    assert (row.outcome, row.warnings) == ("queued", ["CARD_TAKEN"])
    assert [pair["vetoes"] for pair in pairs(office, known)] == [["person_and_company"]]
    (made,) = office.desk.rows("SELECT organisation_code FROM customer WHERE id = :id", id=row.customer_id)
    assert made["organisation_code"] is None


def test_a_number_that_half_the_town_has_says_nothing(office):
    mobile = randoms.mobile()
    rows = [sale(name, mobile) for name in ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八")]
    report = office.report(office.bring_in(as_csv(rows)))
    assert [row.outcome for row in report] == ["created"] + ["queued"] * 3 + ["created"] * 4
    assert all(("MOBILE_SHARED" in row.warnings) is (place > MOST_OF_A_NUMBER) for place, row in enumerate(report))


# -- cars and who brings them ---------------------------------------------------------------------------------------


def test_the_service_desk_does_not_make_the_bringer_an_owner(office):
    vin, mobile = randoms.vin(), randoms.mobile()
    (owner,) = office.report(office.bring_in(as_csv([sale("刘备", mobile, "", vin)])))
    rows = [visit("关羽", "", randoms.mobile(), "", vin), visit("刘备", "", mobile, "", vin, "2026-10-02")]
    brought, himself = office.report(serviced(office, *rows))
    assert roles(office, brought.customer_id) == ["bringer"]
    assert himself.customer_id == owner.customer_id
    assert roles(office, owner.customer_id) == ["owner"]


def test_whoever_brings_a_car_that_nobody_owns_is_its_owner_unless_the_file_says_otherwise(office):
    one, other = office.report(
        serviced(
            office,
            visit("张飞", "", randoms.mobile(), "", randoms.vin()),
            visit("赵云", "朋友", randoms.mobile(), "", randoms.vin()),
        )
    )
    assert (roles(office, one.customer_id), roles(office, other.customer_id)) == (["owner"], ["bringer"])


def test_an_owner_with_a_new_number_is_known_by_name_car_and_plate(office):
    vin, plate = randoms.vin(), randoms.plate()
    (sold,) = office.report(office.bring_in(as_csv([sale("马超", randoms.mobile(), "", vin, plate)])))
    (came,) = office.report(serviced(office, visit("马超", "", randoms.mobile(), plate, vin)))
    assert (came.outcome, came.customer_id) == ("enriched", sold.customer_id)
    assert len(office.desk.view(sold.customer_id).phones) == 2


def test_a_driver_whom_the_file_calls_so_is_told_apart_without_a_question(office):
    vin, mobile = randoms.vin(), randoms.mobile()
    company = ["深圳市恒信贸易有限公司", mobile, vin]
    (owner,) = office.report(office.bring_in(as_csv([company], headings=("姓名", "手机", "车架号"))))
    (driver,) = office.report(serviced(office, visit("黄忠", "司机", mobile, "", vin)))
    assert driver.outcome == "created"
    (pair,) = pairs(office, owner.customer_id)
    assert (pair["status"], pair["relation"], pair["reason"]) == ("related", "driver_of", "司机")
    assert pair["related_from"] == driver.customer_id
    assert office.desk.events(f"{pair['a']}/{pair['b']}") == []
    assert relations(office, driver.customer_id) == [("driver_of", owner.customer_id)]


def test_a_wife_is_his_wife_however_often_she_comes_and_whoever_she_was_before(office):
    vin, mobile, her_own = randoms.vin(), randoms.mobile(), randoms.mobile()
    known = office.desk.register(name="孙尚香", mobile=her_own, gender="female").customer_id
    (owner,) = office.report(office.bring_in(as_csv([sale("刘备", mobile, "", vin)])))
    rows = [
        visit("孙尚香", "配偶", f"{her_own}/{mobile}", "", vin, "2026-09-01"),
        visit("孙尚香", "配偶", her_own, "", vin, "2026-10-01"),
    ]
    report = office.report(serviced(office, *rows))
    assert {row.customer_id for row in report} == {known}
    (pair,) = pairs(office, known)
    assert (pair["status"], pair["relation"]) == ("related", "spouse_of")
    ends = sorted((known, owner.customer_id))
    assert relations(office, ends[0]) == [("spouse_of", ends[1])]
    assert roles(office, known) == ["bringer"]


def test_a_word_that_cannot_be_is_no_relation_and_leaves_the_question(office):
    vin, mobile = randoms.vin(), randoms.mobile()
    company = ["深圳市恒信贸易有限公司", mobile, vin]
    (owner,) = office.report(office.bring_in(as_csv([company], headings=("姓名", "手机", "车架号"))))
    (row,) = office.report(serviced(office, visit("黄月英", "配偶", mobile, "", vin)))
    assert row.outcome == "queued"
    assert [pair["status"] for pair in pairs(office, owner.customer_id)] == ["open"]
    assert relations(office, row.customer_id) == []


def test_a_father_is_the_parent_and_of_a_son_the_owner_is(office):
    vin, mobile = randoms.vin(), randoms.mobile()
    (owner,) = office.report(office.bring_in(as_csv([sale("曹操", mobile, "", vin)])))
    father, son = office.report(
        serviced(
            office,
            visit("曹嵩", "父亲", randoms.mobile(), "", vin),
            visit("曹丕", "儿子", randoms.mobile(), "", vin),
        )
    )
    assert relations(office, father.customer_id) == [("parent_of", owner.customer_id)]
    assert relations(office, owner.customer_id) == [("parent_of", son.customer_id)]


def test_a_plate_without_a_vin_leads_to_the_car(office):
    plate = randoms.plate()
    office.bring_in(as_csv([sale("魏延", randoms.mobile(), "", randoms.vin(), plate)]))
    (row,) = office.report(serviced(office, visit("姜维", "朋友", randoms.mobile(), plate, "")))
    assert roles(office, row.customer_id) == ["bringer"]


def test_the_plate_seen_last_is_the_cars_and_its_model_is_not_forgotten(office):
    vin, first, then = randoms.vin(), randoms.plate(), randoms.plate()
    rows = [
        ["刘禅", randoms.mobile(), vin, then, "GL8", "2026-05-02"],
        ["刘禅", "", vin, "临牌", "", "2026-05-09"],
        ["刘禅", "", vin, first, "", "2026-01-01"],
    ]
    office.bring_in(as_csv(rows, headings=("姓名", "手机", "车架号", "车牌", "车型", "交车日期")))
    (car,) = office.desk.rows(
        "SELECT v.model, n.plate FROM vehicle v JOIN vehicle_plate n ON n.vehicle_id = v.id AND n.until IS NULL"
        " WHERE v.vin = :vin",
        vin=vin,
    )
    assert (car["model"], car["plate"]) == ("GL8", then)


# -- what cannot be taken -------------------------------------------------------------------------------------------


def test_a_mistyped_card_rejects_the_row_and_nothing_else(office):
    card = randoms.resident_id()
    wrong = card[:-1] + ("0" if card[-1] != "0" else "1")
    rows = [sale("张三丰", randoms.mobile(), wrong), sale("李四光", randoms.mobile(), card)]
    bad, good = office.report(office.bring_in(as_csv(rows)))
    assert (bad.outcome, bad.field, bad.code) == ("rejected", "id_no", "ID_CHECKSUM")
    assert good.outcome == "created"


def test_what_is_left_out_is_said(office):
    rows = [["曹操", randoms.mobile(), "粤BI0000", "昨天", "nobody", "丞相"]]
    import_id = office.bring_in(as_csv(rows, headings=("姓名", "手机", "车牌", "交车日期", "邮箱", "职业")))
    (row,) = office.report(import_id)
    assert row.outcome == "created"
    assert set(row.warnings) == {"PLATE_INVALID", "DATE_INVALID", "EMAIL_INVALID", "OCCUPATION_UNKNOWN"}


def test_a_list_tells_what_its_people_live_by_and_takes_nothing_that_is_known_away(office):
    known = office.desk.register(name="荀彧", mobile=(mobile := randoms.mobile()), occupation=Occupation.RETIRED)
    rows = [["荀彧", mobile, "医生"], ["华佗", (new := randoms.mobile()), "医生"], ["华佗", new, ""]]
    import_id = office.bring_in(as_csv(rows, headings=("姓名", "手机", "职业")))
    assert office.outcomes(import_id) == ["matched", "created", "matched"]
    (made,) = office.desk.found(new)
    assert [office.desk.view(who).occupation for who in (known.customer_id, made)] == ["retired", "professional"]


def test_batches_of_any_size_come_to_the_same(office, monkeypatch):
    vin, mobile, card = randoms.vin(), randoms.mobile(), randoms.resident_id()
    rows = [
        sale("司马懿", mobile, "", vin),
        sale("司马懿", mobile, card, vin),
        sale("司马先生" if resident_id.gender(card) is Gender.MALE else "司马女士", mobile),
        sale("张春华", mobile),
        sale("司马懿", "", card),
    ]
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    report = office.report(office.bring_in(as_csv(rows, headings=HEADINGS)))
    assert [row.outcome for row in report] == ["created", "enriched", "attached", "queued", "matched"]
    assert len({row.customer_id for row in report}) == 2
