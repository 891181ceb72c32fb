"""A TCP proxy in a thread, for cutting and slowing a connection between two of our processes.

Modes: `pass`, `hold` (connections are taken, nothing is forwarded), `hold_s2c` and `hold_c2s` (one direction only),
`reset` (every connection, old and new, ends with RST), `latency` (each piece waits `latency` seconds).
What is held is forwarded when the mode is `pass` again, as a network that comes back would.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from typing import Literal, Self

Mode = Literal["pass", "hold", "hold_s2c", "hold_c2s", "reset", "latency"]

_PIECE = 65536
_TURN = 0.05
_RST = struct.pack("ii", 1, 0)


class TcpProxy:
    """`with TcpProxy(host, port) as proxy:` listens on `proxy.port` and forwards to the target."""

    def __init__(self, host: str, port: int, *, latency: float = 0.0) -> None:
        self._target = (host, port)
        self.latency = latency
        self.accepted = 0
        self.refused_by_target = 0
        self._mode: Mode = "latency" if latency else "pass"
        self._changed = threading.Condition()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._frozen: set[tuple[socket.socket, socket.socket]] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.set("pass")
        self._listener.close()
        for pair in list(self._pairs):
            self._end(pair)

    @property
    def mode(self) -> Mode:
        """What it does right now."""
        return self._mode

    @property
    def connections(self) -> int:
        """Connections that are open right now."""
        return len(self._pairs)

    def set(self, mode: Mode, *, latency: float | None = None) -> None:
        """Change the mode; it holds for open and for new connections."""
        with self._changed:
            self._mode = mode
            if latency is not None:
                self.latency = latency
            self._changed.notify_all()
        if mode == "reset":
            self.cut()

    @property
    def frozen(self) -> int:
        """Half-dead connections that nobody has given up yet."""
        return len(self._frozen)

    def freeze(self) -> int:
        """Make the open connections half dead for good: alive, and silent; new ones pass. Returns how many."""
        self._frozen |= self._pairs
        return len(self._frozen)

    def cut(self) -> int:
        """End every open connection with RST; returns how many there were."""
        pairs = list(self._pairs)
        for pair in pairs:
            self._end(pair, reset=True)
        return len(pairs)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self._mode == "reset":
                _reset(client)
                continue
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                self.refused_by_target += 1
                _reset(client)
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = (client, server)
            self._pairs.add(pair)
            for source, sink, held in ((client, server, "hold_c2s"), (server, client, "hold_s2c")):
                threading.Thread(target=self._pump, args=(pair, source, sink, held), daemon=True).start()

    def _pump(
        self, pair: tuple[socket.socket, socket.socket], source: socket.socket, sink: socket.socket, held: str
    ) -> None:
        try:
            ready = select.poll()  # not select(), which ends at the thousandth open file
            ready.register(source, select.POLLIN)
            while not self._closing.is_set():
                if not ready.poll(_TURN * 1000):
                    continue
                self._wait_while_held(held)
                piece = source.recv(_PIECE)
                if not piece:
                    return
                if pair in self._frozen:
                    continue  # taken and never forwarded
                if self._mode == "latency":
                    self._closing.wait(self.latency)
                self._wait_while_held(held)
                sink.sendall(piece)
        except (OSError, ValueError):
            return
        finally:
            self._end(pair)

    def _wait_while_held(self, held: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._mode not in ("hold", held) or self._closing.is_set())

    def _end(self, pair: tuple[socket.socket, socket.socket], *, reset: bool = False) -> None:
        self._pairs.discard(pair)
        self._frozen.discard(pair)
        for end in pair:
            if reset:
                _reset(end)
            else:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    end.close()
