"""What a segment looks like to who asks."""

from __future__ import annotations

from contracts.customer import segments
from contracts.picked import picked
from services.customer.segments.models import Segment


def segment_shown(segment: Segment, *, members: int) -> segments.Segment:
    """A segment with so many members."""
    return picked(segments.Segment, segment, segment_id=segment.id, members=members)
