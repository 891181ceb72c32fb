"""The clock of a test system: one moment that all requests are judged at (A0), in this process.

Sessions and brakes on guessing do not follow it: a test that moves a year on stays logged in.
"""

from __future__ import annotations

from chassis.bus.context import Call
from contracts.fields import Done
from contracts.gateway.operations import SetClock
from gateway.errors import NotInTestMode


class Clock:
    """Holds the moment as it travels in the call context; None is the real time."""

    def __init__(self, *, test_mode: bool) -> None:
        self._test_mode = test_mode
        self.moment: str | None = None

    def set_clock(self, request: SetClock, call: Call) -> Done:
        """Set it, or give the clock back. Raises NotInTestMode."""
        del call
        if not self._test_mode:
            raise NotInTestMode
        self.moment = request.now.isoformat() if request.now is not None else None
        return Done()
