"""The workshop service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from functools import partial

from chassis.customers import erasing, links, rekeying
from chassis.organisation import staff, stores
from chassis.store import idempotency
from chassis.table import does, every, hears, keeps, shows
from contracts import workshop
from contracts.customer.events import CustomerErased, CustomerMerged, CustomerSplit, CustomerUnmerged
from contracts.gateway.events import StaffChanged, StoreChanged
from contracts.sales.events import VehicleDelivered
from contracts.workshop import clocking, lines, operations, progress, stages
from contracts.workshop.events import RepairOrdersRekeyed
from services.workshop import (
    appointments,
    bays,
    certificates,
    comebacks,
    following,
    forecasts,
    guarantees,
    papers,
    repair_orders,
    settlements,
)
from services.workshop.appointments.models import APPOINTMENTS
from services.workshop.parties.models import REPAIR_PARTIES
from services.workshop.repair_orders.models import REPAIR_ORDERS


class WorkshopService:
    """Repair orders, the board, and the money of orders."""

    name = "workshop"

    open_repair_order = does(
        operations.open_repair_order,
        comebacks.usecases.open_repair_order,
        first=repair_orders.taking_in.require_registered,
    )
    correct_km = does(operations.correct_km, repair_orders.taking_in.correct_km)
    estimate_repair = does(stages.estimate_repair, repair_orders.steps.estimate_repair)
    name_repair_parties = does(
        workshop.parties.name_repair_parties,
        repair_orders.parties.name_repair_parties,
        first=repair_orders.parties.require_parties,
    )
    authorize_repair = does(operations.authorize_repair, repair_orders.steps.authorize_repair)
    add_line = does(lines.add_line, comebacks.usecases.add_line)
    change_line = does(lines.change_line, comebacks.usecases.change_line)
    decline_line = does(lines.decline_line, comebacks.usecases.decline_line)
    dispatch_repair = does(operations.dispatch_repair, repair_orders.steps.dispatch_repair)
    renew_promise = does(progress.renew_promise, repair_orders.promises.renew_promise)
    recall_repair = does(stages.recall_repair, repair_orders.steps.recall_repair)
    start_repair = does(operations.start_repair, repair_orders.steps.start_repair)
    give_line = does(clocking.give_line, repair_orders.steps.give_line)
    clock_on = does(clocking.clock_on, repair_orders.steps.clock_on)
    clock_off = does(clocking.clock_off, repair_orders.clocks.clock_off)
    finish_line = does(clocking.finish_line, repair_orders.steps.finish_line)
    confirm_clocking = does(clocking.confirm_clocking, repair_orders.clocks.confirm_clocking)
    wait_repair = does(stages.wait_repair, repair_orders.steps.wait_repair)
    resume_repair = does(stages.resume_repair, repair_orders.steps.resume_repair)
    finish_repair = does(operations.finish_repair, repair_orders.steps.finish_repair)
    inspect_repair = does(operations.inspect_repair, repair_orders.steps.inspect_repair)
    wash_repair = does(stages.wash_repair, repair_orders.steps.wash_repair)
    settle_repair = does(operations.settle_repair, settlements.usecases.settle_repair)
    void_settlement = does(workshop.settlements.void_settlement, settlements.usecases.void_settlement)
    take_repair_payment = does(workshop.settlements.take_repair_payment, settlements.usecases.take_repair_payment)
    reverse_repair_payment = does(
        workshop.settlements.reverse_repair_payment, settlements.usecases.reverse_repair_payment
    )
    allow_unpaid = does(workshop.settlements.allow_unpaid, settlements.usecases.allow_unpaid)
    return_vehicle = does(operations.return_vehicle, settlements.usecases.return_vehicle)
    cancel_repair = does(stages.cancel_repair, comebacks.usecases.cancel_repair)
    decide_comeback = does(workshop.comebacks.decide_comeback, comebacks.usecases.decide_comeback)
    list_comebacks = shows(workshop.comebacks.list_comebacks, comebacks.queries.list_comebacks)
    answer_guarantee = does(workshop.guarantees.answer_guarantee, guarantees.usecases.answer_guarantee)
    list_guarantees = shows(workshop.guarantees.list_guarantees, guarantees.queries.list_guarantees)
    vehicle_counters = shows(workshop.guarantees.vehicle_counters, guarantees.queries.vehicle_counters)
    put_bay = does(workshop.bays.put_bay, bays.usecases.put_bay)
    book_appointment = does(
        workshop.appointments.book_appointment,
        appointments.booking.book_appointment,
        first=appointments.booking.require_registered,
    )
    confirm_appointment = does(workshop.appointments.confirm_appointment, appointments.booking.confirm_appointment)
    move_appointment = does(workshop.appointments.move_appointment, appointments.booking.move_appointment)
    arrive_appointment = does(workshop.appointments.arrive_appointment, appointments.booking.arrive_appointment)
    cancel_appointment = does(workshop.appointments.cancel_appointment, appointments.booking.cancel_appointment)
    excuse_appointment = does(workshop.appointments.excuse_appointment, appointments.booking.excuse_appointment)
    list_bays = shows(workshop.bays.list_bays, bays.queries.list_bays)
    list_appointments = shows(workshop.appointments.list_appointments, appointments.queries.list_appointments)
    find_free_times = shows(workshop.appointments.find_free_times, appointments.queries.find_free_times)
    check_repair_order = shows(operations.check_repair_order, appointments.joining.check_repair_order)
    get_repair_order = shows(operations.get_repair_order, repair_orders.queries.get_repair_order)
    repair_parties = shows(workshop.parties.repair_parties, repair_orders.queries.repair_parties)
    consents = shows(lines.consents, repair_orders.queries.consents)
    clockings = shows(clocking.clockings, repair_orders.queries.clockings)
    forgotten_clocks = shows(clocking.forgotten_clocks, repair_orders.queries.forgotten_clocks)
    list_work = shows(clocking.list_work, repair_orders.queries.list_work)
    repair_history = shows(stages.repair_history, repair_orders.queries.repair_history)
    order_progress = shows(progress.progress, repair_orders.queries.progress)
    board_progress = shows(progress.board_progress, repair_orders.queries.board_progress)
    forecast_errors = shows(workshop.forecasts.forecast_errors, forecasts.queries.forecast_errors)
    make_repair_link = does(workshop.following.make_repair_link, following.usecases.make_repair_link)
    revoke_repair_link = does(workshop.following.revoke_repair_link, following.usecases.revoke_repair_link)
    answer_by_link = does(workshop.following.answer_by_link, following.usecases.answer_by_link)
    repair_links = shows(workshop.following.repair_links, following.queries.repair_links)
    repair_followed = shows(workshop.following.repair_followed, following.queries.repair_followed)
    certify_repair = does(workshop.papers.certify_repair, certificates.usecases.certify_repair)
    repair_certificate = shows(workshop.papers.repair_certificate, papers.queries.repair_certificate)
    estimate_sheet = shows(workshop.papers.estimate_sheet, papers.queries.repair_sheet)
    repair_sheet = shows(workshop.papers.repair_sheet, papers.queries.repair_sheet)
    settlement_sheet = shows(workshop.papers.settlement_sheet, papers.queries.settlement_sheet)
    repair_money = shows(workshop.settlements.repair_money, settlements.queries.repair_money)
    list_repair_receivables = shows(
        workshop.settlements.list_repair_receivables, settlements.queries.list_repair_receivables
    )
    list_repair_orders = shows(operations.list_repair_orders, repair_orders.queries.list_repair_orders)

    rekey = hears(
        (CustomerMerged, CustomerUnmerged, CustomerSplit),
        partial(
            rekeying.follow, holdings=[REPAIR_ORDERS, REPAIR_PARTIES, APPOINTMENTS], acknowledge=RepairOrdersRekeyed
        ),
    )
    forget = hears(
        CustomerErased,
        partial(erasing.forget, holding=REPAIR_ORDERS),
        partial(erasing.forget, holding=APPOINTMENTS),
        links.end_his,
    )

    keep_deliveries = hears(VehicleDelivered, guarantees.usecases.keep)
    keep_staff = hears(StaffChanged, staff.keep)
    keep_stores = hears(StoreChanged, stores.keep)
    policies = keeps("workshop")

    watched_promises = every(2, repair_orders.promises.watch_promises)
    foreseen_orders = every(10, forecasts.usecases.foresee)
    judged_forecasts = every(60, forecasts.usecases.judge)
    watched_guarantees = every(60, guarantees.usecases.watch)
    stopped_clocks = every(60, repair_orders.clocks.close_forgotten)
    missed_appointments = every(60, appointments.joining.mark_missed)
    freed_bays = every(60, appointments.joining.free_bays)
    returned_orders = every(300, repair_orders.steps.close_returned)
    old_commands = every(3600, idempotency.forget_old)
