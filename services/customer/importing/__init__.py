"""Departments' own files become records: uploaded, read, matched, reported row by row (R22; S21)."""

from services.customer.importing import queries
from services.customer.importing.usecases import matching, uploading

__all__ = ["matching", "queries", "uploading"]
