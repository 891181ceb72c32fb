"""Holds streams open and reads them, in a process of its own: `python -m tests.bench.holding PORT STREAMS`.

Sessions come on standard input, one a line, each with as many streams as one may have. Says `open` when all have
begun, and ends with its input.
"""

import select
import selectors
import socket
import sys

from gateway.streams import PER_SESSION
from tests.support.streaming import Stream


def main() -> None:
    """Hold them until nobody wants them any more."""
    port, wanted = int(sys.argv[1]), int(sys.argv[2])
    tokens = [sys.stdin.readline().strip() for _ in range(-(-wanted // PER_SESSION))]
    reading = selectors.DefaultSelector()
    begun: set[socket.socket] = set()
    for number in range(wanted):
        reading.register(Stream(port, tokens[number // PER_SESSION]).open(), selectors.EVENT_READ)
    said = False
    while not select.select([sys.stdin], [], [], 0)[0]:
        for key, _ in reading.select(timeout=0.2):
            assert isinstance(key.fileobj, socket.socket)
            if not key.fileobj.recv(65536):
                sys.exit("a stream was ended")
            begun.add(key.fileobj)
        if len(begun) == wanted and not said:
            said = True
            print("open", flush=True)


if __name__ == "__main__":
    main()
