"""What a visit looks like to who asks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row

from contracts.customer.operations import Channel
from contracts.followup import operations
from contracts.picked import picked
from services.followup.visits.models import Visit


def visit_shown(
    visit: Visit | Row[tuple[Visit]], *, other_ways: Sequence[Channel] = (), stands_for: Sequence[str] = ()
) -> operations.Visit:
    """A visit, from its model or its row.

    `other_ways` are those in which the customer of a suppressed one may be asked, `stands_for` the purposes of the
    visits that it stands for.
    """
    purposes = list(dict.fromkeys((visit.purpose, *stands_for)))
    return picked(operations.Visit, visit, visit_id=visit.id, other_ways=list(other_ways), purposes=purposes)
