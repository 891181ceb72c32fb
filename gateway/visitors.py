"""Visitors: who comes by a customer's link, without a session. Throttled by address, and few at once.

The token cannot be guessed; what is guarded here are the desks, who ask the same services. Counted in this process
and nowhere else: reading changes nothing, and another process of the gateway counts for itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from chassis.bus.rpc import Refused
from contracts.links import TOKEN
from contracts.refusals import LinkNotFound
from gateway import faults, link_page
from gateway.errors import TooManyAttempts
from gateway.faults import HttpFault
from gateway.wire import Response

READS, MISSES = 300, 30
"""Of an address in a window: links that are looked at, and among them such as open nothing."""
WINDOW = timedelta(minutes=1)
AT_ONCE = 16
"""Of the calls that one service takes from the gateway (`chassis.bus.rpc`), so that visitors take no desk's place."""
MOST_ADDRESSES = 10_000
NOT_FOR_SEARCHING = ("X-Robots-Tag", "noindex, nofollow")


@dataclass(slots=True)
class _Address:
    since: datetime
    reads: int = 0
    misses: int = 0


class Visitors:
    """Counts them."""

    def __init__(self) -> None:
        self._addresses: dict[str, _Address] = {}
        self._at_once = 0

    @contextmanager
    def turn(self, asked: Mapping[str, Any], *, address: str, now: datetime) -> Iterator[None]:
        """One look at what a link opens. Raises TooManyAttempts, LinkNotFound, HttpFault: OVERLOADED.

        Once an address has tried too many that open nothing, it waits with those that do.
        """
        known = self._known(address, now=now)
        if known.reads >= READS or known.misses >= MISSES:
            raise TooManyAttempts(retry_after=max(1, math.ceil((known.since + WINDOW - now).total_seconds())))
        if self._at_once >= AT_ONCE:
            raise HttpFault(faults.OVERLOADED)
        known.reads += 1
        if not TOKEN.fullmatch(str(asked.get("token"))):
            known.misses += 1
            raise LinkNotFound
        self._at_once += 1
        try:
            yield
        except Refused:
            known.misses += 1
            raise
        finally:
            self._at_once -= 1

    def _known(self, address: str, *, now: datetime) -> _Address:
        known = self._addresses.get(address)
        if known is None or now >= known.since + WINDOW:
            self._addresses.pop(address, None)
            if len(self._addresses) >= MOST_ADDRESSES:
                del self._addresses[next(iter(self._addresses))]
            known = self._addresses[address] = _Address(now)
        return known


def shown(response: Response, *, on_page: bool) -> Response:
    """What goes out to a visitor: for no search engine, and on the page a no is a page too."""
    response.extra = (*response.extra, NOT_FOR_SEARCHING)
    if on_page and response.status >= 400:
        too_late = response.status == 409
        response.body = link_page.sorry(orjson.loads(response.body)["title"], look_again=too_late)
        response.content_type = link_page.HTML.encode()
        response.policy = link_page.ASKING_POLICY if too_late else link_page.POLICY
    return response
