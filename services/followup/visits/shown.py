"""What a visit looks like to who asks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row

from contracts.customer.operations import Channel
from contracts.followup import operations
from contracts.picked import picked
from services.followup.visits.models import Visit


def visit_shown(visit: Visit | Row[tuple[Visit]], *, other_ways: Sequence[Channel] = ()) -> operations.Visit:
    """A visit, from its model or its row; of a suppressed one by what other ways the customer may be asked."""
    return picked(operations.Visit, visit, visit_id=visit.id, other_ways=list(other_ways))
