"""The customer service: everything it can be asked, and everything it hears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis import idempotency
from chassis.clock import LOCAL
from chassis.context import Call
from chassis.entrypoints import command, query, scheduled, subscribe
from contracts.customer import dossier as dossier_contracts
from contracts.customer import exports, folder, imports, merges, operations, privacy, segments, vehicles, views
from contracts.customer import relations as relation_contracts
from contracts.envelope import Received
from contracts.fields import Nothing
from contracts.followup.events import VisitsRekeyed
from contracts.sales.events import OrdersRekeyed, VehicleDelivered
from contracts.workshop.events import RepairOrdersRekeyed
from services.customer import timeline
from services.customer.queries import completeness, dossier, look_up, prefill, view
from services.customer.queries import exports as export_queries
from services.customer.queries import folder as folder_queries
from services.customer.queries import imports as import_queries
from services.customer.queries import merges as merge_queries
from services.customer.queries import pairs as pair_queries
from services.customer.queries import privacy as privacy_queries
from services.customer.queries import segments as segment_queries
from services.customer.queries import vehicles as vehicle_queries
from services.customer.usecases import (
    adding_vehicles,
    consents,
    documents,
    editing,
    import_matching,
    importing,
    merging,
    parties,
    plates,
    registering,
    relations,
    retention,
    reviewing,
    scanning,
    splitting,
    subject_keys,
    undoing,
)
from services.customer.usecases import exports as exporting
from services.customer.usecases import privacy as privacy_requests
from services.customer.usecases import segments as segmenting

TOGETHER = 100
"""Events the timeline may take into one transaction."""

Handler = Callable[..., None]


def _subscribe_to_what_is_told(method: Handler) -> Handler:
    """Hear every event of the timeline but the delivery, of which more follows."""
    for event, told in timeline.TOLD.items():
        if event is not VehicleDelivered:
            method = subscribe(event, batch=TOGETHER, pace=told.pace)(method)
    return method


class CustomerService:
    """Customers, vehicles and the customer view."""

    name = "customer"

    @command(operations.register_customer)
    def register_customer(
        self, session: Session, request: operations.RegisterCustomer, call: Call
    ) -> operations.Registered:
        return registering.register_customer(session, request, scope=call.scope, now=call.now)

    @command(operations.update_customer)
    def update_customer(self, session: Session, request: operations.UpdateCustomer, call: Call) -> operations.Updated:
        return editing.update_customer(session, request, scope=call.scope, now=call.now)

    @command(operations.end_phone)
    def end_phone(self, session: Session, request: operations.EndPhone, call: Call) -> operations.Updated:
        return editing.end_phone(session, request, scope=call.scope, now=call.now)

    @query(views.look_up)
    def look_up(self, connection: Connection, request: views.LookUp, call: Call) -> dict[str, Any]:
        return look_up.look_up(
            connection, typed=request.q, limit=request.limit, today=call.now.astimezone(LOCAL).date()
        )

    @query(views.customer_view)
    def customer_view(self, connection: Connection, request: views.ViewAsked, call: Call) -> dict[str, Any]:
        return view.customer_view(
            connection,
            customer_id=request.customer_id,
            today=call.now.astimezone(LOCAL).date(),
            types=request.types,
            store=request.store,
            before=request.before,
            limit=request.limit,
        )

    @query(operations.history)
    def history(self, connection: Connection, request: operations.HistoryAsked, call: Call) -> dict[str, Any]:
        return view.history(connection, customer_id=request.customer_id, field=request.field, limit=request.limit)

    @query(operations.reveal_contact)
    def reveal_contact(
        self, connection: Connection, request: operations.RevealContact, call: Call
    ) -> operations.Contact:
        return view.reveal_contact(connection, customer_id=request.customer_id)

    @query(operations.names_of)
    def names_of(self, connection: Connection, request: operations.ByIds, call: Call) -> operations.NamesOf:
        return view.names_of(connection, customer_ids=request.customer_ids)

    @command(imports.create_import)
    def create_import(self, session: Session, request: imports.CreateImport, call: Call) -> imports.Import:
        return importing.create_import(session, request, scope=call.scope, now=call.now)

    @command(imports.put_import_part)
    def put_import_part(self, session: Session, request: imports.PutPart, call: Call) -> imports.Import:
        return importing.put_part(session, request, scope=call.scope)

    @query(imports.preview_import)
    def preview_import(self, connection: Connection, request: imports.ImportAsked, call: Call) -> imports.Preview:
        return import_queries.preview(connection, request, scope=call.scope)

    @command(imports.start_import)
    def start_import(self, session: Session, request: imports.StartImport, call: Call) -> imports.Import:
        return importing.start_import(session, request, scope=call.scope, now=call.now)

    @command(imports.cancel_import)
    def cancel_import(self, session: Session, request: imports.ImportAsked, call: Call) -> imports.Import:
        return importing.cancel_import(session, request, scope=call.scope, now=call.now)

    @query(imports.get_import)
    def get_import(self, connection: Connection, request: imports.ImportAsked, call: Call) -> imports.Import:
        return import_queries.get(connection, request, scope=call.scope)

    @query(imports.list_imports)
    def list_imports(self, connection: Connection, request: imports.ListImports, call: Call) -> imports.Imports:
        return import_queries.list_imports(connection, request, scope=call.scope)

    @query(imports.list_import_rows)
    def list_import_rows(self, connection: Connection, request: imports.ListRows, call: Call) -> dict[str, Any]:
        return import_queries.rows(connection, request, scope=call.scope)

    @scheduled("imports", every=1)
    def go_on_importing(self, session: Session, now: datetime) -> int:
        return import_matching.go_on(session, now=now)

    @command(segments.create_segment)
    def create_segment(self, session: Session, request: segments.CreateSegment, call: Call) -> dict[str, Any]:
        return segmenting.create_segment(session, request, scope=call.scope, now=call.now)

    @query(segments.list_segments)
    def list_segments(self, connection: Connection, request: segments.ListSegments, call: Call) -> dict[str, Any]:
        return segment_queries.list_segments(connection)

    @query(segments.get_segment)
    def get_segment(self, connection: Connection, request: segments.SegmentById, call: Call) -> dict[str, Any]:
        return segment_queries.get_segment(connection, segment_id=request.segment_id)

    @query(segments.segment_members)
    def segment_members(self, connection: Connection, request: segments.MembersAsked, call: Call) -> dict[str, Any]:
        return segment_queries.segment_members(
            connection,
            segment_id=request.segment_id,
            after=request.after,
            limit=request.limit,
            roles=call.actor.roles,
        )

    @scheduled("segments", every=2)
    def judge_segments(self, session: Session, now: datetime) -> int:
        return segmenting.judge_segments(session, now=now)

    @command(exports.ask_export)
    def ask_export(self, session: Session, request: exports.AskExport, call: Call) -> dict[str, Any]:
        return exporting.ask_export(session, request, scope=call.scope, now=call.now)

    @command(exports.approve_export)
    def approve_export(self, session: Session, request: exports.ExportById, call: Call) -> dict[str, Any]:
        return exporting.approve(session, request, scope=call.scope, now=call.now)

    @command(exports.refuse_export)
    def refuse_export(self, session: Session, request: exports.RefuseExport, call: Call) -> dict[str, Any]:
        return exporting.refuse(session, request, scope=call.scope, now=call.now)

    @query(exports.list_exports)
    def list_exports(self, connection: Connection, request: exports.ListExports, call: Call) -> dict[str, Any]:
        return export_queries.list_exports(connection, request, scope=call.scope)

    @query(exports.get_export)
    def get_export(self, connection: Connection, request: exports.ExportById, call: Call) -> dict[str, Any]:
        return export_queries.get_export(connection, request, scope=call.scope)

    @command(exports.require_approval)
    def require_approval(
        self, session: Session, request: exports.RequireApproval, call: Call
    ) -> exports.RequireApproval:
        return exporting.require_approval(session, request, scope=call.scope, now=call.now)

    @query(exports.download_export)
    def download_export(self, connection: Connection, request: exports.ExportById, call: Call) -> dict[str, Any]:
        return export_queries.download(connection, request, scope=call.scope, roles=call.actor.roles, now=call.now)

    @command(folder.record_consent)
    def record_consent(self, session: Session, request: folder.RecordConsent, call: Call) -> folder.ConsentRecorded:
        return consents.record_consent(session, request, scope=call.scope, now=call.now)

    @query(folder.consents)
    def consents(self, connection: Connection, request: operations.ById, call: Call) -> folder.Consents:
        return folder_queries.consents(connection, customer_id=request.customer_id)

    @command(folder.add_document)
    def add_document(self, session: Session, request: folder.AddDocument, call: Call) -> folder.DocumentAdded:
        return documents.add_document(session, request, scope=call.scope, now=call.now)

    @query(folder.documents)
    def documents(self, connection: Connection, request: folder.DocumentsAsked, call: Call) -> folder.Documents:
        return folder_queries.documents(connection, customer_id=request.customer_id, removed=request.removed)

    @command(folder.remove_document)
    def remove_document(self, session: Session, request: folder.RemoveDocument, call: Call) -> folder.DocumentRemoved:
        return documents.remove_document(session, request, scope=call.scope, now=call.now)

    @query(dossier_contracts.dossier)
    def dossier(self, connection: Connection, request: dossier_contracts.DossierAsked, call: Call) -> dict[str, Any]:
        return dossier.dossier(connection, customer_id=request.customer_id, format=request.format, now=call.now)

    @query(folder.completeness)
    def completeness(self, connection: Connection, request: operations.ById, call: Call) -> folder.Completeness:
        return completeness.completeness(connection, customer_id=request.customer_id)

    @query(folder.incomplete)
    def incomplete(self, connection: Connection, request: folder.IncompleteAsked, call: Call) -> folder.Omissions:
        return completeness.incomplete(connection, request, scope=call.scope)

    @query(folder.prefill)
    def prefill(self, connection: Connection, request: folder.PrefillAsked, call: Call) -> folder.Prefill:
        return prefill.prefill(connection, request, today=call.now.astimezone(LOCAL).date())

    @command(relation_contracts.add_relation)
    def add_relation(
        self, session: Session, request: relation_contracts.AddRelation, call: Call
    ) -> relation_contracts.RelationAdded:
        return relations.add_relation(session, request, scope=call.scope, now=call.now)

    @query(relation_contracts.relations)
    def relations(self, connection: Connection, request: operations.ById, call: Call) -> relation_contracts.Relations:
        return folder_queries.relations(connection, customer_id=request.customer_id)

    @command(relation_contracts.end_relation)
    def end_relation(
        self, session: Session, request: relation_contracts.EndRelation, call: Call
    ) -> relation_contracts.RelationEnded:
        return relations.end_relation(session, request, scope=call.scope, now=call.now)

    @query(vehicles.vehicle)
    def vehicle(self, connection: Connection, request: vehicles.VehicleById, call: Call) -> vehicles.VehicleCard:
        today = call.now.astimezone(LOCAL).date()
        return vehicle_queries.vehicle(connection, vehicle_id=request.vehicle_id, today=today)

    @command(vehicles.add_vehicle)
    def add_vehicle(self, session: Session, request: vehicles.AddVehicle, call: Call) -> vehicles.VehicleAdded:
        return adding_vehicles.add_vehicle(session, request, scope=call.scope, now=call.now)

    @command(vehicles.change_plate)
    def change_plate(self, session: Session, request: vehicles.ChangePlate, call: Call) -> vehicles.PlateChanged:
        return plates.change_plate(session, request, scope=call.scope, now=call.now)

    @command(vehicles.change_owner)
    def change_owner(self, session: Session, request: vehicles.ChangeOwner, call: Call) -> vehicles.OwnerChanged:
        return parties.change_owner(session, request, scope=call.scope, now=call.now)

    @command(vehicles.end_role)
    def end_role(self, session: Session, request: vehicles.EndRole, call: Call) -> vehicles.RoleEnded:
        return parties.end_role(session, request, scope=call.scope, now=call.now)

    @subscribe(VehicleDelivered, batch=TOGETHER)
    def hand_over(self, session: Session, events: list[Received[VehicleDelivered]]) -> None:
        timeline.hand_over(session, events)

    @_subscribe_to_what_is_told
    def tell(self, session: Session, events: list[Received[Any]]) -> None:
        timeline.tell(session, events)

    # -- privacy -------------------------------------------------------------------------------

    @command(privacy.record_privacy_request)
    def record_privacy_request(
        self, session: Session, request: privacy.RecordRequest, call: Call
    ) -> privacy.RequestRecorded:
        return privacy_requests.record_request(session, request, scope=call.scope, now=call.now)

    @query(privacy.list_privacy_requests)
    def list_privacy_requests(
        self, connection: Connection, request: privacy.ListRequests, call: Call
    ) -> privacy.Requests:
        return privacy_queries.list_requests(connection, request, scope=call.scope, now=call.now)

    @command(privacy.refuse_privacy_request)
    def refuse_privacy_request(
        self, session: Session, request: privacy.RefuseRequest, call: Call
    ) -> privacy.RequestDecided:
        return privacy_requests.refuse_request(session, request, scope=call.scope, now=call.now)

    @command(privacy.carry_out_privacy_request)
    def carry_out_privacy_request(
        self, session: Session, request: privacy.RequestById, call: Call
    ) -> privacy.RequestDecided:
        return privacy_requests.carry_out_request(session, request.request_id, scope=call.scope, now=call.now)

    @command(privacy.publish_retention)
    def publish_retention(
        self, session: Session, request: privacy.PublishRetention, call: Call
    ) -> privacy.PublishRetention:
        return privacy_requests.publish_retention(session, request, scope=call.scope, now=call.now)

    @scheduled("retention", every=600)
    def keep_to_retention(self, session: Session, now: datetime) -> int:
        return retention.keep_to_retention(session, now=now)

    @scheduled("old_commands", every=3600)
    def forget_old_commands(self, session: Session, now: datetime) -> int:
        return idempotency.forget_old(session, now=now)

    # -- duplicates ----------------------------------------------------------------------------

    @query(merges.list_duplicates)
    def list_duplicates(self, connection: Connection, request: merges.ListDuplicates, call: Call) -> dict[str, Any]:
        return pair_queries.list_duplicates(connection, request, scope=call.scope)

    @command(merges.decide_pair)
    def decide_pair(self, session: Session, request: merges.DecidePair, call: Call) -> merges.PairDecided:
        return reviewing.decide_pair(session, request, scope=call.scope, now=call.now)

    @command(merges.start_scan)
    def start_scan(self, session: Session, request: merges.StartScan, call: Call) -> merges.Scan:
        return scanning.start_scan(session, request, scope=call.scope, now=call.now)

    @query(merges.list_scans)
    def list_scans(self, connection: Connection, request: Nothing, call: Call) -> merges.Scans:
        return pair_queries.list_scans(connection)

    @command(merges.restrict_auto_merge)
    def restrict_auto_merge(
        self, session: Session, request: merges.RestrictAutoMerge, call: Call
    ) -> merges.RestrictAutoMerge:
        return scanning.restrict_auto_merge(session, request, scope=call.scope, now=call.now)

    @query(merges.preview_merge)
    def preview_merge(self, connection: Connection, request: merges.PreviewMerge, call: Call) -> merges.MergePreview:
        return merge_queries.preview_merge(connection, request)

    @command(merges.merge_customers)
    def merge_customers(self, session: Session, request: merges.MergeCustomers, call: Call) -> merges.Merged:
        return merging.merge_customers(session, request, scope=call.scope, now=call.now)

    @query(merges.merge_state)
    def merge_state(self, connection: Connection, request: merges.MergeById, call: Call) -> merges.MergeShown:
        return merge_queries.merge_state(connection, merge_id=request.merge_id)

    @command(merges.undo_merge)
    def undo_merge(self, session: Session, request: merges.UndoMerge, call: Call) -> merges.Unmerged:
        return undoing.undo(session, request, scope=call.scope, now=call.now)

    @command(merges.split_customer)
    def split_customer(self, session: Session, request: merges.SplitCustomer, call: Call) -> merges.Split:
        return splitting.split(session, request, scope=call.scope, now=call.now)

    @subscribe(OrdersRekeyed, batch=TOGETHER)
    @subscribe(RepairOrdersRekeyed, batch=TOGETHER)
    @subscribe(VisitsRekeyed, batch=TOGETHER)
    def note_steps(self, session: Session, events: list[Received[Any]]) -> None:
        merging.note_steps(session, events)

    @scheduled("duplicate_scan", every=5)
    def scan_for_duplicates(self, session: Session, now: datetime) -> int:
        return scanning.go_on(session, now=now)

    @scheduled("subject_keys", every=300)
    def seal_keys_anew(self, session: Session, now: datetime) -> int:
        return subject_keys.seal_anew(session)
