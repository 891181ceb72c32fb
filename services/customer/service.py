"""The customer service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from chassis.store import idempotency
from chassis.table import does, every, hears, keeps, shows
from contracts import customer
from contracts.followup.events import VisitsRekeyed
from contracts.sales.events import OrdersRekeyed, PlateIssued, VehicleDelivered
from contracts.workshop.events import OdometerRecorded, RepairOrdersRekeyed
from services.customer import (
    exports,
    folder,
    importing,
    merging,
    privacy,
    record,
    registering,
    segments,
    taking_back,
    vehicles,
    view,
)

TOGETHER = 100
"""Events that may be taken into one transaction."""


class CustomerService:
    """Customers, vehicles and the customer view."""

    name = "customer"

    register_customer = does(customer.operations.register_customer, registering.usecases.register_customer)
    update_customer = does(customer.operations.update_customer, record.editing.update_customer)
    end_phone = does(customer.operations.end_phone, record.editing.end_phone)
    look_up = shows(customer.views.look_up, view.look_up.look_up)
    customer_view = shows(customer.views.customer_view, view.overview.customer_view)
    history = shows(customer.operations.history, record.queries.history)
    reveal_contact = shows(customer.operations.reveal_contact, record.queries.reveal_contact)
    ways_to_reach = shows(customer.operations.ways_to_reach, record.queries.ways_to_reach)
    reveal_to_sender = does(customer.senders.reveal_to_sender, folder.senders.reveal_to_sender)
    which_exist = shows(customer.operations.which_exist, record.queries.which_exist)
    names_of = shows(customer.operations.names_of, record.queries.names_of)

    create_import = does(customer.imports.create_import, importing.uploading.create_import)
    put_import_part = does(customer.imports.put_import_part, importing.uploading.put_part)
    preview_import = shows(customer.imports.preview_import, importing.queries.preview)
    start_import = does(customer.imports.start_import, importing.uploading.start_import)
    cancel_import = does(customer.imports.cancel_import, importing.uploading.cancel_import)
    get_import = shows(customer.imports.get_import, importing.queries.get)
    list_imports = shows(customer.imports.list_imports, importing.queries.list_imports)
    list_import_rows = shows(customer.imports.list_import_rows, importing.queries.rows)
    go_on_importing = every(1, importing.matching.go_on)
    undo_import = does(customer.imports.undo_import, taking_back.usecases.undo_import)
    go_on_undoing_imports = every(1, taking_back.usecases.go_on)

    create_segment = does(customer.segments.create_segment, segments.usecases.create_segment)
    list_segments = shows(customer.segments.list_segments, segments.queries.list_segments)
    get_segment = shows(customer.segments.get_segment, segments.queries.get_segment)
    segment_members = shows(customer.segments.segment_members, segments.queries.segment_members)
    judge_segments = every(2, segments.usecases.judge_segments)

    ask_export = does(customer.exports.ask_export, exports.usecases.ask_export)
    approve_export = does(customer.exports.approve_export, exports.usecases.approve)
    refuse_export = does(customer.exports.refuse_export, exports.usecases.refuse)
    list_exports = shows(customer.exports.list_exports, exports.queries.list_exports)
    get_export = shows(customer.exports.get_export, exports.queries.get_export)
    download_export = shows(customer.exports.download_export, exports.queries.download)

    record_consent = does(customer.folder.record_consent, folder.consents.record_consent)
    consents = shows(customer.folder.consents, folder.contents.consents)
    add_document = does(customer.folder.add_document, folder.documents.add_document)
    documents = shows(customer.folder.documents, folder.contents.documents)
    remove_document = does(customer.folder.remove_document, folder.documents.remove_document)
    dossier = shows(customer.dossier.dossier, folder.dossier.dossier)
    completeness = shows(customer.folder.completeness, folder.completeness.completeness)
    incomplete = shows(customer.folder.incomplete, folder.completeness.incomplete)
    prefill = shows(customer.folder.prefill, folder.prefill.prefill)
    add_relation = does(customer.relations.add_relation, folder.relations.add_relation)
    relations = shows(customer.relations.relations, folder.contents.relations)
    end_relation = does(customer.relations.end_relation, folder.relations.end_relation)

    vehicle = shows(customer.vehicles.vehicle, vehicles.queries.vehicle)
    vehicles_of = shows(customer.vehicles.vehicles_of, vehicles.queries.vehicles_of)
    add_vehicle = does(customer.vehicles.add_vehicle, vehicles.adding.add_vehicle)
    change_plate = does(customer.vehicles.change_plate, vehicles.plates.change_plate)
    change_owner = does(customer.vehicles.change_owner, vehicles.parties.change_owner)
    end_role = does(customer.vehicles.end_role, vehicles.parties.end_role)

    hand_over = hears(VehicleDelivered, view.timeline.hand_over, batch=TOGETHER)
    plate_came = hears(PlateIssued, vehicles.plates.keep_issued, view.timeline.tell, batch=TOGETHER)
    keep_readings = hears(OdometerRecorded, vehicles.odometer.keep, batch=TOGETHER)
    tell = hears(view.timeline.PACES, view.timeline.tell, batch=TOGETHER, pace=view.timeline.PACES)

    record_privacy_request = does(customer.privacy.record_privacy_request, privacy.requests.record_request)
    list_privacy_requests = shows(customer.privacy.list_privacy_requests, privacy.queries.list_requests)
    refuse_privacy_request = does(customer.privacy.refuse_privacy_request, privacy.requests.refuse_request)
    carry_out_privacy_request = does(customer.privacy.carry_out_privacy_request, privacy.requests.carry_out_request)
    keep_to_retention = every(600, privacy.retention.keep_to_retention)

    list_duplicates = shows(customer.duplicates.list_duplicates, merging.queries.list_duplicates)
    decide_pair = does(customer.duplicates.decide_pair, merging.reviewing.decide_pair)
    start_scan = does(customer.duplicates.start_scan, merging.scanning.start_scan)
    list_scans = shows(customer.duplicates.list_scans, merging.queries.list_scans)
    preview_merge = shows(customer.merges.preview_merge, merging.queries.preview_merge)
    merge_customers = does(customer.merges.merge_customers, merging.joining.merge_customers)
    merge_state = shows(customer.merges.merge_state, merging.queries.merge_state)
    undo_merge = does(customer.merges.undo_merge, merging.undoing.undo)
    split_customer = does(customer.merges.split_customer, merging.splitting.split)
    scan_for_duplicates = every(5, merging.scanning.go_on)
    note_steps = hears((OrdersRekeyed, RepairOrdersRekeyed, VisitsRekeyed), merging.joining.note_steps, batch=TOGETHER)

    policies = keeps("customer", {customer.policies.RETENTION: privacy.retention.concerned})

    forget_old_commands = every(3600, idempotency.forget_old)
    tell_profiles = every(600, record.profiles.tell_profiles)
    note_untold = every(3600, record.profiles.note_untold)
    seal_keys_anew = every(300, record.subject_keys.seal_anew)
