"""How columns are declared in every service: the SQL types behind the annotations of `Mapped[…]`."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Date, Enum, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime, TypeEngine

TYPES: dict[Any, TypeEngine[Any]] = {
    datetime: DateTime(timezone=True),
    date: Date(),
    int: BigInteger(),
    Decimal: Numeric(),
    enum.Enum: Enum(enum.Enum, native_enum=False, length=20, values_callable=lambda of: [one.value for one in of]),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}
"""Moments know their zone, whole numbers are of 64 bits, enumerations are kept by value."""
