"""The table of live changes: each row can be heard by somebody, and what is told of it names nobody."""

from __future__ import annotations

import dataclasses
from collections import Counter

import orjson
import pytest

from chassis.bus.topology import LIVE_CHANGES, events_exchange, routing_key, table
from contracts import shapes
from contracts.access import NEAR, matrix
from contracts.envelope import Envelope, open_envelope
from contracts.gateway.live import LIVE, Live, LiveChange
from contracts.operation import OPERATIONS, Kind
from gateway.changes import Changes
from tests.support.source import ROOT

SAMPLES = ROOT / "contracts" / "samples"


def topic(row: Live) -> str:
    found: str = row.event.declaration.topic
    return found


def grants(row: Live) -> dict[str, set[str]]:
    return {one.name: set(matrix().operations[one.name].values()) for one in row.touches}


def test_no_event_has_two_rows() -> None:
    assert [name for name, times in Counter(map(topic, LIVE)).items() if times > 1] == []


def test_the_broker_gives_the_gateway_exactly_these_events() -> None:
    bound = {(one["source"], one["routing_key"]) for one in table((1,)).bindings if one["destination"] == LIVE_CHANGES}
    assert bound == {(events_exchange(row.event.declaration.producer), routing_key(topic(row), "*")) for row in LIVE}


def test_nothing_confidential_is_told_to_screens() -> None:
    assert [topic(row) for row in LIVE if row.event.declaration.confidential] == []


@pytest.mark.parametrize("row", LIVE, ids=topic)
def test_a_change_touches_queries_that_somebody_may_ask(row: Live) -> None:
    assert row.touches
    for operation in row.touches:
        assert OPERATIONS[operation.name] is operation
        assert operation.kind is Kind.QUERY
        assert matrix().operations[operation.name]


@pytest.mark.parametrize("row", [row for row in LIVE if row.event.declaration.subject == "order"], ids=topic)
def test_what_makes_an_order_another_version_is_told_to_who_looks_at_it(row: Live) -> None:
    assert "sales.get_order" in {operation.name for operation in row.touches}, "else his next deed is refused as stale"


@pytest.mark.parametrize("row", LIVE, ids=topic)
def test_whose_a_change_is_stands_in_its_event_where_a_reach_ends_at_that(row: Live) -> None:
    known = {field.name for field in dataclasses.fields(row.event)}
    assert {*row.owners, *filter(None, [row.role]), *(field for _, field in row.about)} <= known
    if not row.owners:
        reached = [reaches - set(NEAR) for reaches in grants(row).values()]
        assert any(reached), "nobody hears it: every reach ends at whose it is, which is not said"


@pytest.mark.parametrize("row", LIVE, ids=topic)
def test_what_is_told_of_a_sample_is_no_value_of_it(row: Live) -> None:
    payload = orjson.loads((SAMPLES / f"{topic(row)}.json").read_bytes())["payload"]
    declared = row.event.declaration
    subject = {"type": declared.subject, "id": "0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a03", "version": 2}
    envelope = {
        "event_id": "0193a0f2-6c11-7c3a-9d52-0b6f1b2c9a99",
        "event_type": declared.name,
        "version": declared.version,
        "producer": declared.producer,
        "occurred_at": "2026-11-02T15:30:00+08:00",
        "recorded_at": "2026-11-02T15:30:00+08:00",
        "store_id": "HN",
        "subject": subject,
        "correlation_id": "c",
        "actor": {"staff_id": "HN01", "role": "advisor"},
        "payload": payload,
    }
    changes = Changes()
    assert changes.add(open_envelope(shapes.load(Envelope, envelope)))
    told = [orjson.loads(change.told) for change in changes.after(0) or ()]
    about = [(kind, one) for kind, field in row.about for one in _several(payload[field])]
    assert told == [
        {
            "type": declared.name,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "version": 2,
            "store_id": "HN",
            "occurred_at": "2026-11-02T15:30:00+08:00",
        }
        for subject_type, subject_id in [(subject["type"], subject["id"]), *about]
    ]


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def test_a_change_says_six_things() -> None:
    names = [field.name for field in dataclasses.fields(LiveChange)]
    assert names == ["type", "subject_type", "subject_id", "version", "store_id", "occurred_at"]
