"""The people of a showroom, as tests use them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.handing import asked_for
from chassis.organisation import staff
from chassis.process.clock import LOCAL
from chassis.store import tables
from chassis.store.database import Database
from contracts.access import Actor, Scope, matrix
from contracts.gateway.events import StaffChanged
from contracts.links import Link, LinkMade
from contracts.operation import OPERATIONS
from contracts.sales import operations, parties, prices, progress, quotes, sheets
from contracts.sales import payments as in_money
from contracts.sales import receivables as owed
from contracts.sales import stock as in_stock
from contracts.sales.lines import LineAsked
from contracts.sales.operations import Fault, ListOrders, PaymentChannel, PaymentKind
from services.sales import allocation, amending, cancelling, catalogue, deliveries, orders, payments, stock
from services.sales import quotes as quoting
from services.sales.orders import queries
from tests.support.events import received
from tests.support.randoms import code, vin

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=LOCAL)
PROMISE = date(2026, 11, 30)
PRICE = 20_000_000
DEPOSIT = 2_000_000
MODEL = "雅阁 2.0L"
_VERSIONS = itertools.count(1)
WORK = (
    allocation.usecases,
    orders.usecases,
    stock.usecases,
    amending.usecases,
    cancelling.usecases,
    deliveries.usecases,
    payments.loans,
    payments.receipts,
    payments.refunds,
    payments.notices,
    quoting.usecases,
    catalogue.usecases,
)
"""Where commands are done; allocation's stand before what they are made of."""


@dataclass(frozen=True)
class Showroom:
    """The showroom of one store and the people in it, each with what the access matrix gives his role."""

    database: Database
    store: str
    consultant: str = "C1"

    def of(self, store: str) -> Showroom:
        """The same people in another store."""
        return replace(self, store=store)

    def served_by(self, consultant: str) -> Showroom:
        """The same store with another consultant on duty."""
        return replace(self, consultant=consultant)

    def scope(self, operation: str, role: str) -> Scope:
        """What somebody of this store may touch."""
        staff_id = self.consultant if role == "consultant" else role
        return matrix().scope(f"sales.{operation}", Actor(staff_id, (role,), (self.store,)))

    def do(self, name: str, role: str, *, now: datetime = NOW, **asked: Any) -> Any:
        """One command in one transaction, as its entrypoint runs it."""
        request = OPERATIONS[f"sales.{name}"].request(**asked)
        return self.database.run(lambda session: self.within(session, name, role, request, now=now))

    def within(self, session: Session, name: str, role: str, request: object, *, now: datetime = NOW) -> Any:
        """One command in a transaction that goes on."""
        work = next(getattr(where, name) for where in WORK if hasattr(where, name))
        ready = {"scope": self.scope(name, role), "now": now, "roles": (role,)}
        return work(session, request, **{one: ready[one] for one in asked_for(work, ready)})

    def receive(self, typed: str | None = None, *, model: str = MODEL, now: datetime = NOW) -> str:
        """The VIN of a vehicle that arrived in the yard."""
        arrived: str = self.do(
            "receive_stock", "sales_manager", vin=typed or vin(), model=model, store_id=self.store, now=now
        ).vin
        return arrived

    def expect(self, *, model: str = MODEL, role: str = "sales_planner", **asked: Any) -> in_stock.StockVehicle:
        """A vehicle on its way to the store."""
        made: in_stock.StockVehicle = self.do("expect_stock", role, model=model, store_id=self.store, **asked)
        return made

    def yard(self, role: str = "consultant", **asked: Any) -> list[in_stock.StockVehicle]:
        """The stock of the store, as its people see it."""
        scope, wanted = self.scope("list_stock", role), in_stock.ListStock(**asked)
        page = self.database.read(lambda reading: stock.queries.list_stock(reading, wanted, scope=scope))
        assert page.total == len(page.items)
        return page.items

    def write(self, *, customer: UUID | None = None, now: datetime = NOW) -> UUID:
        """An order that the consultant wrote."""
        request = operations.CreateOrder(customer or uuid4(), self.store, MODEL, PRICE)
        order: operations.Order = self.database.run(
            lambda session: self.within(session, "create_order", "consultant", request, now=now)
        )
        return order.order_id

    def employ(self, staff_id: str, *roles: str, active: bool = True) -> None:
        """Somebody works here, as the gateway tells it."""
        told = StaffChanged(
            staff_code=staff_id, roles=[*(roles or ("consultant",))], stores=[self.store], active=active
        )
        event = received(told, subject_id=staff_id, subject_version=next(_VERSIONS))
        self.database.run(lambda session: staff.keep(session, event))

    def offer(self, *lines: LineAsked, total_fen: int, role: str = "consultant", now: datetime = NOW, **more: Any):
        """An order for what these lines are, at an agreed price."""
        whose = {"customer_id": uuid4(), "store_id": self.store, "model": MODEL} | more
        return self.do("create_order", role, **whose, lines=list(lines), total_fen=total_fen, now=now)

    def quote(
        self, *lines: LineAsked, total_fen: int = PRICE, role: str = "consultant", now: datetime = NOW, **more: Any
    ) -> quotes.Quote:
        """A quote that the consultant writes."""
        whose: dict[str, Any] = {"customer_id": uuid4(), "store_id": self.store, "model": MODEL} | more
        made: quotes.Quote = self.do("create_quote", role, lines=list(lines), total_fen=total_fen, now=now, **whose)
        return made

    def quoted(self, quote_id: UUID, *, role: str = "consultant") -> quotes.QuoteInFull:
        """The quote as this store's people see it."""
        asked, scope = quotes.QuoteById(quote_id), self.scope("get_quote", role)
        return self.database.read(lambda reading: quoting.queries.get_quote(reading, asked, scope=scope))

    def quotes(self, *, role: str = "consultant", **asked: Any) -> quotes.Quotes:
        """A list of quotes."""
        scope, wanted = self.scope("list_quotes", role), quotes.ListQuotes(**asked)
        return self.database.read(lambda reading: quoting.queries.list_quotes(reading, wanted, scope=scope))

    def price(self, order_id: UUID, *, role: str = "sales_manager") -> prices.OrderPrice:
        """What the order's price is made of."""
        asked, scope = operations.OrderById(order_id), self.scope("order_price", role)
        return self.database.read(lambda reading: queries.order_price(reading, asked, scope=scope))

    def amend(self, order_id: UUID, total_fen: int, *lines: LineAsked, role: str = "consultant", now: datetime = NOW):
        """Another price for an order that was approved."""
        said = {"reason": "加装脚垫", "lines": list(lines)}
        return self.do("amend_order", role, order_id=order_id, total_fen=total_fen, **said, now=now)

    def name_parties(
        self, order_id: UUID, *payers: parties.PayerNamed, owner: UUID | None = None, role: str = "consultant"
    ):
        """Who owns the car, and who pays."""
        return self.do("name_parties", role, order_id=order_id, owner_id=owner, payers=list(payers))

    def parties(self, order_id: UUID, *, role: str = "finance") -> list[parties.Party]:
        """Whom an order is about."""
        asked, scope = operations.OrderById(order_id), self.scope("order_parties", role)
        return self.database.read(lambda reading: queries.order_parties(reading, asked, scope=scope)).items

    def sign(self, order_id: UUID, *, promised: date = PROMISE, version: int | None = None, role: str = "consultant"):
        contract: dict[str, Any] = {"contract_no": "HT-1", "signer": "张伟", "promised_date": promised}
        return self.do("sign_order", role, order_id=order_id, expected_version=version, **contract)

    def pay(
        self,
        order_id: UUID,
        amount_fen: int = PRICE,
        *,
        reference: str | None = None,
        kind: PaymentKind = PaymentKind.BALANCE,
        now: datetime = NOW,
        **more: Any,
    ):
        asked = {"order_id": order_id, "amount_fen": amount_fen, "external_ref": reference or code("P"), "kind": kind}
        return self.do("pay_order", "finance", now=now, **asked, **more)

    def money(self, order_id: UUID, *, role: str = "finance") -> in_money.OrderMoney:
        """What came for an order, as finance sees it."""
        asked, scope = in_money.OrderMoneyAsked(order_id), self.scope("order_money", role)
        return self.database.read(lambda reading: payments.queries.order_money(reading, asked, scope=scope))

    def letter(
        self,
        order_id: UUID,
        amount_fen: int,
        *,
        until: date = PROMISE,
        role: str = "loan_clerk",
        now: datetime = NOW,
    ) -> owed.LoanLetter:
        """A lender's letter of approval."""
        said = {"lender": "平安银行", "letter_no": code("L"), "amount_fen": amount_fen, "valid_until": until}
        kept: owed.LoanLetter = self.do("keep_loan_letter", role, order_id=order_id, **said, now=now)
        return kept

    def owes(self, order_id: UUID) -> dict[str, tuple[int, int, int]]:
        """Of each payer of an order what he owes of it, has paid, and owes still."""
        return {one.payer: (one.owed_fen, one.paid_fen, one.balance_fen) for one in self.money(order_id).receivables}

    def told_by_channel(
        self,
        order_id: UUID | None,
        amount: str,
        *,
        reference: str | None = None,
        outcome: in_money.Outcome = in_money.Outcome.PAID,
        now: datetime = NOW,
    ) -> in_money.NoticeResult:
        """A notice of WeChat for an order of this store, or for none that anybody knows."""
        number = "NONE-SO-1" if order_id is None else self.shown(order_id, role="finance").number
        taken: in_money.NoticeTaken = self.do(
            "payment_notice",
            "payment_channel",
            now=now,
            store_id=self.store,
            channel=PaymentChannel.WECHAT,
            external_ref=reference or code("W"),
            order_number=number,
            amount=amount,
            outcome=outcome,
        )
        assert taken.acknowledged
        return taken.result

    def allocate(self, order_id: UUID, arrived: str, *, version: int | None = None, now: datetime = NOW):
        asked = {"order_id": order_id, "vin": arrived, "expected_version": version}
        return self.do("allocate_vehicle", "consultant", now=now, **asked)

    def deliver(
        self, order_id: UUID, *, version: int | None = None, now: datetime = NOW + timedelta(days=7), **more: Any
    ):
        return self.do(
            "deliver_order",
            "consultant",
            order_id=order_id,
            km=12,
            expected_version=version,
            now=now,
            **more,
        )

    def cancel(self, order_id: UUID, *, fault: Fault = Fault.BUYER, role: str = "consultant", now: datetime = NOW):
        return self.do("request_cancel", role, order_id=order_id, fault=fault, reason="王先生不买了", now=now)

    def confirm(self, order_id: UUID, *, role: str = "sales_manager", now: datetime = NOW, **more: Any):
        return self.do("confirm_cancel", role, order_id=order_id, now=now, **more)

    def signed(self, *, paid_fen: int = 0) -> UUID:
        """A signed order, with so much paid."""
        order_id = self.write()
        self.sign(order_id)
        if paid_fen:
            self.pay(order_id, paid_fen)
        return order_id

    def shown(self, order_id: UUID, *, role: str = "consultant") -> operations.Order:
        """The order as this store's people see it."""
        asked, scope = operations.OrderById(order_id), self.scope("get_order", role)
        return self.database.read(lambda reading: queries.get_order(reading, asked, scope=scope))

    def sheet(self, order_id: UUID, *, role: str = "consultant") -> sheets.OrderSheet:
        """What stands on the order's sheet."""
        asked, scope = sheets.OrderSheetAsked(order_id), self.scope("order_sheet", role)
        return self.database.read(lambda reading: queries.order_sheet(reading, asked, scope=scope))

    def link(self, order_id: UUID, *, days: int = 30, now: datetime = NOW) -> LinkMade:
        """A link for the customer, that the consultant makes."""
        made: LinkMade = self.do("make_order_link", "consultant", order_id=order_id, days=days, now=now)
        return made

    def links(self, order_id: UUID, *, role: str = "consultant", now: datetime = NOW) -> list[Link]:
        """The order's open links."""
        asked, scope = operations.OrderById(order_id), self.scope("order_links", role)
        return self.database.read(lambda reading: queries.order_links(reading, asked, scope=scope, now=now)).items

    def progress(self, token: str, *, now: datetime = NOW) -> progress.OrderProgress:
        """What a link opens."""
        asked = progress.OrderProgressAsked(token)
        return self.database.read(lambda reading: queries.order_progress(reading, asked, now=now))

    def page(self, *, role: str = "consultant", **asked: Any) -> operations.Orders:
        """A list of orders."""
        scope, wanted = self.scope("list_orders", role), ListOrders(**asked)
        return self.database.read(lambda reading: queries.list_orders(reading, wanted, scope=scope))

    def somebody_waits(self) -> bool:
        """True while a session of this database waits for another's lock."""
        waiting = text(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(self.database.read(lambda reading: reading.scalar(waiting)))

    def recorded(self, order_id: UUID) -> list[tuple[str, int]]:
        """The events of an order, as they were recorded; what is owed after each has tests of its own."""
        return [(row.event_type, row.subject_version) for row in self._outbox(order_id)]

    def payloads(self, order_id: UUID) -> list[dict[str, Any]]:
        """What those events say; of a quote as well."""
        return [row.envelope["payload"] for row in self._outbox(order_id)]

    def _outbox(self, subject_id: UUID) -> list[Any]:
        log = tables.outbox.c
        wanted = select(tables.outbox).where(
            log.subject_type.in_(["order", "quote"]),
            log.subject_id == str(subject_id),
            log.event_type != "order_receivable_changed",
        )
        return self.database.read(lambda reading: list(reading.execute(wanted.order_by(log.position))))
