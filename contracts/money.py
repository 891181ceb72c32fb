"""Money as people read it, and by what payments are told apart: the same wherever money comes in."""

from __future__ import annotations

from contracts.wording import key_of


def yuan(fen: int) -> str:
    """An amount as a sentence says it: 1234567 fen are `12,345.67`."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def reference_key(reference: str) -> str:
    """What a payment's reference is told apart by: `ｗx 001` and `WX001` are one."""
    return key_of(reference)
