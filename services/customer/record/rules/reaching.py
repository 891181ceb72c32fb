"""How a customer can be reached (R12); pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.customer.operations import Channel
from services.customer.record.rules.phone import STRONG, kind_of


def ways_of(
    *, mobile: str, phones: Iterable[Mapping[str, Any]], email: str | None, addresses: Iterable[Mapping[str, Any]]
) -> dict[Channel, str]:
    """By which channels a record says how to reach its customer, and at what number or address.

    He is called at his main number, else at another; a message needs one that a person carries.
    """
    numbers = [mobile] if mobile else []
    numbers += [one["number"] for one in phones if one["until"] is None]
    found = {
        Channel.CALL: next(iter(numbers), None),
        Channel.SMS: next((number for number in numbers if kind_of(number) in STRONG), None),
        Channel.EMAIL: email,
        Channel.LETTER: next((one["text"] for one in addresses if one["until"] is None), None),
    }
    return {channel: at for channel, at in found.items() if at}
