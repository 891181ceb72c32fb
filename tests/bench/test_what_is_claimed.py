"""The bench holds figures to targets, makes up events and loads people: none of it may be wrong."""

import json
import math
from dataclasses import replace

import pytest

from contracts.envelope import read
from services.customer.record.models import Customer
from services.customer.record.rules.record import COLUMNS
from services.customer.vehicles.models import Vehicle, VehicleParty, VehiclePlate
from services.customer.view.models import Glance, TimelineEntry
from tests.bench import recorded, seeding
from tests.bench.compared import Compared, compared_table
from tests.bench.figures import BenchFailed, Figures
from tests.bench.million import CLIENTS, EXACT, Answered, Question
from tests.bench.outcome import Outcome, Target
from tests.bench.parts.cold import Started, servers_seconds, starts_told
from tests.bench.parts.throughput import rate_of
from tests.bench.people import person
from tests.bench.report import Comparison


@pytest.mark.parametrize(
    ("measured", "is_met"), [(14.99, True), (15.0, True), (15.01, False), (math.nan, False), (math.inf, False)]
)
def test_an_upper_bound_is_met_up_to_itself(measured: float, is_met: bool) -> None:
    assert Target("p50", measured, at_most=15).is_met is is_met


@pytest.mark.parametrize(("measured", "is_met"), [(1.79, False), (1.8, True), (2.5, True), (math.nan, False)])
def test_a_lower_bound_is_met_from_itself_on(measured: float, is_met: bool) -> None:
    assert Target("rate", measured, at_least=1.8).is_met is is_met


def test_a_missed_target_is_seen_in_the_terminal_and_in_the_document() -> None:
    target = Target("p50", 20.0, at_most=15)
    assert target.line.startswith("MISSED")
    assert "| p50 | 20 × | at most 15 × | **missed** |" in Outcome("visible", "table", [target]).text


def test_the_relays_first_batch_lies_before_the_time_measured() -> None:
    moments = [1.0] * 500 + [1.1] * 500 + [1.2] * 500
    assert rate_of(moments, leaves_out="first").rate == pytest.approx(1000 / 0.2)


def test_the_inboxs_last_batch_lies_behind_the_time_measured() -> None:
    moments = [1.0] * 100 + [1.1] * 100 + [1.2] * 30
    assert rate_of(moments, leaves_out="last").rate == pytest.approx(200 / 0.2)


def test_made_up_events_can_be_read_and_are_each_of_their_own() -> None:
    like = json.loads((recorded.SAMPLES / "repair_order_opened.v1.json").read_text())
    customers = [f"0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a{number:02}" for number in range(3)]
    rows = list(recorded.rows(like, count=4, customers=customers))
    events = [read(str(row[-1])) for row in rows]
    assert [str(event.payload.customer_id) for event in events] == [*customers, customers[0]]
    assert len({event.id for event in events}) == len({event.subject.id for event in events}) == 4
    assert [dict(zip(recorded.COLUMNS, row, strict=True))["event_id"] for row in rows] == [e.id for e in events]


def test_people_are_loaded_as_the_service_keeps_them() -> None:
    seeded = seeding.seeded(person(7))
    customer = dict(zip(COLUMNS, seeding.customer_row(seeded), strict=True))
    assert (customer["name"], customer["status"]) == ("赵磊", "active")
    assert {("name", "赵磊"), ("pinyin", "zhaolei"), ("initials", "zl")} <= seeding.keys_of(seeded)
    written = {
        Customer: (COLUMNS, set()),
        Vehicle: (seeding.VEHICLE, {"colour"}),
        VehiclePlate: (seeding.PLATE, {"until"}),
        VehicleParty: (seeding.PARTY, {"until", "origin_customer_id", "first_customer_id", "version"}),
        TimelineEntry: (seeding.TIMELINE, set()),
        Glance: (
            seeding.GLANCE,
            {
                *("last_score", "last_service_store_id", "last_contact_at", "next_visit_at", "next_visit_purpose"),
                *("open_orders", "open_repair_orders", "spent_fen"),
            },
        ),
    }
    for model, (columns, left_out) in written.items():
        assert set(columns) | left_out == set(model.__table__.columns.keys())
    assert len(list(seeding.timeline_rows(seeded))) == 2


OURS = Figures(rate=200.0, p50=1.0, p95=2.0, p99=3.0, calls=200, server_cpu=0.5)
THEIRS = Figures(rate=100.0, p50=2.0, p95=4.0, p99=6.0, calls=100)
BARE = Figures(rate=1000.0, p50=0.1, p95=0.1, p99=0.1, calls=1000)
COMPARISON = Comparison(OURS, THEIRS, rate_ratio=2.0, p50_ratio=0.5, low=1.8, high=2.2, rounds=6, busy=0.04)


def test_a_comparison_shows_both_sides_and_the_share_of_the_limit() -> None:
    both = replace(COMPARISON, b=replace(THEIRS, server_cpu=0.5))
    table = compared_table([Compared("call", both, BARE), Compared("bare", COMPARISON)], ours="a", peer="b", limit="c")
    assert table.splitlines()[2:4] == [
        (
            "| call | 200 | 1.00 | 3.00 | 2.50 | 100 | 2.00 | 6.00 | 5.00 "
            "| 2.00 (1.80 to 2.20) | 0.50 | 20.0% of 1,000 | 4% |"
        ),
        "| bare | 200 | 1.00 | 3.00 | 2.50 | 100 | 2.00 | 6.00 |  | 2.00 (1.80 to 2.20) | 0.50 |  | 4% |",
    ]


def test_a_column_that_no_line_fills_is_left_out_with_its_head() -> None:
    assert compared_table([Compared("call", COMPARISON)], ours="a", peer="b").splitlines()[:3] == [
        (
            "| measured | a: rate/s | p50 | p99 | cpu | b: rate/s | p50 | p99 "
            "| rate, ours to its | p50, ours to its | others busy |"
        ),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| call | 200 | 1.00 | 3.00 | 2.50 | 100 | 2.00 | 6.00 | 2.00 (1.80 to 2.20) | 0.50 | 4% |",
    ]


WRONG = Figures(rate=9.0, p50=1.0, p95=2.0, p99=3.0, calls=9, errors=1, first_error="GET / -> 500")


@pytest.mark.parametrize(
    "row",
    [
        Compared("call", replace(COMPARISON, a=WRONG)),
        Compared("call", replace(COMPARISON, b=WRONG)),
        Compared("call", COMPARISON, limit=WRONG),
    ],
)
def test_a_figure_with_an_error_never_reaches_the_table(row: Compared) -> None:
    with pytest.raises(BenchFailed, match="GET / -> 500"):
        compared_table([row], ours="a", peer="b", limit="c")


def test_a_start_is_held_to_its_slower_server() -> None:
    told = ["PostgreSQL is up (0.8 s)", "RabbitMQ is up (2.5 s)", "customer, relay are ready (3.6 s)"]
    system = Started(1, seconds=10.0, told=told)
    assert servers_seconds(system) == 2.5
    assert [target.measured for target in starts_told({"first": system}).targets] == [4.0]


def test_a_question_is_held_to_a_select_by_key_and_not_to_its_own_statement() -> None:
    question = Question("look-up by phone", EXACT, [], [])
    ours, slow = (Figures(rate=1.0, p50=1.0, p95=p95, p99=99.0, calls=9) for p95 in (80.0, 40.0))
    selected = Figures(rate=CLIENTS * 1000.0, p50=1.0, p95=2.0, p99=3.0, calls=9)
    target = Answered(question, ours, slow, selected, 0.0).target
    assert (target.measured, target.is_met) == (80.0, False)
