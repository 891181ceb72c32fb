"""The call context: what travels with a call."""

from __future__ import annotations

import dataclasses
import time
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from chassis.bus.context import CallContext, moment, new_context
from chassis.process import clock

FIELDS = [field.name for field in dataclasses.fields(CallContext)]


def test_a_context_survives_the_journey():
    sent = new_context(3, actor_token="t", store_id="HN", idempotency_key="k", language="en", now="2026-11-02T09:00Z")
    assert CallContext.parse(sent.header()) == sent


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"1", b"null", b'{"correlation_id":"c"}', b'{"deadline":1,"x":2}'])
def test_what_is_no_context_is_told(raw):
    with pytest.raises((TypeError, ValueError)):
        CallContext.parse(raw)


@pytest.mark.parametrize("value", [True, 5, 1.5, [], {}, ["x"]], ids=repr)
@pytest.mark.parametrize("name", [name for name in FIELDS if name != "deadline"])
def test_another_type_of_value_is_refused(name: str, value: Any) -> None:
    said = orjson.loads(new_context(3).header())
    with pytest.raises(TypeError):
        CallContext.parse(orjson.dumps({**said, name: value}))


@pytest.mark.parametrize(("name", "value"), [("correlation_id", None), ("deadline", None), ("deadline", "x")])
def test_a_call_without_its_number_or_its_end_is_refused(name: str, value: Any) -> None:
    """Its events would bear no number either, and be dead letters of everybody who hears of them."""
    said = orjson.loads(new_context(3).header())
    with pytest.raises(TypeError):
        CallContext.parse(orjson.dumps({**said, name: value}))


def test_what_is_not_known_arrives_as_not_known() -> None:
    context = new_context(3)
    assert CallContext.parse(context.header()) == context


def test_each_call_has_a_correlation_of_its_own_unless_it_brings_one():
    assert new_context(1).correlation_id != new_context(1).correlation_id
    assert new_context(1, correlation_id="c").correlation_id == "c"


def test_the_deadline_shrinks_with_every_hop():
    first = new_context(2)
    second = first.onward(key="k2")
    third = second.onward()
    assert first.deadline > second.deadline > third.deadline
    assert second.remaining() < 2
    assert (second.idempotency_key, third.idempotency_key) == ("k2", None)
    assert second.causation_id == first.correlation_id


def test_a_long_deadline_does_not_hold_up_the_next_hop():
    assert new_context(60).onward(at_most=3).remaining() <= 3


def test_a_deadline_that_passed_is_negative():
    assert CallContext("c", time.time() - 1).remaining() < 0


def test_the_moment_of_a_call_is_the_clock_outside_of_test_mode():
    context = new_context(1, now="2001-01-01T00:00:00+08:00")
    assert clock.now() - moment(context, test_mode=False) < timedelta(seconds=5)


def test_the_moment_of_a_call_is_the_caller_s_in_test_mode():
    context = new_context(1, now="2026-11-02T01:00:00+00:00")
    assert moment(context, test_mode=True) == datetime(2026, 11, 2, 9, tzinfo=clock.LOCAL)
    assert moment(context, test_mode=True).utcoffset() == timedelta(hours=8)


def test_without_a_moment_the_clock_counts_in_test_mode_too():
    assert clock.now() - moment(new_context(1), test_mode=True) < timedelta(seconds=5)
