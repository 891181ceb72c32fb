"""The consumer: takes a service's events from its queue and sees each to one of four ends.

Handled (committed, then acknowledged), duplicate (acknowledged), retried (a confirmed copy waits in a tier,
then acknowledged) or dead (a confirmed copy with its explanation, then acknowledged).
A database that is away is nobody's fault: the messages stay in hand, unacknowledged, until it is back;
the prefetch window keeps the rest in the queue. If a copy cannot be published, or anything else goes wrong
on a delivery's way, the broker gets it back and delivers it again: none stays in hand for ever.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from chassis.bus import topology
from chassis.bus.lanes import Delivery, Lane, Subscription
from chassis.bus.link import UNREADABLE, Link, LinkDown, publish_confirmed
from chassis.process import clock, faults, logs, metrics
from chassis.store import inbox
from chassis.store.database import Database
from chassis.store.outbox import Cause, set_cause
from contracts.envelope import Received, UnreadableEvent, read
from contracts.refusals import Refusal

log = logs.get("consumer")

PREFETCH = 16
BATCH_PREFETCH = 200
LARGEST_BODY = 1024 * 1024
SUSPICIOUS_AFTER = 1
"""Redeliveries after which a message runs alone: it may have killed the process."""
KILLS = 2
"""Lone starts without an end after which a message is given up as a killer."""
STUCK_AFTER = 60.0
"""Seconds in hand after which an event keeps its service from being ready."""
STUMBLED_FOR = 5.0
"""Seconds a service is not ready after it had to give an event back: longer than until it comes again."""
_PROBE = 0.5
_BREATH = 1.0
"""Seconds before a delivery is given back after an error of ours: it comes again at once."""
_TURN = 0.005
_PORTABLE = (str, bool, int, float)
"""What of a header is taken along; py-amqp reads more than it can write."""


class Consumer:
    """Consumes the queue of one service. `spawn(work)` runs work in a worker of the container."""

    def __init__(
        self,
        *,
        uri: str,
        service: str,
        heartbeat: int,
        database: Database,
        subscriptions: dict[str, Subscription],
        retry_delays: tuple[float, ...],
        spawn: Callable[[Callable[[], None]], None],
    ) -> None:
        self._uri, self._service, self._database = uri, service, database
        self._subscriptions, self._delays, self._spawn = subscriptions, retry_delays, spawn
        self._lanes = {one.lane: Lane(batch=one.batch) for one in subscriptions.values() if one.batch > 1}
        self._alone = threading.Lock()
        self._someone_alone = False
        self._running = 0
        self._paused = False
        self._tag = ""
        self._waiting_for_database = 0
        self._stumbled_at = -math.inf
        self.in_hand: set[Delivery] = set()
        self.link = Link(
            uri, name=f"{service}.consumer", heartbeat=heartbeat, on_connect=self._consume, on_lost=self._forget_lost
        )

    def _consume(self, channel: Any) -> None:
        channel.basic_qos(0, BATCH_PREFETCH if self._lanes else PREFETCH, False)
        if not self._paused:
            self._tag = channel.basic_consume(topology.work_queue(self._service), callback=self._on_message)

    def _forget_lost(self) -> None:
        for lane in self._lanes.values():
            self.in_hand.difference_update(lane.clear())

    def problems(self) -> list[str]:
        """Why events are not heard right now; empty when they are."""
        found = []
        if not self.link.is_up:
            found.append("events: no broker connection")
        if self._waiting_for_database:
            found.append("events: they wait for the database")
        now = time.monotonic()
        if now - self._stumbled_at < STUMBLED_FOR:
            found.append("events: some were given back after an error of this process, see its log")
        if stuck := sum(now - delivery.taken_at > STUCK_AFTER for delivery in list(self.in_hand)):
            found.append(f"events: {stuck} in hand for more than {STUCK_AFTER:.0f} s")
        return found

    def _on_message(self, message: Any) -> None:
        """Take a message in hand. Never raises, whatever the message holds: the link would fall."""
        delivery = Delivery.of(message)
        if self._paused:
            self._release([delivery])
            return
        self.in_hand.add(delivery)
        try:
            delivery.event, delivery.subscription = self._open(delivery)
        except UnreadableEvent as error:
            reason, detail = error.reason, str(error)
            self._start([delivery], lambda: self._bury(delivery, reason, detail))
            return
        except Exception as error:
            told = logs.describe(error)
            self._start([delivery], lambda: self._bury(delivery, "unreadable", told))
            return
        except BaseException:  # the link falls with it, and the broker has it again
            self.in_hand.discard(delivery)
            raise
        lane = self._lanes.get(delivery.subscription.lane)
        if delivery.redeliveries >= SUSPICIOUS_AFTER:
            self._start([delivery], lambda: self._work_alone(delivery))
        elif lane is not None:
            lane.add(delivery)
            if not lane.worked:
                lane.worked = True
                self._start([], lambda: self._work_lane(lane))
        else:
            self._start([delivery], lambda: self._work_beside([delivery]))

    def _start(self, deliveries: list[Delivery], work: Callable[[], None]) -> None:
        self._spawn(lambda: self._see_through(deliveries, work))

    def _see_through(self, deliveries: list[Delivery], work: Callable[[], None]) -> None:
        """Do the work; whatever ends it, the deliveries that are still in hand after it go back to the broker.

        After a breath, because they come again at once. An error here is ours or the machine's, not the message's:
        what a message does is met within `_work`.
        """
        try:
            work()
        except BaseException as error:  # of a greenlet; raised on, some of them would end the event loop
            log.error(
                "delivery not seen through, it is given back",
                consumer=self._service,
                count=len(deliveries),
                error=logs.describe(error),
                where=logs.origin(error),
            )
            self._stumbled_at = time.monotonic()
            if left := [delivery for delivery in deliveries if delivery in self.in_hand]:
                if not self._paused:
                    time.sleep(_BREATH)
                self._release(left)

    def _open(self, delivery: Delivery) -> tuple[Received[Any], Subscription]:
        if trouble := delivery.properties.get(UNREADABLE):
            raise UnreadableEvent("unreadable_properties", trouble)
        if len(delivery.body) > LARGEST_BODY:
            raise UnreadableEvent("too_large", f"{len(delivery.body)} bytes")
        content_type = delivery.properties.get("content_type")
        if content_type != "application/json":
            raise UnreadableEvent("wrong_content_type", str(content_type))
        event = read(delivery.body)
        topic = event.payload.declaration.topic
        subscription = self._subscriptions.get(topic)
        if subscription is None:
            raise UnreadableEvent("not_subscribed", topic)
        return event, subscription

    # -- working -----------------------------------------------------------------------------

    def _work_lane(self, lane: Lane) -> None:
        """Work off what waits in a lane, and what comes meanwhile."""
        try:
            while lane:
                deliveries = lane.take()
                if self._paused:
                    self._release([*deliveries, *lane.clear()])
                elif deliveries:
                    self._see_through(deliveries, partial(self._work_beside, deliveries))
        except BaseException:
            self._release(list(lane.clear()))
            raise
        finally:
            lane.worked = False

    def _work_beside(self, deliveries: list[Delivery]) -> None:
        """Work beside others, but not beside a message that must run alone."""
        while self._someone_alone:
            time.sleep(_TURN)
        self._running += 1
        try:
            self._work(deliveries)
        finally:
            self._running -= 1

    def _work_alone(self, delivery: Delivery) -> None:
        """Run a suspicious message with nothing beside it, and give it up once it is proven to kill."""
        with self._alone:
            self._someone_alone = True
            try:
                while self._running:
                    time.sleep(_TURN)
                self._work_as_suspect(delivery)
            finally:
                self._someone_alone = False

    def _work_as_suspect(self, delivery: Delivery) -> None:
        message_id = delivery.message_id
        starts = self._while_database_away(
            [delivery], lambda: self._database.run(lambda session: inbox.note_start(session, message_id=message_id))
        )
        if starts is None:
            return
        if starts > KILLS:
            self._bury(delivery, "kills_the_process", f"started {starts - 1} times and never finished")
        else:
            try:
                self._work([delivery])
            except Exception as error:  # it neither finished nor killed
                self._failed(delivery, error)
        self._while_database_away(
            [], lambda: self._database.run(lambda session: inbox.clear(session, message_id=message_id))
        )

    def _work(self, deliveries: list[Delivery]) -> None:
        """Handle deliveries of one lane in one transaction, each alone if that fails."""
        started = time.monotonic()
        try:
            outcome = self._while_database_away(
                deliveries, lambda: self._database.run(lambda s: self._apply(s, deliveries))
            )
            if outcome is None:
                return
        except (Exception, SystemExit) as error:
            if len(deliveries) > 1:
                for delivery in deliveries:
                    self._work([delivery])
            else:
                self._failed(deliveries[0], error)
            return
        faults.point("after_commit_before_ack", process=self._service)
        seconds = (time.monotonic() - started) / len(deliveries)
        for delivery in deliveries:
            assert delivery.event is not None
            envelope = delivery.event.envelope
            fresh = envelope.event_id in outcome
            metrics.EVENTS.labels(self._service, envelope.event_type).observe(seconds)
            metrics.EVENT_AGE.labels(self._service).observe((clock.now() - envelope.recorded_at).total_seconds())
            metrics.DELIVERIES.labels(self._service, "handled" if fresh else "duplicate").inc()
            log.info(
                "event",
                consumer=self._service,
                type=envelope.event_type,
                event_id=str(envelope.event_id),
                correlation_id=envelope.correlation_id,
                store=envelope.store_id,
                outcome="handled" if fresh else "duplicate",
                ms=round(seconds * 1000, 2),
            )
        self._settle(deliveries)

    def _apply(self, session: Session, deliveries: list[Delivery]) -> set[Any]:
        """The transaction: claim first, then the handler with what is new. Returns the ids that were new."""
        subscription = deliveries[0].subscription
        events = {item.event.id: item.event for item in deliveries if item.event is not None}
        assert subscription is not None
        fresh = inbox.claim(session, {event.id: event.payload.declaration.topic for event in events.values()})
        for delivery in deliveries:
            if delivery.event is not None and delivery.event.id in fresh:
                faults.poison(delivery.headers)
        if fresh:
            new = [event for event_id, event in events.items() if event_id in fresh]
            set_cause(session, Cause.of(new[0]))
            subscription.handle(session, new)
        return fresh

    def _while_database_away(self, deliveries: list[Delivery], work: Callable[[], Any]) -> Any:
        """Do the work, waiting as long as the database is away; None if the process is told to stop first."""
        while True:
            try:
                return work()
            except Exception as error:
                if not self._database.is_away(error):
                    raise
                log.warning("database away, events wait", consumer=self._service, error=logs.describe(error))
            self._waiting_for_database += 1
            try:
                back = self._database_is_back()
            finally:
                self._waiting_for_database -= 1
            if not back:
                self._release(deliveries)
                return None

    def _database_is_back(self) -> bool:
        """Wait until the database takes rows again; False if the process is told to stop first."""
        while not self._paused:
            time.sleep(_PROBE)
            try:
                self._database.probe()
            except Exception as error:
                log.info("database still away", consumer=self._service, error=logs.describe(error))
            else:
                return True
        return False

    # -- ends --------------------------------------------------------------------------------

    def _failed(self, delivery: Delivery, error: BaseException) -> None:
        if isinstance(error, Refusal):
            self._bury(delivery, "refused", f"{error.code} {error.details}")
        elif delivery.attempt >= len(self._delays):
            self._bury(delivery, "retries_exhausted", logs.describe(error))
        else:
            delay = self._delays[delivery.attempt]
            log.warning(
                "event failed, will be tried again",
                consumer=self._service,
                message_id=delivery.message_id,
                attempt=delivery.attempt + 1,
                after=delay,
                error=logs.describe(error),
                where=logs.origin(error),
            )
            self._move(
                delivery,
                topology.retry_exchange(self._service),
                {"x-attempt": delivery.attempt + 1, "retry-after": topology.delay_name(delay)},
                outcome="retried",
            )

    def _bury(self, delivery: Delivery, reason: str, detail: str) -> None:
        """Give a message up: into the dead queue, with everything an operator needs to judge it."""
        log.error(
            "message is dead",
            consumer=self._service,
            message_id=delivery.message_id,
            reason=reason,
            routing_key=delivery.routing_key,
            attempts=delivery.attempt + 1,
        )
        explanation = {
            "x-dead-reason": reason,
            "x-dead-error": detail[:1000],
            "x-dead-handler": delivery.subscription.topic if delivery.subscription else "",
            "x-dead-attempts": delivery.attempt + 1,
            "x-dead-at": clock.now().isoformat(),
            "x-dead-key": delivery.routing_key,
        }
        self._move(delivery, topology.dead_queue(self._service), explanation, outcome="dead")

    def _move(self, delivery: Delivery, exchange: str, headers: dict[str, Any], *, outcome: str) -> None:
        kept = {
            name: value
            for name, value in delivery.headers.items()
            if name not in ("x-death", "x-delivery-count") and isinstance(value, _PORTABLE)
        }
        properties: dict[str, Any] = {
            name: value
            for name, value in delivery.properties.items()
            if name in ("message_id", "type", "content_type", "content_encoding", "app_id", "correlation_id")
        }
        properties.update(delivery_mode=2, application_headers={**kept, **headers})
        try:
            publish_confirmed(
                self._uri,
                exchange=exchange,
                routing_key=delivery.routing_key,
                body=delivery.body,
                properties=properties,
            )
        except LinkDown as error:
            log.warning("could not move message, the broker will deliver it again", to=exchange, error=repr(error))
            if not self._paused:
                time.sleep(_BREATH)
            self._release([delivery])
            return
        metrics.DELIVERIES.labels(self._service, outcome).inc()
        self._settle([delivery])

    def _settle(self, deliveries: list[Delivery]) -> None:
        """Acknowledge; on a lost link the broker delivers again and the inbox knows."""
        try:
            with self.link.writing(timeout=0) as channel:
                self._out_of_hand(deliveries)
                done = sorted(delivery.tag for delivery in deliveries if delivery.channel is channel)
                still = min((other.tag for other in set(self.in_hand) if other.channel is channel), default=math.inf)
                if before := [tag for tag in done if tag < still]:
                    channel.basic_ack(before[-1], multiple=True)  # and everything before it, which is settled too
                for tag in done[len(before) :]:
                    channel.basic_ack(tag)
        except LinkDown:
            log.info("ack not sent: no broker", consumer=self._service, count=len(deliveries))
        except Exception:
            self.link.drop()  # an acknowledgement that cannot be said: the broker delivers again, the inbox knows
            raise
        finally:
            self._out_of_hand(deliveries)

    def _release(self, deliveries: list[Delivery]) -> None:
        """Give messages back to the broker."""
        try:
            with self.link.writing(timeout=0) as channel:
                self._out_of_hand(deliveries)
                for delivery in deliveries:
                    if delivery.channel is channel:
                        channel.basic_reject(delivery.tag, requeue=True)
        except LinkDown:
            pass
        except Exception:
            self.link.drop()  # it goes back with everything else
            raise
        finally:
            self._out_of_hand(deliveries)

    def _out_of_hand(self, deliveries: list[Delivery]) -> None:
        """Settled or given back, while nobody else writes.

        What left before its word is said would be acknowledged with a later one, and be lost.
        """
        self.in_hand.difference_update(deliveries)

    def pause(self) -> None:
        """Take no more messages; those being worked on may still be settled."""
        if self._paused:
            return
        self._paused = True
        for lane in self._lanes.values():
            lane.hurry()
        try:
            with self.link.writing(timeout=0) as channel:
                if self._tag:
                    channel.basic_cancel(self._tag, nowait=True)
        except LinkDown:
            pass
