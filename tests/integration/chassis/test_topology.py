"""The topology on a real broker: applied, compared, mended; and who is refused what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import amqp
import pytest
import uuid_utils.compat as uuids

from chassis.bus import topology
from chassis.bus.management import Management
from chassis.bus.topology import CALLS, HEARS, PARTNER, UNHEARD, UNROUTED, exchange_of
from chassis.process.settings import SERVICES
from contracts.customer.events import ContactShown, VehicleRegistered
from contracts.sales.events import VehicleDelivered
from contracts.workshop.events import RepairSettled
from tests.support.broker import PASSWORD, Broker
from tests.support.events import made, received
from tests.support.polling import eventually
from tests.support.randoms import code


def diff(broker: Broker) -> list[str]:
    return broker.management.diff(broker.wanted)


def test_what_was_applied_is_as_it_should_be_and_applying_again_changes_nothing(broker: Broker):
    assert diff(broker) == []
    broker.apply()
    assert diff(broker) == []


def test_users_that_several_make_at_the_same_moment_are_made(broker: Broker):
    """Installations share a broker, and what one has just made is no error for another."""
    users = [code("PLANTED") for _ in range(25)]

    def make(number: int) -> None:
        for user in users:
            broker.management.make_user(user, PASSWORD)

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(make, range(4)))
        known = {user["name"] for user in broker.management.call("GET", "/users")}
        assert set(users) <= known
    finally:
        for user in users:
            broker.management.call("DELETE", f"/users/{user}")


def test_a_missing_queue_is_found_and_mended(broker: Broker):
    with broker.channel() as channel:
        channel.queue_delete("reporting.retry.400ms")
    try:
        found = diff(broker)
        assert "missing queue reporting.retry.400ms" in found
        assert any(line.startswith("missing binding reporting.retry -> queue reporting.retry.400ms") for line in found)
    finally:
        broker.apply()
    assert diff(broker) == []


def test_a_missing_exchange_and_its_bindings_are_found_and_mended(broker: Broker):
    with broker.channel() as channel:
        channel.exchange_delete("workshop.events")
    try:
        found = diff(broker)
        assert "missing exchange workshop.events" in found
        assert any("workshop.events -> exchange customer.inbox" in line for line in found)
    finally:
        broker.apply()
    assert diff(broker) == []


@pytest.mark.parametrize("known", [True, False], ids=["by who was known", "by who was new"])
def test_nothing_is_published_to_an_exchange_before_all_who_hear_it_are_bound(
    clean_queues: Broker, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """A relay tries all the time; what it publishes to an exchange that stands before its bindings reaches but some."""
    management = clean_queues.management
    with clean_queues.channel() as channel:
        channel.exchange_delete("workshop.events")
    if not known:
        management.call("DELETE", f"/permissions/{management.vhost}/workshop")  # the user is other workers' too
    body, refused = received(made(RepairSettled)).envelope.dump(), []
    really = Management.call

    def publish() -> None:
        clean_queues.publish("workshop.events", "repair_settled.v1.HN", body, user="workshop")

    def call(self: Management, method: str, path: str, body: object = None) -> object:
        answer = really(self, method, path, body)
        if path.startswith("/definitions/"):
            with pytest.raises((amqp.AccessRefused, amqp.NotAllowed)) as error:  # no right there, or no right to write
                publish()
            refused.append(error)
        return answer

    monkeypatch.setattr(Management, "call", call)
    clean_queues.apply()

    assert len(refused) == 1
    publish()
    heard = [consumer for consumer, events in HEARS.items() if RepairSettled in events]
    assert heard
    for consumer in heard:
        assert clean_queues.take(consumer)


def test_a_missing_binding_is_found_and_mended(broker: Broker):
    key = "vehicle_delivered.v1.*"
    with broker.channel() as channel:
        channel.exchange_unbind("followup.inbox", "sales.events", key)
    try:
        assert diff(broker) == [f"missing binding sales.events -> exchange followup.inbox [{key}]"]
    finally:
        broker.apply()
    assert diff(broker) == []


def test_a_binding_nobody_ordered_is_found(broker: Broker):
    with broker.channel() as channel:
        channel.queue_bind("followup", "sales.events", "order_signed.v1.*")
        try:
            assert diff(broker) == ["unknown binding sales.events -> queue followup [order_signed.v1.*]"]
        finally:
            channel.queue_unbind("followup", "sales.events", "order_signed.v1.*")
    assert diff(broker) == []


def test_a_queue_with_other_arguments_is_found(broker: Broker):
    with broker.channel() as channel:
        channel.queue_delete("sales.calls")
        channel.queue_declare("sales.calls", durable=True, auto_delete=False, arguments={"x-max-length": 5})
        try:
            assert any(line.startswith("different queue sales.calls") for line in diff(broker))
        finally:
            channel.queue_delete("sales.calls")
            broker.apply()
    assert diff(broker) == []


# -- where events go ---------------------------------------------------------------------------------


@pytest.mark.parametrize("consumer", sorted(name for name, heard in HEARS.items() if VehicleDelivered in heard))
def test_an_event_reaches_everybody_who_hears_it_from_any_store(clean_queues: Broker, consumer):
    for store in ("HN", "ZZ9"):
        event = received(made(VehicleDelivered), store_id=store)
        clean_queues.publish(
            "sales.events",
            f"vehicle_delivered.v1.{store}",
            event.envelope.dump(),
            user="sales",
            message_id=str(event.id),
        )
        assert clean_queues.take(consumer).properties["message_id"] == str(event.id)
    assert clean_queues.count(UNROUTED) == clean_queues.count(UNHEARD) == 0


def test_an_event_nobody_hears_is_kept_apart(clean_queues: Broker):
    event = received(made(VehicleRegistered))
    clean_queues.publish("customer.events", "vehicle_registered.v1.HN", event.envelope.dump(), user="customer")
    assert clean_queues.take(UNHEARD)
    assert clean_queues.count(UNROUTED) == 0


def test_what_should_not_exist_is_kept_for_an_alarm(clean_queues: Broker):
    clean_queues.publish("sales.events", "moon_landed.v1.HN", b"{}", user="sales")
    assert clean_queues.take(UNROUTED)


def test_a_message_waits_in_its_tier_and_returns_to_its_consumer_alone(clean_queues: Broker):
    mark = str(uuids.uuid7())
    clean_queues.publish(
        "followup.retry",
        "vehicle_delivered.v1.HN",
        b"{}",
        user="followup",
        headers={"retry-after": "200ms", "x-attempt": 1},
        message_id=mark,
    )
    back = clean_queues.take("followup")
    assert (back.properties["message_id"], back.delivery_info["routing_key"]) == (mark, "vehicle_delivered.v1.HN")
    assert back.properties["application_headers"]["x-attempt"] == 1
    assert clean_queues.count("customer") == clean_queues.count("reporting") == 0


def test_a_message_that_comes_back_often_is_not_convicted_by_the_broker(clean_queues: Broker):
    """It counts a delivery for everything that was in hand when a link fell (decision 0006)."""
    clean_queues.publish("followup.inbox", "vehicle_delivered.v1.HN", b"{}")
    with clean_queues.channel("followup") as channel:
        for _ in range(60):
            message = eventually(lambda: channel.basic_get("followup"))
            channel.basic_reject(message.delivery_tag, requeue=True)
    assert clean_queues.take("followup").body == b"{}"
    assert clean_queues.count("followup.dead") == 0


def test_a_queue_of_an_older_form_is_made_anew_if_nothing_is_in_it(clean_queues: Broker):
    older = {**topology.SURE, "x-dead-letter-exchange": "followup.dead", "x-delivery-limit": 20}
    with clean_queues.channel() as channel:
        channel.queue_delete("followup")
        channel.queue_declare("followup", durable=True, auto_delete=False, arguments=older)
    management, wanted = clean_queues.management, clean_queues.wanted
    eventually(lambda: "consumers" in management.call("GET", f"/queues/{management.vhost}/followup"), within=15)
    assert management.remake(wanted) == []
    clean_queues.apply()
    assert management.diff(wanted) == []


# -- who is refused what -----------------------------------------------------------------------------


def refused(broker: Broker, user: str, act) -> bool:
    """True if the broker says 403 to what `user` does."""
    with pytest.raises(amqp.exceptions.AccessRefused) as caught, broker.channel(user) as channel:
        act(channel)
    return caught.value.reply_code == 403


def publish(exchange: str):
    def act(channel) -> None:
        channel.confirm_select()
        channel.basic_publish_confirm(amqp.Message(b"{}"), exchange=exchange, routing_key="x.v1.HN", confirm_timeout=5)

    return act


PAIRS = [(user, other) for user in SERVICES for other in SERVICES if user != other]


@pytest.mark.parametrize(("user", "other"), PAIRS, ids=[f"{user}-as-{other}" for user, other in PAIRS])
def test_no_service_speaks_or_listens_for_another(broker: Broker, user, other):
    assert refused(broker, user, publish(f"{other}.events")), "events of another"
    if HEARS[other]:
        assert refused(broker, user, publish(f"{other}.inbox")), "into the inbox of another"
        assert refused(broker, user, publish(f"{other}.retry")), "into the tiers of another"
        assert refused(broker, user, publish(f"{other}.dead")), "into the dead of another"
        assert refused(broker, user, lambda channel: channel.basic_get(other)), "events of another"
        assert refused(broker, user, lambda channel: channel.basic_get(f"{other}.dead")), "dead of another"
    if other != "gateway":
        assert refused(broker, user, lambda channel: channel.basic_get(f"{other}.calls")), "calls to another"
        if other not in CALLS[user]:
            assert refused(broker, user, publish(f"{other}.calls")), "calls it may not make"


@pytest.mark.parametrize("user", SERVICES)
def test_no_service_goes_round_the_topology(broker: Broker, user):
    assert refused(broker, user, publish("")), "the default exchange reaches every queue"
    assert refused(broker, user, publish("amq.topic"))
    assert refused(broker, user, lambda channel: channel.queue_declare("planted", durable=True))
    assert refused(broker, user, lambda channel: channel.exchange_declare("planted", "fanout"))
    assert refused(broker, user, lambda channel: channel.queue_delete(user if HEARS[user] else "customer"))
    assert refused(broker, user, lambda channel: channel.queue_declare("replies.other.1", exclusive=True))
    assert refused(broker, user, lambda channel: channel.basic_get(UNROUTED))


@pytest.mark.parametrize("user", SERVICES)
def test_every_service_may_do_its_own_work(broker: Broker, user):
    with broker.channel(user) as channel:
        publish(f"{user}.events")(channel)
        queue = topology.reply_queue(user, "test")
        channel.queue_declare(queue, exclusive=True, auto_delete=True, durable=False)
        channel.queue_bind(queue, topology.REPLIES, routing_key=queue)
        channel.basic_publish(amqp.Message(b"{}"), exchange=topology.REPLIES, routing_key=queue)
        eventually(lambda: channel.basic_get(queue, no_ack=True))
        for service in CALLS[user]:
            publish(f"{service}.calls")(channel)
        if HEARS[user]:
            channel.queue_declare(user, passive=True)
    broker.purge(UNROUTED, *(f"{service}.calls" for service in CALLS[user]))


def test_nobody_gets_in_without_his_password(broker: Broker):
    uri = broker.uri("sales").replace(f":{PASSWORD}@", ":wrong@")
    with pytest.raises(amqp.exceptions.AccessRefused), _connected(uri):
        pass


def _connected(uri: str):
    import kombu

    return kombu.Connection(uri, connect_timeout=5).connect()


def test_the_partner_subscribes_with_a_queue_of_its_own_and_can_do_nothing_else(clean_queues: Broker):
    with clean_queues.channel(PARTNER) as channel:
        channel.queue_declare("partner.hears", durable=False, auto_delete=True)
        channel.queue_bind("partner.hears", "sales.events", "vehicle_delivered.v1.*")
        event = received(made(VehicleDelivered))
        clean_queues.publish("sales.events", "vehicle_delivered.v1.HN", event.envelope.dump(), user="sales")
        assert eventually(lambda: channel.basic_get("partner.hears", no_ack=True))
        channel.queue_delete("partner.hears")
    assert refused(clean_queues, PARTNER, publish("sales.events"))
    assert refused(clean_queues, PARTNER, publish("customer.calls"))
    assert refused(clean_queues, PARTNER, lambda channel: channel.basic_get("customer"))
    assert refused(clean_queues, PARTNER, lambda channel: channel.queue_bind("customer", "sales.events", "#"))


@pytest.mark.parametrize("queue", ["partner.planted", "evt-planted"])
def test_nothing_the_partner_does_disturbs_a_service(clean_queues: Broker, queue):
    """A partner that never reads fills its own queue only."""
    with clean_queues.channel(PARTNER) as channel:
        channel.queue_declare(queue, durable=False, auto_delete=False)
        channel.queue_bind(queue, "sales.events", "#")
        event = received(made(VehicleDelivered))
        clean_queues.publish("sales.events", "vehicle_delivered.v1.HN", event.envelope.dump(), user="sales")
        assert clean_queues.take("customer")
        channel.queue_delete(queue)


CONFIDENTIAL = "customer.confidential"


@pytest.mark.parametrize("key", ["#", "contact_shown.v1.*", "contact_shown.v1.HN"])
def test_the_partner_binds_nothing_to_what_is_confidential(clean_queues: Broker, key):
    with clean_queues.channel(PARTNER) as channel:
        channel.queue_declare("partner.curious", durable=False, auto_delete=False)
        channel.exchange_declare("partner.curious", "topic", durable=False, auto_delete=False)
    for act in (
        lambda channel: channel.queue_bind("partner.curious", CONFIDENTIAL, key),
        lambda channel: channel.exchange_bind("partner.curious", CONFIDENTIAL, key),
        lambda channel: channel.exchange_bind(CONFIDENTIAL, "partner.curious", key),
        lambda channel: channel.exchange_declare(CONFIDENTIAL, "topic", durable=True, auto_delete=False),
        lambda channel: channel.exchange_delete(CONFIDENTIAL),
        lambda channel: channel.basic_get("gateway"),
        lambda channel: channel.basic_get("crm.forgotten"),
        publish(CONFIDENTIAL),
    ):
        assert refused(clean_queues, PARTNER, act)
    with clean_queues.channel(PARTNER) as channel:
        channel.queue_delete("partner.curious")
        channel.exchange_delete("partner.curious")


def test_a_queue_that_was_bound_to_everything_before_hears_nothing_confidential(clean_queues: Broker):
    event = received(made(ContactShown))
    with clean_queues.channel(PARTNER) as channel:
        channel.queue_declare("partner.everything", durable=False, auto_delete=False)
        for producer in SERVICES:
            channel.queue_bind("partner.everything", f"{producer}.events", "#")
        clean_queues.publish(exchange_of(ContactShown), "contact_shown.v1.HN", event.envelope.dump(), user="customer")
        assert clean_queues.take("gateway"), "it has gone its way"
        assert channel.basic_get("partner.everything", no_ack=True) is None
        channel.queue_delete("partner.everything")
