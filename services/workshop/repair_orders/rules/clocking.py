"""How long somebody worked (C7, C18); pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol


class Hours(Protocol):
    """When a store is open."""

    def openings_between(self, since: datetime, until: datetime) -> Sequence[tuple[datetime, datetime]]:
        """From when to when it is open on the days from one moment to the other, in order."""


def worked(hours: Hours | None, began: datetime, ended: datetime) -> timedelta:
    """The time between two moments without the breaks between the store's openings.

    Whoever works on after it closed did work then; in a store that nobody told of there are no breaks.
    """
    openings = [] if hours is None else hours.openings_between(began, ended)
    breaks = (min(opens, ended) - max(closes, began) for (_, closes), (opens, _) in pairwise(openings))
    return ended - began - sum((one for one in breaks if one > timedelta(0)), timedelta(0))
