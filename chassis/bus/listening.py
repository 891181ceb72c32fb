"""Listening: what screens are told of comes to each process of the gateway, by a queue that vanishes with it.

Nothing waits for a process that is not there: whoever listens anew says so, and its screens ask again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import uuid_utils.compat as uuids

from chassis.bus.link import Link, LinkDown
from chassis.bus.topology import LIVE_CHANGES, REPLIES, live_queue
from chassis.process import logs
from contracts.envelope import Received, read

log = logs.get("listening")

MOST_WAITING = 10_000
"""Events in the queue of a process that does not keep up; the oldest are dropped, and it is told so."""
AT_ONCE = 500
"""Events on their way to it; what is beyond them waits in the queue, where it is counted."""


class Hearer(Protocol):
    """Whoever is told what was heard, in the process' own event loop."""

    def heard(self, event: Received[Any]) -> None:
        """An event; the same one may come twice."""
        ...

    def missed(self) -> None:
        """From here on everything is heard; what was before may have been missed."""
        ...

    def deaf(self) -> None:
        """Nothing is heard for now."""
        ...


class Listener:
    """Hears live changes as long as its link runs."""

    def __init__(self, uri: str, *, heartbeat: int, hearer: Hearer, most_waiting: int = MOST_WAITING) -> None:
        self._hearer, self._most_waiting = hearer, most_waiting
        self.link = Link(
            uri, name="gateway.live", heartbeat=heartbeat, on_connect=self._listen, on_lost=self._hearer.deaf
        )

    def _listen(self, channel: Any) -> None:
        queue = live_queue(str(uuids.uuid7()))
        dropped = f"{queue}.dropped"
        declare: Callable[..., Any] = channel.queue_declare
        declare(dropped, exclusive=True, auto_delete=True, durable=False, arguments={"x-max-length": 1})
        channel.queue_bind(dropped, REPLIES, routing_key=dropped)
        bounded = {
            "x-max-length": self._most_waiting,
            "x-dead-letter-exchange": REPLIES,
            "x-dead-letter-routing-key": dropped,
        }
        declare(queue, exclusive=True, auto_delete=True, durable=False, arguments=bounded)
        channel.queue_bind(queue, LIVE_CHANGES)
        channel.basic_qos(0, AT_ONCE, False)
        channel.basic_consume(dropped, no_ack=True, callback=self._on_dropped)
        channel.basic_consume(queue, callback=self._on_event)
        self._hearer.missed()  # when nothing can fail any more: who is told that he hears is told too when he does not

    def _on_dropped(self, message: Any) -> None:
        del message
        log.warning("did not keep up, screens ask again", most_waiting=self._most_waiting)
        self._hearer.missed()

    def _on_event(self, message: Any) -> None:
        """Tell what came in. Never raises, whatever the message holds: the link would fall."""
        try:
            self._hearer.heard(read(bytes(message.body)))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is no reason to hear nothing more
            log.warning("unreadable live change", error=logs.describe(error))
        with suppress(LinkDown), self.link.writing(timeout=0) as channel:
            channel.basic_ack(message.delivery_tag)
        time.sleep(0)  # what is there to be read does not let others go first
