"""Asking: a call to a service, and a call to the gateway itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.bus.context import Call, CallContext
from chassis.bus.rpc import Caller
from contracts.operation import Operation
from gateway import faults
from gateway.faults import HttpFault

SHORT_OUTAGE = 1.0
"""Seconds a request waits for a broker that is just coming back."""


def ask(caller: Caller, operation: Operation, body: bytes, context: CallContext) -> bytes:
    """The answer of the service. Raises Refused, CallFailed, HttpFault."""
    if (not caller.link.is_up and not caller.link.wait_up(SHORT_OUTAGE)) or caller.is_unheard:
        raise HttpFault(faults.UNAVAILABLE)
    return caller.call(operation, body, context)


Tell = Callable[[Mapping[str, Any]], None]
"""Takes what a part of a command answered that files numbers."""


def nobody_listens(_answer: Mapping[str, Any]) -> None:
    """Where no numbers are filed."""


@dataclass(frozen=True, slots=True)
class LocalCall(Call):
    """A call as the gateway's own operations see it.

    `now` is the time business happens at, a test's if it has set one; `arrived` is real, and security goes by it.
    `tell` takes what a part of it answered that files numbers (`gateway/filing.py`), as soon as that is done.
    """

    arrived: datetime
    address: str
    token_hash: bytes | None
    tell: Tell = nobody_listens
