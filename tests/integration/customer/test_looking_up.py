"""Who is this? One box for phone, plate, VIN, name and pinyin, quick among many (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
import uuid_utils.compat as uuids
from sqlalchemy import Connection, text

from contracts import shapes
from contracts.customer import operations, views
from contracts.customer.operations import Channel, VehicleGiven
from contracts.operation import Operation
from services.customer.record import queries
from services.customer.record.errors import CustomerNotFound
from services.customer.view.queries import look_up
from services.customer.view.queries.look_up import SEARCHES
from services.customer.view.rules.asking import By
from tests.integration.customer.conftest import NOW, Desk
from tests.support import randoms
from tests.support.databases import Databases

MANY = 20_000

R = TypeVar("R")


def fits(operation: Operation[Any, R], answer: R) -> R:
    """The answer; raises if its caller reads another one than was made."""
    read: R = shapes.load(operation.response, shapes.plain(answer))
    assert read == answer
    return answer


@pytest.fixture
def somebody(desk: Desk) -> dict:
    """A customer with a vehicle, whose name nobody else in the session has."""
    given = "".join(chr(0x5200 + int(digit) * 7 + place) for place, digit in enumerate(str(randoms.number())[-6:]))
    name, mobile, vin, plate = f"诸葛{given}", randoms.mobile(), randoms.vin(), randoms.plate()
    done = desk.register(name=name, mobile=mobile, vehicle=VehicleGiven(vin, model="GL8", plate=plate))
    keys = {
        row["kind"]: row["key"]
        for row in desk.rows(
            "SELECT kind, key FROM search_key WHERE customer_id = :id ORDER BY key", id=done.customer_id
        )
    }
    known = {kind: keys[kind] for kind in ("pinyin", "initials", "folded")}
    return {"id": done.customer_id, "name": name, "mobile": mobile, "vin": vin, "plate": plate, **known}


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("{mobile}", By.MOBILE),
        ("+86 {mobile}", By.MOBILE),
        ("{mobile_tail}", By.MOBILE_TAIL),
        ("{name}", By.NAME),
        ("{name_start}", By.NAME),
        ("{pinyin}", By.PINYIN),
        ("{pinyin_upper}", By.PINYIN),
        ("{initials}", By.INITIALS),
        ("{plate}", By.PLATE),
        ("{plate_dotted}", By.PLATE),
        ("{plate_end}", By.PLATE_TAIL),
        ("{vin}", By.VIN),
        ("{vin_lower}", By.VIN),
        ("{vin_tail8}", By.VIN_TAIL),
    ],
)
def test_he_is_found_by_whatever_is_known_of_him(desk, somebody, typed, by):
    known = {
        **somebody,
        "mobile_tail": somebody["mobile"][-4:],
        "name_start": somebody["name"][:5],
        "pinyin_upper": somebody["pinyin"].upper(),
        "plate_dotted": f"{somebody['plate'][:2]}·{somebody['plate'][2:]}",
        "plate_end": somebody["plate"][1:],
        "vin_lower": somebody["vin"].lower(),
        "vin_tail8": somebody["vin"][-8:],
    }
    hits = {hit.customer_id: hit for hit in desk.look_up(typed.format(**known), limit=50)}
    assert somebody["id"] in hits
    assert hits[somebody["id"]].matched_by == by


def test_six_digits_are_a_vin_s_end_and_never_a_phone_s(desk, somebody):
    assert somebody["id"] in desk.found(somebody["vin"][-6:], limit=50)
    for length in (1, 2, 3, *range(5, 11)):
        assert somebody["id"] not in desk.found(somebody["mobile"][-length:], limit=50)


def test_a_number_within_a_name_is_not_found_digit_by_digit(desk):
    name, mobile = f"欧阳{chr(0x4E00 + randoms.number() % 9000)}", randoms.mobile()
    him = desk.register(name=name + mobile).customer_id
    right = [desk.found(name + mobile[:length], limit=50) for length in range(4, 12)]
    wrong = [desk.found(name + mobile[: length - 1] + str(9 - int(mobile[length - 1]))) for length in range(4, 12)]
    assert him in right[0]
    assert right == wrong


def test_what_fits_nothing_is_an_empty_answer_that_says_what_can_be_typed(desk, somebody):
    for typed in ("123", "粤B", "1380013800012", "9" * 20, " "):
        answer = desk.read(lambda reading, typed=typed: look_up.look_up(reading, views.LookUp(typed, 5), now=NOW))
        hits = fits(views.look_up, answer)
        assert (hits.items, hits.searched_by, hits.hint) == ([], [], look_up.FITS_NOTHING), typed
    answer = desk.read(lambda reading: look_up.look_up(reading, views.LookUp(somebody["mobile"], 5), now=NOW))
    assert (answer.hint, answer.searched_by) == (None, ["mobile"])


def test_an_answer_shows_everything_the_desk_must_know_and_fits_its_contract(desk, somebody):
    (hit,) = desk.look_up(somebody["mobile"])
    (shown,) = fits(views.look_up, views.Hits([hit])).items
    assert (shown.name, shown.mobile, shown.matched_by) == (somebody["name"], somebody["mobile"], "mobile")
    (vehicle,) = shown.vehicles
    assert (vehicle.vin, vehicle.model, vehicle.plate, vehicle.role) == (
        somebody["vin"],
        "GL8",
        somebody["plate"],
        "owner",
    )
    assert shown.glance == views.Glance()


@pytest.mark.parametrize(
    "typed", ["", " ", "1", "123", "%", "_", "%%%%", "'; DROP TABLE customer --", "\\", "{}", "张%"]
)
def test_whatever_is_typed_there_is_an_answer_that_fits(desk, somebody, typed):
    fits(views.look_up, views.Hits(desk.look_up(typed)))


def test_signs_of_a_pattern_are_just_signs(desk):
    """A percent sign is no "anything": it would show everybody."""
    desk.register(name="张百分")
    assert desk.look_up("张%") == []
    assert desk.look_up("张_分") == []


def test_no_more_are_shown_than_asked_for_and_each_only_once(desk):
    name = f"司马{chr(0x4E00 + randoms.number() % 9000)}"
    made = {desk.register(name=name).customer_id for _ in range(7)}
    assert set(desk.found(name)) == made
    assert len(desk.found(name, limit=3)) == 3
    mobile_and_vin = desk.register(mobile=f"138{randoms.number() % 10**8:08d}")
    assert desk.found(str(mobile_and_vin.customer_id)) == []


def test_the_whole_name_goes_before_its_beginning(desk):
    start = f"上官{chr(0x4E00 + randoms.number() % 9000)}"
    longer = desk.register(name=start + "龙").customer_id
    exact = desk.register(name=start).customer_id
    assert desk.found(start) == [exact, longer]


def test_a_customer_with_two_cars_is_one_hit_with_both(desk):
    name, mobile, vins = randoms.name(), randoms.mobile(), [randoms.vin(), randoms.vin()]
    for vin in vins:
        desk.register(name=name, mobile=mobile, vehicle=vin)
    (hit,) = desk.look_up(mobile)
    assert {vehicle.vin for vehicle in hit.vehicles} == set(vins)


def test_the_view_of_a_customer_fits_its_contract(desk, somebody):
    view = fits(views.customer_view, desk.view(somebody["id"]))
    assert isinstance(view, views.CustomerView)
    assert (view.customer_id, view.name, view.version, view.timeline) == (somebody["id"], somebody["name"], 1, [])


def test_the_other_answers_fit_their_contracts_too(desk, somebody):
    contact = desk.read(
        lambda connection: queries.reveal_contact(connection, operations.RevealContact(somebody["id"], "回访"))
    )
    assert fits(operations.reveal_contact, contact).full_mobile == somebody["mobile"]
    asked = [somebody["id"], uuids.uuid7()]
    named = desk.read(lambda connection: queries.names_of(connection, operations.ByIds(asked)))
    assert fits(operations.names_of, named).items == [operations.NameOf(somebody["id"], somebody["name"])]
    assert desk.read(lambda connection: queries.names_of(connection, operations.ByIds([]))).items == []
    registered = desk.register(vehicle=randoms.vin())
    fits(operations.register_customer, registered)


def test_by_which_channels_a_customer_can_be_reached_is_told_without_a_number(desk):
    full = desk.register(email="wang@example.com", address="深圳市福田区深南大道1号").customer_id
    landline, nobody = desk.register(mobile="0755-83350000").customer_id, uuids.uuid7()
    asked = operations.ByIds([full, landline, nobody])
    told = fits(operations.ways_to_reach, desk.read(lambda reading: queries.ways_to_reach(reading, asked)))
    assert {one.customer_id: one.channels for one in told.items} == {
        full: [Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER],
        landline: [Channel.CALL],
        nobody: [],
    }


def test_a_customer_who_is_not_there_is_not_found(desk):
    with pytest.raises(CustomerNotFound):
        desk.view(uuids.uuid7())
    with pytest.raises(CustomerNotFound):
        desk.read(
            lambda connection: queries.reveal_contact(connection, operations.RevealContact(uuids.uuid7(), "回访"))
        )


# -- among many -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowd(databases: Databases) -> Iterator[Databases]:
    """Twenty thousand customers with a car each, and PostgreSQL's statistics of them."""
    databases("customer")
    with databases.admin("customer") as connection:
        connection.execute(
            """
            INSERT INTO customer (id, kind, name, mobile, source, store_id, registered_at, updated_at, version)
            SELECT gen_random_uuid(), 'person', chr(19968 + n %% 9000) || chr(20000 + n %% 7919),
                   '137' || lpad(n::text, 8, '0'), 'crowd', 'HN', now(), now(), 1
              FROM generate_series(1, %s) n
            """,
            (MANY,),
        )
        connection.execute(
            """
            INSERT INTO search_key
            SELECT DISTINCT of_it.kind, of_it.key, id FROM customer CROSS JOIN LATERAL (VALUES
                   ('name', name), ('pinyin', md5(mobile)), ('initials', left(md5(mobile), 3)), ('folded', md5(mobile)),
                   ('phone', mobile), ('mobile', mobile), ('phone_tail', reverse(mobile)), ('id18', 'x' || mobile),
                   ('organisation', 'o' || mobile)) AS of_it(kind, key)
             WHERE source = 'crowd'
            """
        )
        connection.execute(
            """
            INSERT INTO vehicle (id, vin, model, registered_at)
            SELECT gen_random_uuid(), 'CROWD' || lpad((n * 7919 %% 1000000)::text, 12, '0'), 'GL8', now()
              FROM generate_series(1, %s) n
            """,
            (MANY,),
        )
        connection.execute(
            """
            INSERT INTO vehicle_plate (vehicle_id, plate, kind, since)
            SELECT id, '湘' || chr(65 + n::int % 8) || lpad(n::text, 5, '0'), 'CIVIL', now()
              FROM (SELECT id, row_number() OVER (ORDER BY vin) AS n FROM vehicle WHERE vin LIKE 'CROWD%') numbered
            """
        )
        connection.execute(
            """
            INSERT INTO vehicle_party (vehicle_id, customer_id, role, since)
            SELECT v.id, c.id, 'owner', now()
              FROM (SELECT id, row_number() OVER (ORDER BY vin) AS n FROM vehicle WHERE vin LIKE 'CROWD%') v
              JOIN (SELECT id, row_number() OVER (ORDER BY mobile) AS n FROM customer WHERE source = 'crowd') c
             USING (n)
            """
        )
        connection.execute(
            "INSERT INTO vehicle_dealing (vehicle_id, served_at) SELECT id, now() FROM vehicle WHERE vin LIKE 'CROWD%'"
        )
        connection.execute("ANALYZE")
    yield databases
    with databases.admin("customer") as connection:
        of_the_crowd = "SELECT id FROM vehicle WHERE vin LIKE 'CROWD%'"
        connection.execute(f"DELETE FROM vehicle_dealing WHERE vehicle_id IN ({of_the_crowd})".encode())
        connection.execute(f"DELETE FROM vehicle_party WHERE vehicle_id IN ({of_the_crowd})".encode())
        connection.execute(f"DELETE FROM vehicle_plate WHERE vehicle_id IN ({of_the_crowd})".encode())
        connection.execute("DELETE FROM vehicle WHERE vin LIKE 'CROWD%'")
        connection.execute(
            "DELETE FROM search_key WHERE customer_id IN (SELECT id FROM customer WHERE source = 'crowd')"
        )
        connection.execute("DELETE FROM customer WHERE source = 'crowd'")
        connection.execute("ANALYZE")


ASKED = {
    By.MOBILE: "13700000777",
    By.MOBILE_TAIL: "0777",
    By.ID_NUMBER: "x13700000777",
    By.ORGANISATION: "o13700000777",
    By.NAME: "丁丂",
    By.PINYIN: "c4ca4238",
    By.INITIALS: "c4c",
    By.SOUND: "c4ca4238a0b923820dcc509a6f75849b",
    By.SOUTHERN_SOUND: "c4ca4238a0b923820dcc509a6f75849b",
    By.PLATE: "湘B00001",
    By.PLATE_TAIL: "B00001",
    By.VIN: "CROWD000000000777",
    By.VIN_TAIL: "000777",
}


@pytest.mark.parametrize("by", list(By))
def test_among_many_no_table_is_read_from_end_to_end(crowd, by):
    """Also once PostgreSQL knows the statement and may choose a plan that fits any text."""
    statement = str(SEARCHES[by]).replace(":text", "$1").replace(":most", "$2")
    with crowd.admin("customer") as connection:
        connection.execute(f"PREPARE search (text, int) AS {statement}".encode())
        for _ in range(12):
            connection.execute(f"EXECUTE search ('{ASKED[by]}', 20)".encode())
        rows = connection.execute(f"EXPLAIN (COSTS OFF) EXECUTE search ('{ASKED[by]}', 20)".encode()).fetchall()
    plan = "\n".join(str(row[0]) for row in rows)
    for table in ("customer", "search_key", "vehicle", "vehicle_plate", "vehicle_party", "vehicle_dealing"):
        assert f"Seq Scan on {table} " not in plan, plan


@pytest.mark.parametrize("by", list(By))
def test_among_many_the_application_s_own_statement_stays_quick(crowd, desk, by):
    def timed(connection: Connection) -> list[float]:
        found = []
        for _ in range(20):
            started = connection.scalar(text("SELECT clock_timestamp()"))
            connection.execute(SEARCHES[by], {"text": ASKED[by], "most": 20}).all()
            ended = connection.scalar(text("SELECT clock_timestamp()"))
            found.append((ended - started).total_seconds())
        return sorted(found)

    assert desk.read(timed)[10] < 0.05


def test_among_many_the_ambiguous_is_bounded(crowd, desk):
    assert len(desk.look_up("0", limit=50)) == 0
    assert len(desk.look_up("0000", limit=50)) <= 50
