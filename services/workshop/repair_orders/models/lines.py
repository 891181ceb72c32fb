"""The lines of a repair order, and what its customer said to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, TypeDecorator, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts import shapes
from contracts.picked import attributes, shaped
from contracts.workshop import operations
from contracts.workshop.jobs import FaultGroup, JobClass
from contracts.workshop.lines import ChangeLine, Said
from contracts.workshop.operations import LineKind, LineState, PayType, Share
from services.workshop.declared import Base


class Shares(TypeDecorator[list[Share]]):
    """What others bear of a line, as data."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> Any:  # noqa: ARG002  # the signature is SQLAlchemy's
        """As it is kept."""
        return shapes.plain(value or [])

    def process_result_value(self, value: Any, dialect: object) -> list[Share]:  # noqa: ARG002  # the same
        """As the rules take it."""
        return [shaped(Share, each) for each in value or []]


class JobLine(Base):
    """One piece of work on a repair order, with who pays it; or a discount for a payer.

    It is whose the order is, at the order's bay, unless it has `technicians` or a `bay` of its own.
    """

    __tablename__ = "job_line"
    __table_args__ = (
        Index(
            "job_line_by_class",
            "job_class",
            "order_id",
            postgresql_where=text("state = 'qc_pass' AND job_class IS NOT NULL"),
        ),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[LineState] = mapped_column(server_default=LineState.PROPOSED)
    description: Mapped[str]
    hours: Mapped[Decimal]
    amount_fen: Mapped[int]
    pay_type: Mapped[PayType]
    kind: Mapped[LineKind] = mapped_column(server_default=LineKind.WORK)
    shares: Mapped[list[Share]] = mapped_column(Shares, server_default="[]")
    technicians: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    bay: Mapped[str] = mapped_column(server_default="")
    job_class: Mapped[JobClass | None]
    fault_group: Mapped[FaultGroup | None]

    @classmethod
    def write(cls, asked: operations.JobLine, *, position: int, state: LineState = LineState.PROPOSED) -> JobLine:
        """A line as the advisor wrote it."""
        return cls(**attributes(asked), position=position, state=state, technicians=[], bay="")

    def change(self, asked: ChangeLine) -> None:
        """It is as was said; what was not said stays."""
        for name in ("description", "amount_fen", "hours", "pay_type", "shares", "job_class", "fault_group"):
            if (said := getattr(asked, name)) is not None:
                setattr(self, name, said)


class Consent(Base):
    """What the customer said to an order as it stood in a version (R51): who, how, to which lines, up to how much."""

    __tablename__ = "repair_consent"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("repair_order.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[Said]
    at: Mapped[datetime]
    said_by: Mapped[str]
    channel: Mapped[str]
    staff_id: Mapped[str | None]
    lines: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    up_to_fen: Mapped[int]

    @classmethod
    def given(cls, said: Said, *, order_id: UUID, version: int, lines: Sequence[int], up_to_fen: int) -> Consent:
        """To an order as it stands; who said it is taken down next."""
        return cls(order_id=order_id, version=version, said=said, lines=list(lines), up_to_fen=up_to_fen)

    def take_down(self, *, said_by: str, channel: str, by: str | None, at: datetime) -> Consent:
        """Who said it, how, to whom (nobody: by his link) and when."""
        self.said_by, self.channel, self.staff_id, self.at = said_by, channel, by, at
        return self
