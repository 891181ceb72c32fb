"""Several records of one customer become one, or one becomes two again: found, decided, done, undone (E7, E8)."""

from services.customer.merging import queries
from services.customer.merging.usecases import joining, reviewing, scanning, splitting, undoing

__all__ = ["joining", "queries", "reviewing", "scanning", "splitting", "undoing"]
