"""Live changes: who is told of what, how a stream goes on after a cut, and when it ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import amqp
import pytest
import uuid_utils.compat as uuids

from chassis.bus.topology import events_exchange, routing_key
from contracts.envelope import Received
from contracts.followup.events import TaskHandedOver, VisitCompleted
from contracts.sales.events import OrderSigned, PaymentConfirmed
from contracts.workshop.events import RepairStageChanged
from tests.integration.gateway.running import Gateway, Person
from tests.support.broker import Broker
from tests.support.events import made, received
from tests.support.polling import eventually, steadily
from tests.support.streaming import Stream
from tests.support.tcp_proxy import TcpProxy

SOON = 0.5
"""Seconds within which a change is told."""
FELT = 2.5
"""Seconds within which the end of a session is, with those that a busy machine takes."""


@pytest.fixture
def tell(broker: Broker) -> Iterator[Callable[..., str]]:
    """`tell(RepairStageChanged, store_id="HN")` publishes an event as the relay does; returns its subject's id."""
    with broker.channel() as channel:
        channel.confirm_select()

        def publish(event: type[Any], **more: Any) -> str:
            of_envelope = {name: more.pop(name) for name in ("store_id", "event_id", "subject_id") if name in more}
            subject_id = of_envelope.pop("subject_id", str(uuids.uuid7()))
            send(channel, received(made(event, **more), subject_id=subject_id, **of_envelope))
            return subject_id

        yield publish


def send(channel: Any, event: Received[Any], *, wait: bool = True) -> None:
    declared = event.payload.declaration
    message = amqp.Message(event.envelope.dump(), content_type="application/json", delivery_mode=2)
    publish = channel.basic_publish_confirm if wait else channel.basic_publish
    publish(
        message,
        exchange=events_exchange(declared.producer),
        routing_key=routing_key(declared.topic, event.store_id),
        mandatory=wait,
    )


@contextmanager
def following(*people: Person, last: str = "") -> Iterator[list[Stream]]:
    """Streams of these people, begun."""
    with ExitStack() as stack:
        yield [stack.enter_context(Stream(one.gateway.port, one.token, last)).begun() for one in people]


def told(stream: Stream, subject_id: str, *, within: float = 5.0) -> dict[str, Any]:
    """The change of this subject, once it was told."""
    found = eventually(
        lambda: [one for one in stream.changes() if one["subject_id"] == subject_id],
        within=within,
        what=f"a change of {subject_id}",
    )
    return found[0]


def open_streams(gateway: Gateway) -> float:
    page = gateway.page("/metrics").body.decode()
    return float(next(line.split()[1] for line in page.splitlines() if line.startswith("crm_http_streams ")))


def nobody_follows(gateway: Gateway) -> None:
    """Wait until the gateway has noticed that everybody before left."""
    eventually(lambda: open_streams(gateway) == 0, within=FELT, what="no stream open")


def test_a_change_is_told_at_once_and_says_six_things(gateway: Gateway, tell: Callable[..., str]) -> None:
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        subject_id = tell(RepairStageChanged, store_id="HN")
        at = time.monotonic()
        change = told(stream, subject_id)
        assert stream.messages[-1].at - at < SOON
    assert stream.status == 200
    assert change == {
        "type": "repair_stage_changed",
        "subject_type": "repair_order",
        "subject_id": subject_id,
        "version": 1,
        "store_id": "HN",
        "occurred_at": "2026-11-02T09:00:00+08:00",
    }


def test_a_stream_begins_by_saying_that_everything_is_to_be_asked(gateway: Gateway) -> None:
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        assert [message.event for message in stream.messages] == ["reset"]
        assert stream.last


def test_everybody_is_told_what_he_may_ask_and_nothing_else(gateway: Gateway, tell: Callable[..., str]) -> None:
    here, there = gateway.person("advisor", stores=("HN",)), gateway.person("advisor", stores=("FT",))
    leader, consultant = gateway.person("leader", stores=("HN",)), gateway.person("consultant", stores=("HN",))
    with following(here, there, leader, consultant) as streams:
        of_here, of_there = tell(RepairStageChanged, store_id="HN"), tell(RepairStageChanged, store_id="FT")
        last = tell(VisitCompleted, store_id="HN"), tell(VisitCompleted, store_id="FT")
        for stream, seen in zip(streams, (last[0], last[1], last[1], last[0]), strict=True):
            told(stream, seen)
        heard = [stream.subjects() for stream in streams]
    assert heard == [
        [of_here, last[0]],
        [of_there, last[1]],
        [of_here, of_there, *last],
        [last[0]],
    ]


def test_a_dealers_leader_is_told_of_his_dealers_stores(gateway: Gateway, tell: Callable[..., str]) -> None:
    leader = gateway.person("dealer_leader", stores=("HN",))
    gateway.person("advisor", stores=("FT",))  # of the same dealer
    with following(leader) as (stream,):
        told(stream, tell(RepairStageChanged, store_id="FT"))
        tell(RepairStageChanged, store_id="ELSEWHERE")
        seen = tell(RepairStageChanged, store_id="HN")
        told(stream, seen)
        assert {change["store_id"] for change in stream.changes()} == {"FT", "HN"}


def test_a_task_that_changes_hands_is_told_to_both_and_to_its_role_where_it_was_anybodys(
    gateway: Gateway, tell: Callable[..., str]
) -> None:
    one, other = gateway.person("cr_agent", stores=("HN",)), gateway.person("advisor", stores=("HN",))
    colleague, elsewhere = gateway.person("cr_agent", stores=("HN",)), gateway.person("cr_agent", stores=("FT",))
    with following(one, other, colleague, elsewhere) as streams:
        hands = {"store_id": "HN", "role": "cr_agent"}
        taken = tell(TaskHandedOver, **hands, from_staff_id=None, to_staff_id=one.code)
        given = tell(TaskHandedOver, **hands, from_staff_id=one.code, to_staff_id=other.code)
        back = tell(TaskHandedOver, **hands, from_staff_id=other.code, to_staff_id=None)
        there = tell(TaskHandedOver, store_id="FT", from_staff_id="X", to_staff_id=elsewhere.code)
        for stream, seen in zip(streams, (back, back, back, there), strict=True):
            told(stream, seen)
        heard = [stream.subjects() for stream in streams]
    assert heard == [[taken, given, back], [given, back], [taken, back], [there]]


def test_who_reaches_his_own_is_told_of_his_own(gateway: Gateway, tell: Callable[..., str]) -> None:
    one, other = gateway.person("consultant", stores=("HN",)), gateway.person("consultant", stores=("HN",))
    manager = gateway.person("sales_manager", stores=("HN",))
    with following(one, other, manager) as (mine, his, all_of_them):
        signed = tell(OrderSigned, store_id="HN", consultant_id=one.code)
        paid = tell(PaymentConfirmed, store_id="HN", consultant_id=one.code)
        nobodys = tell(PaymentConfirmed, store_id="HN")
        seen = tell(VisitCompleted, store_id="HN")
        for stream in (mine, his, all_of_them):
            told(stream, seen)
        assert mine.subjects() == [signed, paid, seen]
        assert his.subjects() == [seen]
        assert all_of_them.subjects() == [signed, paid, nobodys, seen]


def test_after_a_cut_what_was_missed_is_told_once_and_nothing_again(gateway: Gateway, tell: Callable[..., str]) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    with following(advisor) as (stream,):
        before = tell(RepairStageChanged, store_id="HN")
        told(stream, before)
    missed = [tell(RepairStageChanged, store_id="HN") for _ in range(5)]
    tell(RepairStageChanged, store_id="FT")
    with following(advisor, last=stream.last) as (after,):
        behind = tell(RepairStageChanged, store_id="HN")
        told(after, behind)
        assert after.subjects() == [*missed, behind]
        assert after.resets() == 0


def test_an_event_that_is_published_twice_is_told_once(gateway: Gateway, tell: Callable[..., str]) -> None:
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        event_id = uuids.uuid7()
        for _ in range(3):
            tell(RepairStageChanged, store_id="HN", event_id=event_id, subject_id="one")
        told(stream, tell(RepairStageChanged, store_id="HN"))
        assert stream.subjects().count("one") == 1


@pytest.mark.parametrize(
    "forged", ["0", "{run}-99999999", "0000000000000000-1", "{run}--1", "x" * 8000, "%00", "{run}-"]
)
def test_who_names_a_position_that_is_none_begins_anew(gateway: Gateway, tell: Callable[..., str], forged: str) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    with following(advisor) as (first,):
        run = first.last.partition("-")[0]
    with following(advisor, last=forged.replace("{run}", run)) as (stream,):
        assert [message.event for message in stream.messages] == ["reset"]
        told(stream, tell(RepairStageChanged, store_id="HN"))


def test_another_ones_position_tells_nothing_of_another_store(gateway: Gateway, tell: Callable[..., str]) -> None:
    there = gateway.person("advisor", stores=("FT",))
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        last = stream.last
    tell(RepairStageChanged, store_id="HN")
    with following(there, last=last) as (stream,):
        seen = tell(RepairStageChanged, store_id="FT")
        told(stream, seen)
        assert stream.subjects() == [seen]


@pytest.mark.parametrize(
    "ending",
    [
        "DELETE FROM staff_session WHERE staff_code = %s",
        "UPDATE staff_session SET seen_at = now() - interval '30 minutes' WHERE staff_code = %s",
        "UPDATE staff SET active = false WHERE code = %s",
    ],
    ids=["logged out", "idle for 30 minutes", "no longer employed"],
)
def test_a_stream_ends_with_its_session(gateway: Gateway, tell: Callable[..., str], ending: str) -> None:
    advisor, colleague = (gateway.person("advisor", stores=("HN",)) for _ in range(2))
    with following(advisor, colleague) as (stream, other):
        gateway.rows(ending, advisor.code)
        assert stream.ended.wait(FELT)
        told(other, tell(RepairStageChanged, store_id="HN"))
        assert stream.subjects() == []


def test_an_open_stream_keeps_no_session_alive(gateway: Gateway) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    with following(advisor) as (stream,):
        gateway.rows(
            "UPDATE staff_session SET seen_at = now() - interval '29 minutes 58 seconds' WHERE staff_code = %s",
            advisor.code,
        )
        assert stream.ended.wait(2 + FELT)
    assert advisor.get("/me").status == 401


def test_other_rights_end_a_stream_so_that_the_next_begins_anew(gateway: Gateway, tell: Callable[..., str]) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    with following(advisor) as (stream,):
        gateway.rows("UPDATE staff SET stores = '{FT}' WHERE code = %s", advisor.code)
        assert stream.ended.wait(FELT)
        assert stream.last == ""
        assert stream.messages[-1].event == "reset"
    with following(advisor, last=stream.last) as (stream,):
        tell(RepairStageChanged, store_id="HN")
        seen = tell(RepairStageChanged, store_id="FT")
        told(stream, seen)
        assert stream.subjects() == [seen]


def test_a_third_stream_of_a_session_ends_the_oldest(gateway: Gateway, tell: Callable[..., str]) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    with following(advisor, advisor, advisor) as (oldest, middle, newest):
        assert oldest.ended.wait(FELT)
        seen = tell(RepairStageChanged, store_id="HN")
        told(middle, seen)
        told(newest, seen)
        assert oldest.subjects() == []


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_who_does_not_accept_a_stream_is_told_where_it_stands(gateway: Gateway, accept: str) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    answer = advisor.get("/stream", Accept=accept)
    assert answer.status == 200
    assert set(answer.body) == {"last_event_id"}


def test_who_asks_first_where_it_stands_misses_nothing(gateway: Gateway, tell: Callable[..., str]) -> None:
    advisor = gateway.person("advisor", stores=("HN",))
    stands = advisor.get("/stream").body["last_event_id"]
    first = tell(RepairStageChanged, store_id="HN")
    with following(advisor, last=stands) as (stream,):
        told(stream, first)
        assert stream.resets() == 0


def test_a_stream_needs_a_session(gateway: Gateway) -> None:
    with Stream(gateway.port, "x" * 43) as stream:
        eventually(lambda: stream.status)
        assert stream.status == 401


def test_a_client_that_leaves_is_noticed(gateway: Gateway) -> None:
    nobody_follows(gateway)
    with following(gateway.person("advisor", stores=("HN",))):
        assert open_streams(gateway) == 1
    nobody_follows(gateway)


def test_an_event_that_cannot_be_read_ends_nothing(gateway: Gateway, broker: Broker, tell: Callable[..., str]) -> None:
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        for body in (b"", b"\xff", b"[]", b"{}", b'{"event_id": 5}', b"[" * 2000):
            broker.publish("workshop.events", "repair_stage_changed.v1.HN", body)
        told(stream, tell(RepairStageChanged, store_id="HN"))
        assert stream.resets() == 1, "that of its beginning"


def test_streams_take_no_connections_place_and_are_not_closed_for_being_old(
    gateway: Gateway, start_gateway: Callable[..., Gateway], tell: Callable[..., str]
) -> None:
    small = start_gateway(CRM_GATEWAY_CONNECTIONS="4", CRM_GATEWAY_STREAMS="8")
    people = [
        Person(small, one.code, one.token) for one in (gateway.person("advisor", stores=("HN",)) for _ in range(9))
    ]
    with following(*people[:8]) as streams, ExitStack() as stack:
        idle = [stack.enter_context(small.connect()) for _ in range(8)]
        assert [people[0].get("/me").status for _ in range(10)] == [200] * 10
        with Stream(small.port, people[8].token) as one_too_many:
            eventually(lambda: one_too_many.status)
            assert one_too_many.status == 503
        seen = tell(RepairStageChanged, store_id="HN")
        for stream in streams:
            told(stream, seen)
        assert len(idle) == 8


def test_a_gateway_that_is_told_to_stop_ends_its_streams_first(
    gateway: Gateway, start_gateway: Callable[..., Gateway]
) -> None:
    stopping = start_gateway()
    advisor = gateway.person("advisor", stores=("HN",))
    with following(Person(stopping, advisor.code, advisor.token)) as (stream,):
        stopping.process.signal(signal.SIGTERM)
        assert stream.ended.wait(1.0)
        assert stopping.process.ended(within=5.0) == 0


def test_every_gateway_hears_everything_and_one_that_was_killed_says_so(
    gateway: Gateway, start_gateway: Callable[..., Gateway], tell: Callable[..., str]
) -> None:
    other = start_gateway()
    advisor = gateway.person("advisor", stores=("HN",))
    there = Person(other, advisor.code, advisor.token)
    with following(advisor, there) as (stream, killed):
        seen = tell(RepairStageChanged, store_id="HN")
        told(stream, seen)
        told(killed, seen)
        other.process.signal(signal.SIGKILL)
        assert killed.ended.wait(FELT)
        missed = tell(RepairStageChanged, store_id="HN")
        told(stream, missed)
    back = start_gateway(port=other.port)
    with following(Person(back, advisor.code, advisor.token), last=killed.last) as (after,):
        assert [message.event for message in after.messages] == ["reset"]
        seen = tell(RepairStageChanged, store_id="HN")
        told(after, seen)
        assert after.subjects() == [seen]


def test_a_gateway_that_hears_nothing_for_a_while_tells_nobody_that_nothing_happened(
    gateway: Gateway, start_gateway: Callable[..., Gateway], broker: Broker, tell: Callable[..., str]
) -> None:
    parts = urlsplit(broker.uri("gateway"))
    with TcpProxy(parts.hostname or "", parts.port or 0) as proxy:
        behind = start_gateway(
            CRM_GATEWAY_AMQP_URI=parts._replace(netloc=parts.netloc.rpartition(":")[0] + f":{proxy.port}").geturl()
        )
        advisor = Person(behind, (one := gateway.person("advisor", stores=("HN",))).code, one.token)
        with following(advisor) as (stream,):
            told(stream, tell(RepairStageChanged, store_id="HN"))
            proxy.set("reset")
            assert stream.ended.wait(FELT)
        assert opened(advisor, stream.last).status == 503
        tell(RepairStageChanged, store_id="HN")
        proxy.set("pass")
        eventually(lambda: opened(advisor, stream.last).status == 200, within=20, what="a stream again")
        with following(advisor, last=stream.last) as (after,):
            assert after.resets() == 1


def opened(person: Person, last: str) -> Stream:
    """A stream that was opened, and left again."""
    with Stream(person.gateway.port, person.token, last) as stream:
        eventually(lambda: stream.status)
    return stream


def test_who_does_not_read_holds_nobody_up_and_learns_that_he_missed_something(
    gateway: Gateway, broker: Broker
) -> None:
    nobody_follows(gateway)
    lazy, quick = (gateway.person("advisor", stores=("HN",)) for _ in range(2))
    with following(quick) as (stream,), broker.channel() as channel:
        reader = Stream(gateway.port, lazy.token)
        with reader.open(buffer=4096) as sock:
            eventually(lambda: open_streams(gateway) == 2)
            for number in range(6000):
                event = received(made(RepairStageChanged), subject_id=f"flood-{number}", store_id="HN")
                send(channel, event, wait=False)
            assert max(seconds(quick) for _ in range(20)) < 1.0
            eventually(lambda: stream.subjects()[-1:] == ["flood-5999"], within=30)
            sock.settimeout(3)
            reader.read_from(sock)
    assert stream.resets() == 1
    assert len(stream.subjects()) == len(set(stream.subjects())) == 6000
    assert reader.resets() == 2, "its beginning, and what it missed"
    assert reader.subjects() == [f"flood-{number}" for number in range(len(reader.subjects()))]


def seconds(person: Person) -> float:
    started = time.monotonic()
    assert person.get("/me").status == 200
    return time.monotonic() - started


def test_nothing_else_happens_to_a_stream_in_which_nothing_happens(gateway: Gateway) -> None:
    with following(gateway.person("advisor", stores=("HN",))) as (stream,):
        steadily(lambda: not stream.ended.is_set(), during=2.0)
        assert len(stream.messages) == 1
