"""The customer service: everything it can be asked, everything it hears, and what it does by the clock."""

from __future__ import annotations

from chassis.entrypoints import does, every, hears, shows
from chassis.store import idempotency
from contracts.customer import (
    dossier,
    duplicates,
    exports,
    folder,
    imports,
    merges,
    operations,
    privacy,
    relations,
    segments,
    vehicles,
    views,
)
from contracts.followup.events import VisitsRekeyed
from contracts.sales.events import OrdersRekeyed, VehicleDelivered
from contracts.workshop.events import RepairOrdersRekeyed
from services.customer import queries, timeline, usecases

TOGETHER = 100
"""Events that may be taken into one transaction."""


class CustomerService:
    """Customers, vehicles and the customer view."""

    name = "customer"

    register_customer = does(operations.register_customer, usecases.registering.register_customer)
    update_customer = does(operations.update_customer, usecases.editing.update_customer)
    end_phone = does(operations.end_phone, usecases.editing.end_phone)
    look_up = shows(views.look_up, queries.look_up.look_up)
    customer_view = shows(views.customer_view, queries.view.customer_view)
    history = shows(operations.history, queries.record.history)
    reveal_contact = shows(operations.reveal_contact, queries.record.reveal_contact)
    names_of = shows(operations.names_of, queries.record.names_of)

    create_import = does(imports.create_import, usecases.importing.create_import)
    put_import_part = does(imports.put_import_part, usecases.importing.put_part)
    preview_import = shows(imports.preview_import, queries.imports.preview)
    start_import = does(imports.start_import, usecases.importing.start_import)
    cancel_import = does(imports.cancel_import, usecases.importing.cancel_import)
    get_import = shows(imports.get_import, queries.imports.get)
    list_imports = shows(imports.list_imports, queries.imports.list_imports)
    list_import_rows = shows(imports.list_import_rows, queries.imports.rows)
    go_on_importing = every(1, usecases.import_matching.go_on)

    create_segment = does(segments.create_segment, usecases.segments.create_segment)
    list_segments = shows(segments.list_segments, queries.segments.list_segments)
    get_segment = shows(segments.get_segment, queries.segments.get_segment)
    segment_members = shows(segments.segment_members, queries.segments.segment_members)
    judge_segments = every(2, usecases.segments.judge_segments)

    ask_export = does(exports.ask_export, usecases.exports.ask_export)
    approve_export = does(exports.approve_export, usecases.exports.approve)
    refuse_export = does(exports.refuse_export, usecases.exports.refuse)
    list_exports = shows(exports.list_exports, queries.exports.list_exports)
    get_export = shows(exports.get_export, queries.exports.get_export)
    require_approval = does(exports.require_approval, usecases.exports.require_approval)
    download_export = shows(exports.download_export, queries.exports.download)

    record_consent = does(folder.record_consent, usecases.consents.record_consent)
    consents = shows(folder.consents, queries.folder.consents)
    add_document = does(folder.add_document, usecases.documents.add_document)
    documents = shows(folder.documents, queries.folder.documents)
    remove_document = does(folder.remove_document, usecases.documents.remove_document)
    whole_dossier = shows(dossier.dossier, queries.dossier.dossier)
    completeness = shows(folder.completeness, queries.completeness.completeness)
    incomplete = shows(folder.incomplete, queries.completeness.incomplete)
    prefill = shows(folder.prefill, queries.prefill.prefill)
    add_relation = does(relations.add_relation, usecases.relations.add_relation)
    relations_of = shows(relations.relations, queries.folder.relations)
    end_relation = does(relations.end_relation, usecases.relations.end_relation)

    vehicle = shows(vehicles.vehicle, queries.vehicles.vehicle)
    add_vehicle = does(vehicles.add_vehicle, usecases.adding_vehicles.add_vehicle)
    change_plate = does(vehicles.change_plate, usecases.plates.change_plate)
    change_owner = does(vehicles.change_owner, usecases.parties.change_owner)
    end_role = does(vehicles.end_role, usecases.parties.end_role)

    hand_over = hears(VehicleDelivered, timeline.hand_over, batch=TOGETHER)
    tell = hears(timeline.PACES, timeline.tell, batch=TOGETHER, pace=timeline.PACES)

    record_privacy_request = does(privacy.record_privacy_request, usecases.privacy.record_request)
    list_privacy_requests = shows(privacy.list_privacy_requests, queries.privacy.list_requests)
    refuse_privacy_request = does(privacy.refuse_privacy_request, usecases.privacy.refuse_request)
    carry_out_privacy_request = does(privacy.carry_out_privacy_request, usecases.privacy.carry_out_request)
    publish_retention = does(privacy.publish_retention, usecases.privacy.publish_retention)
    keep_to_retention = every(600, usecases.retention.keep_to_retention)

    list_duplicates = shows(duplicates.list_duplicates, queries.pairs.list_duplicates)
    decide_pair = does(duplicates.decide_pair, usecases.reviewing.decide_pair)
    start_scan = does(duplicates.start_scan, usecases.scanning.start_scan)
    list_scans = shows(duplicates.list_scans, queries.pairs.list_scans)
    restrict_auto_merge = does(duplicates.restrict_auto_merge, usecases.scanning.restrict_auto_merge)
    preview_merge = shows(merges.preview_merge, queries.merges.preview_merge)
    merge_customers = does(merges.merge_customers, usecases.merging.merge_customers)
    merge_state = shows(merges.merge_state, queries.merges.merge_state)
    undo_merge = does(merges.undo_merge, usecases.undoing.undo)
    split_customer = does(merges.split_customer, usecases.splitting.split)
    scan_for_duplicates = every(5, usecases.scanning.go_on)
    note_steps = hears((OrdersRekeyed, RepairOrdersRekeyed, VisitsRekeyed), usecases.merging.note_steps, batch=TOGETHER)

    forget_old_commands = every(3600, idempotency.forget_old)
    seal_keys_anew = every(300, usecases.subject_keys.seal_anew)
