"""The envelope: every event reads as it was written, and what is no event says why."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import pytest
import uuid_utils.compat as uuids
from hypothesis import given
from hypothesis import strategies as st

from chassis.process.clock import LOCAL
from contracts.envelope import EVENTS, Doer, Envelope, Subject, UnreadableEvent, event, open_envelope, read
from contracts.sales.events import VehicleDelivered
from tests.support.events import MORNING, made, received


def wire(**changes: object) -> dict:
    raw = orjson.loads(received(made(VehicleDelivered)).envelope.dump())
    return {**raw, **changes}


def reason(body: bytes) -> str:
    with pytest.raises(UnreadableEvent) as caught:
        read(body)
    return caught.value.reason


@pytest.mark.parametrize("kind", sorted(EVENTS), ids=lambda kind: f"{kind[0]}.v{kind[1]}")
def test_every_event_reads_as_it_was_written(kind):
    sent = received(made(EVENTS[kind]), actor=Doer("s-1", "consultant"), subject_id="x-1", subject_version=7)
    assert read(sent.envelope.dump()) == sent


@given(
    occurred_at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    store=st.text("ABCDEFGHIJ0123456789", min_size=1, max_size=12),
    version=st.integers(1, 2**31),
    cause=st.none() | st.uuids().map(str),
    actor=st.none() | st.builds(Doer, st.text("ab-1", min_size=1, max_size=9), st.just("leader")),
)
def test_an_envelope_survives_the_journey(occurred_at, store, version, cause, actor):
    envelope = Envelope(
        event_id=uuids.uuid7(),
        event_type="vehicle_delivered",
        version=1,
        producer="sales",
        occurred_at=occurred_at.replace(tzinfo=LOCAL),
        recorded_at=occurred_at.replace(tzinfo=LOCAL) + timedelta(seconds=1),
        store_id=store,
        subject=Subject("order", "o-1", version),
        correlation_id="c-1",
        causation_id=cause,
        actor=actor,
        payload=orjson.loads(orjson.dumps(made(VehicleDelivered))),
    )
    assert read(envelope.dump()).envelope == envelope


def test_an_event_says_what_when_where_and_about_what():
    sent = received(made(VehicleDelivered, km=9), store_id="NS", subject_id="o-1", subject_version=3)
    got = read(sent.envelope.dump())
    assert (got.occurred_at, got.store_id, got.subject, got.payload.km) == (
        MORNING,
        "NS",
        Subject("order", "o-1", 3),
        9,
    )
    assert isinstance(got.id, UUID)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"not json", b'{"a":1}x'])
def test_what_is_not_json_is_not_json(body):
    assert reason(body) == "not_json"


@pytest.mark.parametrize("body", [b"null", b"1", b"[]", b'"x"', b"{}", b'{"event_id": 1}'])
def test_json_without_an_envelope_is_a_bad_envelope(body):
    assert reason(body) == "bad_envelope"


@pytest.mark.parametrize(
    "change",
    [
        {"event_id": "1"},
        {"occurred_at": "2026-11-02T09:00:00"},
        {"subject": {"type": "order"}},
        {"subject": None},
        {"version": "1"},
        {"payload": []},
    ],
)
def test_a_broken_member_makes_a_bad_envelope(change):
    assert reason(orjson.dumps(wire(**change))) == "bad_envelope"


def test_an_event_nobody_declared_is_unknown():
    assert reason(orjson.dumps(wire(event_type="moon_landed"))) == "unknown_event"


def test_a_version_nobody_declared_is_told_apart_from_an_unknown_event():
    assert reason(orjson.dumps(wire(version=99))) == "unsupported_version"


def test_a_payload_without_a_required_field_is_bad():
    raw = wire()
    del raw["payload"]["vin"]
    assert reason(orjson.dumps(raw)) == "bad_payload"


def test_a_field_of_tomorrow_is_ignored_in_envelope_and_payload():
    raw = wire(shard=4)
    raw["payload"]["colour"] = "red"
    assert read(orjson.dumps(raw)).payload.km == 1


def test_a_field_of_tomorrow_is_ignored_in_subject_and_actor():
    raw = wire(actor={"staff_id": "s", "role": "leader", "device": "tablet"})
    raw["subject"]["label"] = "HN-SO-1"
    assert read(orjson.dumps(raw)).subject.type == "order"


def test_an_event_is_declared_once():
    with pytest.raises(TypeError, match="declared twice"):
        event(producer="sales", name="vehicle_delivered", version=1, subject="order")(
            type("Again", (), {"__annotations__": {}})
        )
    assert EVENTS["vehicle_delivered", 1] is VehicleDelivered


def test_a_payload_cannot_be_changed():
    sent = made(VehicleDelivered)
    with pytest.raises(dataclasses.FrozenInstanceError):
        sent.km = 2


def test_the_topic_is_name_and_version():
    assert EVENTS["vehicle_delivered", 1].declaration.topic == "vehicle_delivered.v1"


def test_an_open_envelope_is_typed():
    assert isinstance(open_envelope(received(made(VehicleDelivered)).envelope).payload, VehicleDelivered)
