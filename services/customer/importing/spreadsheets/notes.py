"""What is doubtful about a cell already where its file is read (R25)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """What is doubtful about one cell; `column` counts from 0."""

    column: int
    code: str
    zh: str
    en: str
