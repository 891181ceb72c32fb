"""What sales keeps of the cars it sells."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.picked import attributes
from contracts.refusals import StaleVersion
from contracts.sales.catalogue import DefineCar
from contracts.wording import key_of
from services.sales.catalogue.errors import DefinitionWithdrawn
from services.sales.declared import Base


class CarDefinition(Base):
    """A car that can be ordered; one that was withdrawn stays for what was ordered as it.

    By `name_key` its name is told apart from others, however it was typed.
    """

    __tablename__ = "car_definition"
    __table_args__ = (
        Index(
            "car_definition_once",
            "name_key",
            text("lower(colour)"),
            text("coalesce(model_year, 0)"),
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model: Mapped[str]
    trim: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    colour: Mapped[str]
    model_year: Mapped[int | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int]

    @classmethod
    def define(cls, asked: DefineCar, *, name: str, by: str, now: datetime) -> CarDefinition:
        """A car that is offered from now on, and called so."""
        return cls(
            **attributes(asked),
            id=uuids.uuid7(),
            name=name,
            name_key=key_of(name),
            created_by=by,
            created_at=now,
            withdrawn_at=None,
            version=1,
        )

    def is_same_as(self, other: CarDefinition) -> bool:
        """True if they are one car: of one name, colour and year."""
        return (self.name_key, self.colour.lower(), self.model_year) == (
            other.name_key,
            other.colour.lower(),
            other.model_year,
        )

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older record."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def require_offered(self) -> None:
        """Raise DefinitionWithdrawn if it is not offered any more."""
        if self.withdrawn_at is not None:
            raise DefinitionWithdrawn(name=self.name)

    def withdraw(self, *, now: datetime) -> None:
        """It is not offered any more. Raises DefinitionWithdrawn."""
        self.require_offered()
        self.withdrawn_at = now
        self.version += 1


class ListPrice(Base):
    """What a car costs by the list from a day on, in a store or (`store_id` empty) the group.

    Without a sum the store has the group's price again.
    """

    __tablename__ = "list_price"

    definition_id: Mapped[UUID] = mapped_column(ForeignKey("car_definition.id"), primary_key=True)
    store_id: Mapped[str] = mapped_column(primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    list_fen: Mapped[int | None]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
