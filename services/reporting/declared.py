"""What every table of reporting is declared from."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from chassis.store.declared import TYPES


class Base(DeclarativeBase):
    """All tables of reporting."""

    type_annotation_map = TYPES
