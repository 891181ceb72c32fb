"""Somebody is registered, with his vehicle: search or create, at a desk and for a file alike (R21)."""

from services.customer.registering import usecases

__all__ = ["usecases"]
