"""Nothing a message holds breaks the link: it is dead with its reason, and what stands beside it is handled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import amqp
import orjson
import pytest

from chassis.bus import dead
from contracts.sales.events import VehicleDelivered
from tests.support.consuming import SERVICE, hearing
from tests.support.events import made, received
from tests.support.polling import eventually

WHOLE = received(made(VehicleDelivered)).envelope.dump()


def deep(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    raw = orjson.loads(WHOLE)
    raw["payload"] = "@"
    return orjson.dumps(raw).replace(b'"@"', (opening * levels + "1" + closing * levels).encode())


BODIES: list[tuple[str, bytes, dict[str, Any]]] = [
    ("lists where a dictionary should be", deep(20, "[", "]"), {}),
    ("a thousand objects deep", deep(1000), {}),
    ("a thousand lists deep", deep(1000, "[", "]"), {}),
    ("ten thousand deep", deep(10_000), {}),
    ("a lone surrogate", WHOLE.replace(b'"HN"', b'"\\ud800"'), {}),
    ("an integer without end", WHOLE.replace(b'"version":1', b'"version":' + b"9" * 5000), {}),
    ("a moment beyond the calendar", WHOLE.replace(b'"occurred_at":"2', b'"occurred_at":"99999'), {}),
    ("text in an encoding that fits by chance", "é".encode("utf-16"), {"content_encoding": "utf-16"}),
    ("a header that counts in words", b"{", {"headers": {"x-attempt": "often", "x-delivery-count": "much"}}),
    ("a header with everything", b"{", {"headers": {"a": {"b": [1, None, {"c": 2.5}]}, "x-attempt": -3, "x-death": 7}}),
    ("an id that is no id", b"{", {"message_id": "\ud800" * 80}),
    ("no body", b"", {}),
]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every link that falls."""
    found: list[int] = []
    from chassis.bus import consumer

    forget = consumer.Consumer._forget_lost

    def note(self: consumer.Consumer) -> None:
        found.append(1)
        forget(self)

    monkeypatch.setattr(consumer.Consumer, "_forget_lost", note)
    return found


@pytest.mark.parametrize(("body", "properties"), [each[1:] for each in BODIES], ids=[each[0] for each in BODIES])
def test_a_message_is_dead_alone_whatever_it_holds(clean_queues, databases, lost, body, properties):
    good = [received(made(VehicleDelivered)) for _ in range(20)]
    with hearing(clean_queues, databases(SERVICE), batch=10) as ear:
        ear.send_all(good[:10])
        clean_queues.publish("sales.events", "vehicle_delivered.v1.HN", body, user="sales", **properties)
        ear.send_all(good[10:])
        eventually(lambda: set(ear.ids()) >= {str(event.id) for event in good})
        (told,) = eventually(lambda: dead.look(clean_queues.admin_uri, SERVICE), what="it is dead")
        eventually(lambda: not ear.consumer.in_hand)
        assert lost == []
        assert told.body == body
        assert ear.consumer.problems() == []


def raw_properties(channel: Any, raw: bytes, *, key: bytes = b"vehicle_delivered.v1.HN") -> None:
    """Publish a message with these bytes where the properties stand."""
    message = amqp.Message(WHOLE)
    message._serialize_properties = lambda: raw
    channel.basic_publish_confirm(message, exchange="sales.events", routing_key=key)


CONTENT_TYPE = b"\x10application/json"
PROPERTIES = [
    ("a message id that is no text", b"\x80\x80" + CONTENT_TYPE + b"\x03\xff\xfe\xfd"),
    (
        "a header with a time beyond the calendar",
        b"\xa0\x00" + CONTENT_TYPE + b"\x00\x00\x00\x0b\x01aT" + b"\x7f" + b"\xff" * 7,
    ),
]


@pytest.mark.parametrize("raw", [each[1] for each in PROPERTIES], ids=[each[0] for each in PROPERTIES])
def test_properties_that_cannot_be_read_end_no_connection(clean_queues, databases, lost, raw):
    good = [received(made(VehicleDelivered)) for _ in range(20)]
    with hearing(clean_queues, databases(SERVICE), batch=10) as ear:
        ear.send_all(good[:10])
        with clean_queues.channel("sales") as channel:
            raw_properties(channel, raw)
        ear.send_all(good[10:])
        eventually(lambda: set(ear.ids()) >= {str(event.id) for event in good})
        (told,) = eventually(lambda: dead.look(clean_queues.admin_uri, SERVICE), what="it is dead")
        assert told.reason == "unreadable_properties"
        assert lost == []


def test_a_routing_key_that_is_no_text_ends_no_connection(clean_queues, databases, lost):
    event = received(made(VehicleDelivered))
    with hearing(clean_queues, databases(SERVICE)) as ear:
        with clean_queues.channel("sales") as channel:
            message = amqp.Message(event.envelope.dump(), content_type="application/json")
            channel.basic_publish_confirm(
                message, exchange="sales.events", routing_key=b"vehicle_delivered.v1.\xff\xfe"
            )
        eventually(lambda: ear.ids() == [str(event.id)])
        assert lost == []


def test_an_age_of_a_thousand_years_is_only_an_age(clean_queues, databases):
    """Metrics and log lines come after the commit; none of them may hold the delivery back."""
    event = received(made(VehicleDelivered), occurred_at=datetime.now(UTC) - timedelta(days=365_000))
    with hearing(clean_queues, databases(SERVICE)) as ear:
        ear.send(event)
        eventually(lambda: ear.ids() == [str(event.id)])
        eventually(lambda: not ear.consumer.in_hand)
