"""What sales keeps of quotes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat as uuids
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.customers import rekeying
from chassis.process.clock import LOCAL
from contracts.picked import attributes, picked
from contracts.refusals import StaleVersion
from contracts.sales.lines import PriceLine
from contracts.sales.quotes import CreateQuote, LostReason, QuoteStatus
from services.sales.declared import Base
from services.sales.prices.models import Line
from services.sales.prices.rules import require_another
from services.sales.prices.usecases import Price
from services.sales.quotes import rules
from services.sales.quotes.rules import Command


class Quote(Base):
    """What a customer is offered a car for: its versions, of which the newest is offered now.

    `origin_customer_id` is whose it was written for, while his record lives on in another (E8). `version` is of the
    record as a whole, `changed_at` when that came to be. It never has a vehicle.
    """

    __tablename__ = "quote"
    __table_args__ = (
        Index("quote_by_store", "store_id", "created_at"),
        Index("quote_by_customer", "customer_id"),
        Index("quote_by_origin", "origin_customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    store_id: Mapped[str]
    customer_id: Mapped[UUID]
    origin_customer_id: Mapped[UUID | None]
    consultant_id: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int]
    changed_at: Mapped[datetime]
    quote_version: Mapped[int]
    order_id: Mapped[UUID | None]
    versions: Mapped[list[QuoteVersion]] = relationship(order_by="QuoteVersion.quote_version")

    @classmethod
    def write(
        cls, asked: CreateQuote, price: Price, *, number: str, consultant_id: str, by: str, now: datetime
    ) -> Quote:
        """A new quote with its first version, a draft."""
        quote = cls(
            id=uuids.uuid7(),
            number=number,
            store_id=asked.store_id,
            customer_id=asked.customer_id,
            origin_customer_id=None,
            consultant_id=consultant_id,
            created_at=now,
            version=1,
            changed_at=now,
            quote_version=0,
            order_id=None,
        )
        quote._begin(price, by=by, now=now)
        return quote

    @property
    def written_for(self) -> UUID:
        """Whom it was written for: its events name him, whoever he lives on in."""
        return self.origin_customer_id or self.customer_id

    @property
    def newest(self) -> QuoteVersion:
        """The version that is offered now."""
        return self.versions[-1]

    def require_version(self, expected: int | None) -> None:
        """Raise StaleVersion if the caller looked at an older quote."""
        if expected is not None and expected != self.version:
            raise StaleVersion(expected=expected, version=self.version)

    def touch(self, *, now: datetime) -> None:
        """Something of it is otherwise: the next version of the record."""
        self.version += 1
        self.changed_at = now

    def revise(self, price: Price, *, by: str, now: datetime) -> bool:
        """Offer something else: a draft is written over; else it is the next version, and True. Raises QuoteState."""
        former = self.newest
        if former.status is QuoteStatus.DRAFT:
            former.reprice(price, by=by)
            return False
        former.supersede(now=now)
        self._begin(price, by=by, now=now)
        return True

    def _begin(self, price: Price, *, by: str, now: datetime) -> None:
        self.quote_version += 1
        self.versions.append(QuoteVersion.write(price, quote_version=self.quote_version, by=by, now=now))


class QuoteVersion(Base):
    """A version of a quote with its price. `written_by` began it, `edited_by` changed the draft last.

    `valid_until` is the last day it can be accepted, from when it might be offered on; `ended_at` is when it was
    accepted, lost, expired or superseded.
    """

    __tablename__ = "quote_version"
    __table_args__ = (
        Index("quote_version_open", "valid_until", postgresql_where=text("status IN ('approved', 'presented')")),
        Index("quote_version_waits", "quote_id", postgresql_where=text("status = 'approval_pending'")),
    )

    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    quote_version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[QuoteStatus]
    model: Mapped[str]
    total_fen: Mapped[int]
    discount_fen: Mapped[int]
    gift_fen: Mapped[int]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    edited_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    reject_reason: Mapped[str | None]
    presented_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    lost_reason: Mapped[LostReason | None]
    lost_remark: Mapped[str | None]
    definition_id: Mapped[UUID | None]
    colour: Mapped[str] = mapped_column(server_default="")
    lines: Mapped[list[QuoteLine]] = relationship(order_by="QuoteLine.position", cascade="all, delete-orphan")

    @classmethod
    def write(cls, price: Price, *, quote_version: int, by: str, now: datetime) -> QuoteVersion:
        """A new version, a draft."""
        made = cls(quote_version=quote_version, status=QuoteStatus.DRAFT, written_by=by, written_at=now)
        made.reprice(price, by=by)
        return made

    def _do(self, command: Command, *, to: QuoteStatus | None = None) -> None:
        """Go where the command leads, of several places `to`. Raises QuoteState."""
        self.status = rules.target(command, status=self.status, wanted=to)

    def reprice(self, price: Price, *, by: str) -> None:
        """Say of a draft anew what it is for and at what price."""
        self._do(Command.PRICE)
        self.edited_by = by
        self.model, self.definition_id, self.colour = price.model, price.definition_id, price.colour
        self.total_fen = price.total_fen
        self.discount_fen, self.gift_fen = price.discount_fen, price.gift_fen
        self.lines = [QuoteLine.write(line, position=place) for place, line in enumerate(price.lines, 1)]

    def submit(self, *, beyond: bool, days: int, now: datetime) -> None:
        """It may be offered for so many days; `beyond` the limits it waits for another's word."""
        self._do(Command.SUBMIT, to=QuoteStatus.APPROVAL_PENDING if beyond else QuoteStatus.APPROVED)
        self.reject_reason = None
        if not beyond:
            self._may_be_offered(days=days, now=now)

    def approve(self, *, consultant_id: str, by: str, days: int, now: datetime) -> None:
        """Somebody else gave his word for the price. Raises QuoteState, OwnPrice."""
        rules.target(Command.APPROVE, status=self.status)
        self._require_another(by, consultant_id)
        self._do(Command.APPROVE)
        self.approved_by = by
        self._may_be_offered(days=days, now=now)

    def reject(self, *, consultant_id: str, reason: str, by: str) -> None:
        """Somebody else refused it: a draft again, that says why. Raises QuoteState, OwnPrice."""
        rules.target(Command.REJECT, status=self.status)
        self._require_another(by, consultant_id)
        self._do(Command.REJECT)
        self.reject_reason = reason

    def _require_another(self, by: str, consultant_id: str) -> None:
        require_another(by, barred=(self.written_by, self.edited_by, consultant_id))

    def _may_be_offered(self, *, days: int, now: datetime) -> None:
        self.approved_at = now
        self.valid_until = rules.last_day(now.astimezone(LOCAL).date(), days=days)

    def present(self, *, now: datetime) -> None:
        """The customer has it. Raises QuoteState, QuoteExpired."""
        rules.target(Command.PRESENT, status=self.status)
        self._require_valid(now)
        self._do(Command.PRESENT)
        self.presented_at = now

    def accept(self, *, now: datetime) -> None:
        """The customer takes it. Raises QuoteState, QuoteExpired."""
        rules.target(Command.ACCEPT, status=self.status)
        self._require_valid(now)
        self._do(Command.ACCEPT)
        self.ended_at = now

    def _require_valid(self, now: datetime) -> None:
        rules.require_valid(self.valid_until, today=now.astimezone(LOCAL).date())

    def lose(self, reason: LostReason, *, remark: str, now: datetime) -> None:
        """The customer does not take it. Raises QuoteState."""
        self._do(Command.LOSE)
        self.ended_at, self.lost_reason, self.lost_remark = now, reason, remark

    def expire(self, *, now: datetime) -> None:
        """Its last day is over. Raises QuoteState."""
        self._do(Command.EXPIRE)
        self.ended_at = now

    def supersede(self, *, now: datetime) -> None:
        """Something else is offered instead; what was over already stays so. Raises QuoteState."""
        self._do(Command.SUPERSEDE)
        self.ended_at = self.ended_at or now

    def price(self) -> Price:
        """What it was offered for, to the fen, whatever policy there is by now."""
        return picked(Price, self, lines=[picked(PriceLine, line) for line in self.lines])


class QuoteLine(Line, Base):
    """A line of a version's price."""

    __tablename__ = "quote_line"
    __table_args__ = (
        ForeignKeyConstraint(["quote_id", "quote_version"], ["quote_version.quote_id", "quote_version.quote_version"]),
    )

    quote_id: Mapped[UUID] = mapped_column(primary_key=True)
    quote_version: Mapped[int] = mapped_column(primary_key=True)

    @classmethod
    def write(cls, line: PriceLine, *, position: int) -> QuoteLine:
        """A line as it was agreed."""
        return cls(**attributes(line), position=position)


QUOTES = rekeying.Holding(
    table="quote",
    key=("id",),
    document_type="'quote'",
    document_id="t.id::text",
    found_by="t.id = CAST(l.document_id AS uuid)",
    types=("quote",),
    hanging=(rekeying.Hanging("quote_version", "quote_id", ("reject_reason", "lost_remark")),),
)
"""Quotes follow their customers."""
