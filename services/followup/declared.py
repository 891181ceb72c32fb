"""What every table of followup is declared from."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from chassis.store.declared import TYPES


class Base(DeclarativeBase):
    """All tables of followup."""

    type_annotation_map = TYPES
