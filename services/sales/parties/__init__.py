"""Whom an order is about beside its buyer: the owner of the car, and who pays."""

from services.sales.parties import rules

__all__ = ["rules"]
