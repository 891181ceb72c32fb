"""service_revenue (售后产值): what the orders settled in the month bring in, without what we pay ourselves (C18)."""

from __future__ import annotations


def service_revenue(*, total_fen: int, internal_fen: int) -> int:
    """The revenue in fen of orders with these totals."""
    return total_fen - internal_fen
