"""The topology as a table: names, tiers, bindings and rights, before any broker sees them."""

from __future__ import annotations

import re

import pytest

from chassis.bus.topology import (
    CALLS,
    DELIVERY_LIMIT,
    FORGOTTEN,
    HEARS,
    LIVE_CHANGES,
    PARTNER,
    UNHEARD,
    UNROUTED,
    calls_queue,
    confidential_exchange,
    dead_queue,
    delay_name,
    events_exchange,
    exchange_of,
    inbox_exchange,
    live_queue,
    retry_queue,
    rights,
    routing_key,
    table,
    work_queue,
)
from chassis.process.settings import SERVICES
from contracts.envelope import EVENTS

DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0)
MADE = table(DELAYS)
QUEUES = {queue["name"]: queue["arguments"] for queue in MADE.queues}
EXCHANGES = {exchange["name"]: exchange for exchange in MADE.exchanges}
HEARERS = sorted(consumer for consumer, heard in HEARS.items() if heard)


@pytest.mark.parametrize(
    ("delay", "name"), [(0.2, "200ms"), (1, "1s"), (30, "30s"), (90, "90s"), (120, "2m"), (600, "10m"), (3600, "1h")]
)
def test_a_tier_is_named_by_its_time(delay, name):
    assert delay_name(delay) == name


def test_tiers_of_different_times_have_different_queues():
    names = [retry_queue("sales", delay) for delay in (0.2, 0.25, 1, 1.5, 60, 61, 3600)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_exchange_and_what_nobody_takes_is_kept(service):
    assert EXCHANGES[events_exchange(service)]["arguments"] == {"alternate-exchange": UNROUTED}
    assert events_exchange(service) == f"{service}.events", "stock nameko subscribes to this name"


@pytest.mark.parametrize("consumer", HEARERS)
def test_a_consumer_s_queue_is_replicated_and_loses_nothing(consumer):
    arguments = QUEUES[work_queue(consumer)]
    assert arguments["x-queue-type"] == "quorum"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert arguments["x-dead-letter-exchange"] == dead_queue(consumer)
    assert arguments["x-delivery-limit"] == DELIVERY_LIMIT


@pytest.mark.parametrize("queue", [UNROUTED, *(dead_queue(consumer) for consumer in HEARERS)])
def test_what_people_look_at_is_never_dropped_for_being_looked_at(queue):
    """Looking takes in hand and gives back; since RabbitMQ 4.0 twenty times at most, unless the queue says."""
    limit = QUEUES[queue].get("x-delivery-limit", 20)
    assert limit == -1 or limit >= 100_000


@pytest.mark.parametrize("consumer", HEARERS)
@pytest.mark.parametrize("delay", DELAYS)
def test_a_failed_message_waits_its_time_and_returns_to_its_consumer_alone(consumer, delay):
    arguments = QUEUES[retry_queue(consumer, delay)]
    assert arguments["x-message-ttl"] == delay * 1000
    assert arguments["x-dead-letter-exchange"] == inbox_exchange(consumer)
    assert arguments["x-dead-letter-strategy"] == "at-least-once"
    assert "x-dead-letter-routing-key" not in arguments, "it returns with its own key"


@pytest.mark.parametrize("consumer", HEARERS)
def test_a_consumer_is_bound_to_exactly_what_it_hears_in_every_store(consumer):
    bound = {
        (binding["source"], binding["routing_key"])
        for binding in MADE.bindings
        if binding["destination"] == inbox_exchange(consumer)
    }
    heard = {(exchange_of(e), f"{e.declaration.topic}.*") for e in HEARS[consumer]}
    assert bound == heard


def test_every_declared_event_is_heard_or_kept_as_unheard():
    heard = {event for events in HEARS.values() for event in events}
    unheard = [e.declaration for e in EVENTS.values() if e not in heard]
    for confidential, where in ((False, UNHEARD), (True, FORGOTTEN)):
        kept = {binding["routing_key"] for binding in MADE.bindings if binding["destination"] == where} - {""}
        assert kept == {f"{one.topic}.*" for one in unheard if one.confidential is confidential}


def test_what_is_confidential_comes_out_where_our_services_alone_may_listen():
    for event in EVENTS.values():
        declared = event.declaration
        assert may(PARTNER, "read", exchange_of(event)) is not declared.confidential, declared.name
        assert may(declared.producer, "write", exchange_of(event))
    assert QUEUES[FORGOTTEN]["x-message-ttl"] == 0, "and rests nowhere, if nobody hears it"
    assert not any("alternate-exchange" in one["arguments"] for name, one in EXCHANGES.items() if "confid" in name)


def test_a_routing_key_ends_with_the_store():
    assert routing_key("vehicle_delivered.v1", "HN") == "vehicle_delivered.v1.HN"


def test_names_are_given_once():
    assert len(QUEUES) == len(MADE.queues)
    assert len(EXCHANGES) == len(MADE.exchanges)
    lines = [str(binding) for binding in MADE.bindings]
    assert len(set(lines)) == len(lines)


def may(user: str, right: str, name: str) -> bool:
    return re.search(rights(user)[right], name) is not None


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_may_configure_nothing_but_its_reply_queue(user):
    assert may(user, "configure", f"replies.{user}.1")
    for name in [*QUEUES, *EXCHANGES, "replies.other.1", "anything"]:
        assert not may(user, "configure", name), name


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_may_read_only_its_own_queues(user):
    own = {work_queue(user), calls_queue(user), dead_queue(user)}
    for name in [*QUEUES, "replies.other.1"]:
        assert may(user, "read", name) is (name in own), name


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_may_write_only_to_its_own_exchanges_and_whom_it_calls(user):
    own = {f"{user}.events", confidential_exchange(user), f"{user}.retry", dead_queue(user), "crm.replies"}
    own |= {f"{service}.calls" for service in CALLS[user]}
    for name in [*EXCHANGES, "", "amq.default", "amq.topic"]:
        assert may(user, "write", name) is (name in own), name


@pytest.mark.parametrize("user", [*SERVICES, PARTNER])
def test_the_gateway_alone_makes_queues_for_live_changes_and_fills_them_from_there(user):
    for name in (live_queue("1"), f"{live_queue('1')}.dropped"):
        for right in ("configure", "write", "read"):
            assert may(user, right, name) is (user == "gateway"), (right, name)
    assert may(user, "read", LIVE_CHANGES) is (user == "gateway")
    assert not may(user, "write", LIVE_CHANGES), "the exchanges of events alone feed it"


def test_what_screens_are_told_of_is_heard_or_kept_as_unheard_all_the_same():
    """Nothing of it waits anywhere while no gateway runs, so it counts as heard by nobody."""
    assert [one["destination"] for one in MADE.bindings if one["source"] == LIVE_CHANGES] == []


@pytest.mark.parametrize("name", sorted({*QUEUES, *EXCHANGES}))
def test_the_partner_may_change_nothing_of_ours(name):
    assert not may(PARTNER, "configure", name)
    assert not may(PARTNER, "write", name)


def test_the_partner_may_listen_to_events_and_to_nothing_else():
    for name in [*EXCHANGES, *QUEUES]:
        assert may(PARTNER, "read", name) is name.endswith(".events"), name


def test_nobody_calls_the_gateway():
    assert all("gateway" not in callees for callees in CALLS.values())
