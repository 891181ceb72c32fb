"""Streams: who has `GET /stream` open is told, as server-sent events, what changes of that which he may ask for.

Each goes along the changes that are kept once for all (`gateway/changes.py`) by a position of its own, in its
connection's greenlet: nothing waits for a slow reader, and what is gone when he comes back he is told as `reset`.
Whose session ends, or who gets other rights, is felt within a second or two.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from eventlet.timeout import Timeout
from prometheus_client import Counter, Gauge

from chassis.process import logs
from contracts.access import Actor, Scope, matrix
from contracts.envelope import Received
from contracts.fields import Nothing
from contracts.gateway.live import LIVE, Live, StreamPosition
from contracts.refusals import OperationNotAllowed
from gateway import faults
from gateway.asking import LocalCall
from gateway.changes import Change, Changes
from gateway.faults import HttpFault
from gateway.routing import EVENT_STREAM
from gateway.sessions import Live as LiveSession
from gateway.sessions import Sessions
from gateway.wire import Connection, Request, Response

log = logs.get("streams")

PER_SESSION = 2
"""Streams of one session; one more ends the oldest, which may be a page that was left without a word."""
BEAT = 20.0
"""Seconds without a change after which a comment is sent, so that nobody in between takes the stream for dead."""
GATHER = 0.1
"""Seconds from one look at the changes to the next: in a flood a stream sends ten times a second, not for each."""
SLICE, BETWEEN_SLICES = 10, 0.002
"""Streams that are woken at once, and seconds until the next: told all at once, two hundred of them would hold up
whoever asks for something else. The last of two hundred is told 40 ms later."""
LOOKED_AFTER = 1.0
"""Seconds between two looks at who still is there, and still may."""
PATIENCE = 2.0
"""Seconds that the database may take to say so; without its word nobody is told anything."""
RETRY = 2000
"""Milliseconds a browser waits before it comes again by itself."""

STREAMS = Gauge("crm_http_streams", "Browsers that follow live changes")
RESETS = Counter("crm_http_stream_resets_total", "Streams that could not go on where they were: screens ask again")


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream."""

    token_hash: bytes
    actor: Actor
    position: int
    reach: dict[Live, tuple[Scope, ...]]
    news: threading.Event = field(default_factory=threading.Event)
    connection: Connection | None = None
    ended: bool = False
    farewell: bytes = b""

    def may_hear(self, change: Change) -> bool:
        """Whether one of the queries that the change touches would show it to him."""
        scopes = self.reach.get(change.row, ())
        store_id = change.store_id
        if change.role in self.actor.roles and any(store_id in scope.stores for scope in scopes):
            return True
        owners = change.owner_ids or (None,)
        return any(scope.admits(store_id=store_id, owner_id=owner) for scope in scopes for owner in owners)

    def end(self, *, farewell: bytes = b"") -> None:
        """End it; with a farewell once that was sent, else at once."""
        self.ended, self.farewell = True, farewell
        self.news.set()
        if not farewell and self.connection is not None:
            self.connection.hang_up()


class Streams:
    """All streams of this process."""

    def __init__(self, sessions: Sessions, *, most: int) -> None:
        self._sessions, self._most = sessions, most
        self._changes = Changes()
        self._open: dict[Stream, None] = {}
        self._hears = False
        self._news = threading.Event()

    # -- what is heard -----------------------------------------------------------------------

    def heard(self, event: Received[Any]) -> None:
        """Tell everybody who may hear it; soon."""
        if self._changes.add(event):
            self._news.set()

    def missed(self) -> None:
        """Everybody asks again."""
        self._changes.leave_a_gap()
        self._hears = True
        self._news.set()

    def deaf(self) -> None:
        """Nothing is heard: who would be told nothing must not believe that nothing happens."""
        self._hears = False
        self.end_all()

    def wake(self, stopping: threading.Event) -> None:
        """Wake those who have something to hear, a slice after the other, until the process stops."""
        while not stopping.is_set():
            if not self._news.wait(1.0):
                continue
            self._news.clear()
            streams = list(self._open)
            for begin in range(0, len(streams), SLICE):
                for stream in streams[begin : begin + SLICE]:
                    stream.news.set()
                time.sleep(BETWEEN_SLICES)

    # -- streams -----------------------------------------------------------------------------

    def position(self, asked: Nothing, call: LocalCall) -> StreamPosition:
        """Where the stream stands."""
        del asked, call
        return StreamPosition(self._changes.id_of(self._changes.head))

    def answer(self, session: LiveSession, *, last_event_id: str) -> Response:
        """The beginning of a stream, which goes on by itself. Raises HttpFault: OVERLOADED, UNAVAILABLE."""
        if not self._hears:
            raise HttpFault(faults.UNAVAILABLE)
        if len(self._open) >= self._most:
            raise HttpFault(faults.OVERLOADED)
        named = self._changes.position_of(last_event_id)
        if last_event_id and named is None:
            RESETS.inc()
        position = self._changes.head if named is None else named
        stream = Stream(session.token_hash, session.actor, position, _reach(session.actor))
        begin = b"retry: %d\n" % RETRY + (self._reset(stream) if named is None else self._beat(stream))
        extra = (("X-Accel-Buffering", "no"),)
        content_type = EVENT_STREAM.encode()
        return Response(200, begin, content_type, extra, follow=lambda connection: self._follow(stream, connection))

    def _follow(self, stream: Stream, connection: Connection) -> None:
        """Send what comes until the stream is ended. Raises OSError when the client has left."""
        stream.connection = connection
        others = [other for other in self._open if other.token_hash == stream.token_hash and not other.ended]
        for other in others[: len(others) + 1 - PER_SESSION]:
            other.end()
        self._open[stream] = None
        STREAMS.set(len(self._open))
        beat_at = time.monotonic() + BEAT
        try:
            while self._hears and not stream.ended:
                told = self._told(stream)
                if not told and time.monotonic() >= beat_at:
                    told = self._beat(stream)
                if told:
                    connection.send(told)
                    beat_at = time.monotonic() + BEAT
                time.sleep(GATHER)
                stream.news.wait(max(beat_at - time.monotonic(), 0))
                stream.news.clear()
            if stream.farewell:
                connection.send(stream.farewell)
        finally:
            self._open.pop(stream, None)
            STREAMS.set(len(self._open))

    def _told(self, stream: Stream) -> bytes:
        """What came since, as far as he may hear it; empty for nothing."""
        behind = self._changes.after(stream.position)
        if behind is None:
            RESETS.inc()
            stream.position = self._changes.head
            return self._reset(stream)
        if behind:
            stream.position = behind[-1].position
        return b"".join(map(self._written, filter(stream.may_hear, behind)))

    def _written(self, change: Change) -> bytes:
        return b"id: %b\nevent: change\ndata: %b\n\n" % (self._changes.id_of(change.position).encode(), change.told)

    def _reset(self, stream: Stream) -> bytes:
        return b"id: %b\nevent: reset\ndata: {}\n\n" % self._changes.id_of(stream.position).encode()

    def _beat(self, stream: Stream) -> bytes:
        """A comment, with the position up to which there was nothing for him."""
        return b": here\nid: %b\n\n" % self._changes.id_of(stream.position).encode()

    # -- ends --------------------------------------------------------------------------------

    def run(self, stopping: threading.Event) -> None:
        """Look after them until the process stops."""
        while not stopping.wait(LOOKED_AFTER):
            try:
                with Timeout(PATIENCE):
                    self._look_after()
            except (Exception, Timeout) as error:  # noqa: BLE001  # whatever it is, nobody vouches for them
                log.warning("sessions not known, streams are ended", error=repr(error), streams=len(self._open))
                self.end_all()

    def _look_after(self) -> None:
        streams = list(self._open)
        for stream in streams:
            if stream.connection is not None and stream.connection.has_left():
                stream.end()
        standing = self._sessions.standing({stream.token_hash for stream in streams}) if streams else {}
        for stream in streams:
            actor = standing.get(stream.token_hash)
            if actor is None:
                stream.end()
            elif actor != stream.actor:
                stream.end(farewell=_OTHER_RIGHTS)

    def end_all(self) -> None:
        """End every one: browsers come again, here or to another process."""
        for stream in list(self._open):
            stream.end()


_OTHER_RIGHTS = b"id:\nevent: reset\ndata: {}\n\n"
"""With other rights other things are to be seen; the position is taken back, so that the next stream begins anew."""


def wants_stream(request: Request) -> bool:
    """Whether a request accepts events as they come; whoever does not say so would wait for an end."""
    accepted = request.headers.get("accept", "").split(",")
    return request.method == "GET" and EVENT_STREAM in (one.partition(";")[0].strip().lower() for one in accepted)


def _reach(actor: Actor) -> dict[Live, tuple[Scope, ...]]:
    return {row: scopes for row in LIVE if (scopes := tuple(_scopes(row, actor)))}


def _scopes(row: Live, actor: Actor) -> Iterable[Scope]:
    for operation in row.touches:
        try:
            yield matrix().scope(operation.name, actor)
        except OperationNotAllowed:
            continue
