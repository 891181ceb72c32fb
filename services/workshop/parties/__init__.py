"""Whom a repair is about beside its customer: who brings the vehicle, and who pays."""

from services.workshop.parties import rules

__all__ = ["rules"]
