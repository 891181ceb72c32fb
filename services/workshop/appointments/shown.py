"""What an appointment looks like to who asks."""

from __future__ import annotations

from sqlalchemy import Row

from contracts.picked import picked
from contracts.workshop import appointments as contract
from services.workshop.appointments.models import Appointment


def appointment_shown(one: Appointment | Row[tuple[Appointment]]) -> contract.Appointment:
    """An appointment, from a model or a row."""
    return picked(contract.Appointment, one, appointment_id=one.id)
