"""A store that has closed for good takes nothing new; what is open there is finished."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from chassis.organisation import stores
from chassis.organisation.stores import StoreClosed
from contracts.sales.operations import OrderStatus
from tests.integration.sales.people import DEPOSIT, NOW, PRICE, Showroom
from tests.support.events import twice_shuffled
from tests.support.stores import store_told

TODAY = NOW.date()


def told(showroom: Showroom, *closes_on: date | None, seed: int = 0) -> None:
    """What the gateway told of the store, each twice and in any order."""
    events = [store_told(showroom.store, version=2 + number, closes_on=day) for number, day in enumerate(closes_on)]
    for event in twice_shuffled(events, seed=seed):
        showroom.database.run(partial(stores.keep, event=event))


@pytest.fixture
def begin(showroom: Showroom) -> dict[str, Any]:
    """What begins in a store."""
    return {"order": showroom.write, "stock": showroom.receive}


@pytest.mark.parametrize("what", ["order", "stock"])
def test_from_the_day_it_closes_a_store_takes_nothing_new(showroom: Showroom, begin: dict[str, Any], what: str) -> None:
    told(showroom, TODAY + timedelta(days=1))
    begin[what]()
    told(showroom, None, TODAY)
    with pytest.raises(StoreClosed) as refused:
        begin[what]()
    assert refused.value.details == {"store_id": showroom.store, "closes_on": TODAY.isoformat()}


def test_what_is_open_when_a_store_closes_is_finished(showroom: Showroom) -> None:
    order_id, arrived = showroom.write(), showroom.receive()
    told(showroom, TODAY)
    showroom.sign(order_id)
    showroom.pay(order_id, DEPOSIT)
    showroom.allocate(order_id, arrived)
    showroom.pay(order_id, PRICE - DEPOSIT)
    showroom.deliver(order_id)
    assert showroom.shown(order_id).status is OrderStatus.DELIVERED


@pytest.mark.parametrize("seed", range(4))
def test_the_newest_word_holds_in_whatever_order_it_is_heard(showroom: Showroom, seed: int) -> None:
    told(showroom, None, TODAY, None, seed=seed)
    showroom.write()  # it stays after all
    another = showroom.of(f"{showroom.store}2")
    told(another, TODAY, None, TODAY, seed=seed)
    with pytest.raises(StoreClosed):
        another.write()


def test_the_day_begins_at_the_stores_midnight(showroom: Showroom) -> None:
    told(showroom, TODAY)
    midnight = NOW.replace(hour=0, minute=0)
    showroom.write(now=midnight - timedelta(microseconds=1))
    with pytest.raises(StoreClosed):
        showroom.write(now=midnight)
