"""Who will come when, and to which bay; and whether he came."""

from services.workshop.appointments import queries
from services.workshop.appointments.usecases import booking, joining

__all__ = ["booking", "joining", "queries"]
