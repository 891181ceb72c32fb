"""Field types that several services use, so that a mobile number or an amount is bounded the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from contracts.shapes import Between, Names, Owner, Sensitive, Text

StoreId = Annotated[str, Text(1, 12), Names("store")]
"""A store's code, such as `HN`: capital letters and digits."""

StaffId = Annotated[str, Text(1, 40), Names("staff")]
"""A member of staff."""

OwnerId = Annotated[str, Text(1, 40), Names("staff"), Owner()]
"""The member of staff who is responsible for an object."""

Fen = Annotated[int, Between(0, 10**12)]
"""Money: a whole number of fen (1/100 yuan)."""

PriceFen = Annotated[int, Between(0, 10**12), Sensitive("price")]
"""Money of a deal, shown to the roles that may see prices (R23)."""

RepairFen = Annotated[int, Between(-(10**12), 10**12), Sensitive("repair_price")]
"""Money of a repair order, shown to the roles of the workshop that may see it; below 0 it is a discount."""

SpentFen = Annotated[int, Between(0, 10**12), Sensitive("spent")]
"""What a customer paid in all stores together."""

Km = Annotated[int, Between(0, 3_000_000)]
"""An odometer reading in kilometres."""

Vin = Annotated[str, Text(9, 40)]
"""A vehicle identification number as typed; the owning service repairs and checks it (E4)."""

Plate = Annotated[str, Text(5, 16)]
"""A number plate as typed (E5)."""

Model = Annotated[str, Text(1, 80, one_width=True)]
"""What a car is called in the list of models, such as `GL8`."""

ModelIfKnown = Annotated[str, Text(0, 80, one_width=True)]
"""The same, where a desk may not know it."""

Mobile = Annotated[str, Text(1, 40), Sensitive("mobile")]
"""A phone number: as typed in requests (E1), masked in answers unless revealed."""

MobileShown = Annotated[str, Text(0, 40), Sensitive("mobile")]
"""The number a customer is called at, masked unless revealed; empty where none is known (files leave it out)."""

IdNumber = Annotated[str, Text(1, 40), Sensitive("id_number")]
"""A resident ID as typed in requests (E2), masked in answers."""

Address = Annotated[str, Text(0, 200), Sensitive("address")]
"""An address, masked in answers to those who need not know it."""

Version = Annotated[int, Between(1, 2**31)]
"""The version of a thing the caller looked at (`If-Match`)."""

Page = Annotated[int, Between(1, 100_000)]
Size = Annotated[int, Between(1, 100)]
After = Annotated[str, Text(1, 200)]
"""Which row a page goes on after: `next` of the page before in the same order, instead of a number."""

Remark = Annotated[str, Text(0, 2000)]
Reason = Annotated[str, Text(2, 500)]


class SheetFormat(StrEnum):
    """A sheet to print, sign and keep, or what stands in it as data."""

    PDF = "pdf"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Nothing:
    """A request without content."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer of a command that has nothing to tell."""

    done: bool = True
