"""What every table of customer is declared from."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from chassis.store.declared import TYPES


class Base(DeclarativeBase):
    """All tables of customer."""

    type_annotation_map = TYPES
