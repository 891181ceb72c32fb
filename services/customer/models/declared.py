"""How the tables of customer are declared: the types behind the annotations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import DateTime


class Base(DeclarativeBase):
    """All tables of customer."""

    type_annotation_map = {
        datetime: DateTime(timezone=True),
        date: Date(),
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }
