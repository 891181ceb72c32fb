"""When a request about personal data is due, and how long what is kept (PIPL 19, 47, 50); pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.customer.policies import Retention


def years_before(moment: datetime, years: int) -> datetime:
    """The same moment so many years earlier; of a leap day, the day before the first of March."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


def answer_due(held: Retention, *, received_at: datetime) -> datetime:
    """When a request is to be answered at the latest (PIPL 50)."""
    return received_at + timedelta(days=held.answer_days)


def limits(held: Retention, *, now: datetime) -> dict[str, datetime]:
    """Per retention (`docs/data-map.toml`): what ended before then is not kept any longer."""
    return {
        "relationship": years_before(now, held.relationship_years),
        "proof": years_before(now, held.proof_years),
        "books": years_before(now, held.books_years),
        "transient": now - timedelta(days=held.transient_days),
    }
