"""The sales service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from functools import partial

from chassis.customers import erasing, links, rekeying
from chassis.organisation import staff, stores
from chassis.store import idempotency
from chassis.table import does, every, hears, keeps, shows
from contracts import sales
from contracts.customer.events import CustomerErased, CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.gateway.events import StaffChanged, StoreChanged
from contracts.sales import amendments, cancellations, operations, prices, progress, sheets
from contracts.sales.events import OrdersRekeyed
from services.sales import (
    allocation,
    amending,
    cancelling,
    catalogue,
    deliveries,
    orders,
    payments,
    quotes,
    steps,
    stock,
)
from services.sales.orders.models import ORDERS
from services.sales.parties.models import PARTIES
from services.sales.quotes.models import QUOTES


class SalesService:
    """Quotes, orders, payments and stock."""

    name = "sales"

    define_car = does(sales.catalogue.define_car, catalogue.usecases.define_car)
    withdraw_car = does(sales.catalogue.withdraw_car, catalogue.usecases.withdraw_car)
    set_list_price = does(sales.catalogue.set_list_price, catalogue.usecases.set_list_price)
    list_cars = shows(sales.catalogue.list_cars, catalogue.queries.list_cars)

    expect_stock = does(sales.stock.expect_stock, stock.usecases.expect_stock)
    change_expected = does(sales.stock.change_expected, stock.usecases.change_expected)
    receive_stock = does(sales.stock.receive_stock, allocation.usecases.receive_stock)
    move_certificate = does(sales.stock.move_certificate, stock.usecases.move_certificate)
    create_quote = does(
        sales.quotes.create_quote, quotes.usecases.create_quote, first=quotes.usecases.require_registered
    )
    revise_quote = does(sales.quotes.revise_quote, quotes.usecases.revise_quote)
    submit_quote = does(sales.quotes.submit_quote, quotes.usecases.submit_quote)
    approve_quote = does(sales.quotes.approve_quote, quotes.usecases.approve_quote)
    reject_quote = does(sales.quotes.reject_quote, quotes.usecases.reject_quote)
    present_quote = does(sales.quotes.present_quote, quotes.usecases.present_quote)
    accept_quote = does(sales.quotes.accept_quote, quotes.usecases.accept_quote, first=quotes.usecases.require_identity)
    lose_quote = does(sales.quotes.lose_quote, quotes.usecases.lose_quote)
    get_quote = shows(sales.quotes.get_quote, quotes.queries.get_quote)
    list_quotes = shows(sales.quotes.list_quotes, quotes.queries.list_quotes)
    quote_sheet = shows(sales.quotes.quote_sheet, quotes.queries.quote_sheet)
    quotes_over = every(60, quotes.usecases.expire)

    create_order = does(operations.create_order, orders.usecases.create_order, first=orders.usecases.require_buyer)
    name_parties = does(sales.parties.name_parties, orders.usecases.name_parties, first=orders.usecases.require_parties)
    price_order = does(prices.price_order, orders.usecases.price_order)
    submit_order = does(prices.submit_order, orders.usecases.submit_order, first=orders.usecases.require_identity)
    approve_order = does(prices.approve_order, orders.usecases.approve_order)
    reject_order = does(prices.reject_order, orders.usecases.reject_order)
    sign_order = does(operations.sign_order, orders.usecases.sign_order)
    pay_order = does(operations.pay_order, payments.receipts.pay_order)
    settle_payment = does(sales.payments.settle_payment, payments.receipts.settle_payment)
    reverse_payment = does(sales.payments.reverse_payment, payments.receipts.reverse_payment)
    apply_receipt = does(sales.payments.apply_receipt, payments.receipts.apply_receipt)
    request_refund = does(sales.payments.request_refund, payments.refunds.request_refund)
    approve_refund = does(sales.payments.approve_refund, payments.refunds.approve_refund)
    refuse_refund = does(sales.payments.refuse_refund, payments.refunds.refuse_refund)
    pay_refund = does(sales.payments.pay_refund, payments.refunds.pay_refund)
    request_compensation = does(sales.payments.request_compensation, payments.refunds.request_compensation)
    payment_notice = does(sales.payments.payment_notice, payments.notices.payment_notice)
    close_notice = does(sales.finance.close_notice, payments.notices.close_notice)
    keep_loan_letter = does(sales.receivables.keep_loan_letter, payments.loans.keep_loan_letter)
    end_loan_letter = does(sales.receivables.end_loan_letter, payments.loans.end_loan_letter)
    allocate_vehicle = does(operations.allocate_vehicle, allocation.usecases.allocate_vehicle)
    deliver_order = does(operations.deliver_order, orders.usecases.deliver_order)
    close_order = does(operations.close_order, orders.usecases.close_order)
    amend_order = does(amendments.amend_order, amending.usecases.amend_order)
    approve_amendment = does(amendments.approve_amendment, amending.usecases.approve_amendment)
    reject_amendment = does(amendments.reject_amendment, amending.usecases.reject_amendment)
    request_cancel = does(cancellations.request_cancel, cancelling.usecases.request_cancel)
    confirm_cancel = does(cancellations.confirm_cancel, cancelling.usecases.confirm_cancel)
    withdraw_cancel = does(cancellations.withdraw_cancel, cancelling.usecases.withdraw_cancel)
    change_step = does(sales.deliveries.change_step, deliveries.usecases.change_step)
    note_plate_stage = does(sales.deliveries.note_plate_stage, deliveries.usecases.note_plate_stage)
    repromise_order = does(sales.deliveries.repromise_order, deliveries.usecases.repromise_order)
    check_handover = does(sales.deliveries.check_handover, deliveries.usecases.check_handover)
    delivery = shows(sales.deliveries.delivery, deliveries.queries.delivery)
    list_deliveries = shows(sales.deliveries.list_deliveries, deliveries.queries.list_deliveries)
    deliveries_at_risk = every(30, deliveries.usecases.watch)

    make_order_link = does(progress.make_order_link, orders.usecases.make_order_link)
    revoke_order_link = does(progress.revoke_order_link, orders.usecases.revoke_order_link)
    list_stock = shows(sales.stock.list_stock, stock.queries.list_stock)
    which_in_stock = shows(sales.stock.which_in_stock, stock.queries.which_in_stock)
    order_money = shows(sales.payments.order_money, payments.queries.order_money)
    list_receipts = shows(sales.payments.list_receipts, payments.queries.list_receipts)
    list_receivables = shows(sales.receivables.list_receivables, payments.queries.list_receivables)
    list_returns = shows(sales.receivables.list_returns, payments.queries.list_returns)
    list_refunds = shows(sales.finance.list_refunds, payments.queries.list_refunds)
    list_notices = shows(sales.finance.list_notices, payments.queries.list_notices)
    list_approvals = shows(sales.finance.list_approvals, payments.queries.list_approvals)
    list_waiting = shows(sales.allocation.list_waiting, allocation.queries.list_waiting)
    get_order = shows(operations.get_order, orders.queries.get_order)
    order_price = shows(prices.order_price, orders.queries.order_price)
    order_parties = shows(sales.parties.order_parties, orders.queries.order_parties)
    order_sheet = shows(sheets.order_sheet, orders.queries.order_sheet)
    list_orders = shows(operations.list_orders, orders.queries.list_orders)
    order_links = shows(progress.order_links, orders.queries.order_links)
    order_progress = shows(progress.order_progress, orders.queries.order_progress)

    rekey = hears(
        (CustomerMerged, CustomerUnmerged, CustomerSplit),
        partial(rekeying.follow, holdings=[QUOTES, ORDERS, PARTIES], acknowledge=OrdersRekeyed),
    )
    forget = hears(
        CustomerErased,
        partial(erasing.forget, holding=QUOTES),
        partial(erasing.forget, holding=ORDERS),
        links.end_his,
    )

    keep_staff = hears(StaffChanged, staff.keep)
    keep_stores = hears(StoreChanged, stores.keep, steps.usecases.look_again)
    policies = keeps("sales")

    pass_vehicles_on = every(30, allocation.usecases.pass_on)
    old_commands = every(3600, idempotency.forget_old)
