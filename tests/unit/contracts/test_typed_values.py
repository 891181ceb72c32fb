"""Every value of every request is read before it is used: days nobody can mean and blanks are refused, wherever."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from chassis.process.clock import LOCAL
from chassis.process.settings import SERVICES
from contracts.declared import Declared, fields_of
from contracts.operation import OPERATIONS
from contracts.sales.operations import SignOrder
from contracts.shapes import EARLIEST, LATEST, InvalidShape, Text, load

for _service in SERVICES:
    for _module in iter_modules(import_module(f"contracts.{_service}").__path__):
        import_module(f"contracts.{_service}.{_module.name}")

MOMENT = timedelta(microseconds=1)
FAR = ("0001-01-01", "1066-10-14", "1899-12-31", "2100-01-01", "9999-12-31")
OFFSETS = ("Z", "+08:00", "-12:00", "+14:00", "+23:59", "-23:59")
BLANKS = (" ", "\t", "\u3000 ", "\u00a0")


class Leaf(NamedTuple):
    """A field of a request, the way to it (`*` is a list's member), and what is declared of it."""

    request: type
    path: tuple[str, ...]
    declared: Declared

    def __str__(self) -> str:
        return f"{self.request.__name__}.{'.'.join(self.path)}"

    def refuses(self, value: object, *, loose: bool = False) -> bool:
        """True if this value in this place is complained of there, whatever else is missing."""
        raw: Any = value
        for step in reversed(self.path):
            raw = [raw] if step == "*" else {step: raw}
        try:
            load(self.request, raw, loose=loose)
        except InvalidShape as error:
            found: Any = error.errors
        else:
            return False
        for step in self.path:
            found = found.get("0" if step == "*" else step) if isinstance(found, dict) else None
        return found is not None


def leaves(request: type, shape: type, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    for name, declared in fields_of(shape).items():
        yield from _under(request, declared, (*path, name))


def _under(request: type, declared: Declared, path: tuple[str, ...]) -> Iterator[Leaf]:
    if declared.member is not None:
        yield from _under(request, declared.member, (*path, "*"))
    elif declared.is_shape:
        yield from leaves(request, declared.type, path)
    else:
        yield Leaf(request, path, declared)


ALL = [leaf for request in {one.request: None for one in OPERATIONS.values()} for leaf in leaves(request, request)]
DAYS = [leaf for leaf in ALL if leaf.declared.type is date]
MOMENTS = [leaf for leaf in ALL if leaf.declared.type is datetime]
NAMED_IN_ONE_WIDTH = {"model", "contract_no", "bay", "shelf"}
"""What is compared or looked for as it was typed."""
NAMED = [leaf for leaf in ALL if leaf.path[-1] in NAMED_IN_ONE_WIDTH]
FILLED = [leaf for leaf in ALL if leaf.declared.type is str and leaf.declared.mark(Text, Text()).at_least]


def test_the_walk_finds_what_is_typed() -> None:
    found = {str(leaf) for leaf in ALL}
    assert {"UpdateCustomer.birth_date", "RecordConsent.at", "SetClock.now", "UpdateCustomer.more_phones.*",
            "OpenRepairOrder.lines.*.description", "RegisterCustomer.vehicle.vin"} <= found  # fmt: skip
    assert min(len(DAYS), len(MOMENTS), len(FILLED)) > 5


@pytest.mark.parametrize("leaf", DAYS, ids=str)
def test_a_day_outside_our_business_is_refused_in_every_request(leaf: Leaf) -> None:
    assert [day for day in FAR if not leaf.refuses(day)] == []
    assert [day for day in ("", "0000-01-01", "2026-02-30", "10000-01-01", 20261123) if not leaf.refuses(day)] == []
    last = LATEST.date() - timedelta(days=1)
    assert [day for day in (EARLIEST.date(), last) if leaf.refuses(day.isoformat())] == []


@pytest.mark.parametrize("leaf", MOMENTS, ids=str)
def test_a_moment_outside_our_business_is_refused_in_every_request(leaf: Leaf) -> None:
    typed = [f"{day}T{hour}{offset}" for day in FAR for hour in ("12:00:00", "23:59:59.999999") for offset in OFFSETS]
    far = [one for one in typed if not EARLIEST <= datetime.fromisoformat(one) < LATEST]
    assert len(far) > len(typed) * 0.8
    assert [one for one in far if not leaf.refuses(one)] == []
    last = LATEST - MOMENT
    for zone in (UTC, LOCAL, timezone(timedelta(hours=-12))):
        assert [one for one in (EARLIEST, last) if leaf.refuses(one.astimezone(zone).isoformat())] == []
    assert all(leaf.refuses(one.isoformat()) for one in (EARLIEST - MOMENT, LATEST))


@pytest.mark.parametrize("leaf", FILLED, ids=str)
def test_blanks_are_no_value_in_any_request(leaf: Leaf) -> None:
    enough = leaf.declared.mark(Text, Text()).at_least
    assert [blank for blank in BLANKS if not leaf.refuses(blank * enough)] == []


def test_an_event_is_read_whatever_days_and_blanks_an_older_process_put_into_it() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Told:
        on: date
        at: datetime
        what: typing.Annotated[str, Text(1)]

    raw = {"on": "2100-01-01", "at": "1899-01-01T00:00:00Z", "what": " "}
    assert load(Told, raw, tolerant=True) == Told(date(2100, 1, 1), datetime(1899, 1, 1, tzinfo=UTC), " ")


@pytest.mark.parametrize("leaf", NAMED, ids=str)
def test_a_model_or_contract_is_the_same_however_wide_it_was_typed(leaf: Leaf) -> None:
    assert leaf.declared.mark(Text, Text()).one_width


def test_signs_of_full_width_are_those_of_half_width_and_blanks_at_the_ends_are_gone() -> None:
    typed = {"order_id": str(uuid4()), "contract_no": "\u3000ＨＴ－２０２６ ", "signer": "王　芳"}
    signed = load(SignOrder, {**typed, "promised_date": "2026-12-01"})
    assert (signed.contract_no, signed.signer) == ("HT-2026", "王　芳")


def test_a_model_of_nothing_but_blanks_is_none() -> None:
    with pytest.raises(InvalidShape):
        load(
            SignOrder,
            {"order_id": str(uuid4()), "contract_no": "\u3000 ", "signer": "王", "promised_date": "2026-12-01"},
        )
