"""When a request about personal data is due, and how long what is kept (PIPL 19, 47, 50); pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

PROPOSE, ERASE = "propose", "erase"


def years_before(moment: datetime, years: int) -> datetime:
    """The same moment so many years earlier; of a leap day, the day before the first of March."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is kept (`docs/data-map.toml`), and what becomes of customers whom nobody met any more."""

    answer_days: int = 30
    relationship_years: int = 3
    proof_years: int = 3
    books_years: int = 10
    transient_days: int = 90
    act: str = PROPOSE

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Out of a policy's value."""
        return cls(**value)

    def due_at(self, *, received_at: datetime) -> datetime:
        """When a request is to be answered at the latest (PIPL 50)."""
        return received_at + timedelta(days=self.answer_days)

    def limits(self, *, now: datetime) -> dict[str, datetime]:
        """Per retention: what ended before then is not kept any longer."""
        return {
            "relationship": years_before(now, self.relationship_years),
            "proof": years_before(now, self.proof_years),
            "books": years_before(now, self.books_years),
            "transient": now - timedelta(days=self.transient_days),
        }
