"""What cars of the catalogue look like to who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row

from contracts.picked import picked
from contracts.sales import catalogue
from services.sales.catalogue.models import CarDefinition
from services.sales.catalogue.rules import Dated, following, holding


def car_shown(
    car: CarDefinition | Row[tuple[CarDefinition]], prices: Sequence[Dated], *, store_id: str, on: date
) -> catalogue.CarDefinition:
    """A car, from its model or its row, with what it costs in a store on a day, and from when on something else."""
    now, later = holding(prices, store_id=store_id, on=on), following(prices, store_id=store_id, on=on)
    return picked(
        catalogue.CarDefinition,
        car,
        definition_id=car.id,
        list_fen=now and now.list_fen,
        list_since=now and now.from_day,
        next_fen=later and later.list_fen,
        next_from=later and later.from_day,
    )
