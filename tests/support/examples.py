"""How many examples a generated test tries: few by day and always the same, many by night and always others.

`make test` says whether a change may go in, so it is about the change and not about luck; `make night` looks for what
nobody thought of, and tells how to see it again.
"""

from __future__ import annotations

from hypothesis import settings

DAY = 50
"""Of a test that names no number."""


def examples(by_day: int) -> int:
    """`by_day` by day, as many times more by night as others."""
    return by_day * settings().max_examples // DAY
