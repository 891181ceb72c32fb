"""What the customer service owns, by business idea; importing this package declares every table."""

from services.customer.models.declared import Base
from services.customer.models.exports import Export
from services.customer.models.folder import Consent, Document
from services.customer.models.imports import ImportFile, ImportPart, ImportRow
from services.customer.models.merges import CustomerAlias, DocumentOwner, DuplicateScan, Merge, MergeStep
from services.customer.models.pairs import Pair
from services.customer.models.privacy import PrivacyRequest, RetentionRun
from services.customer.models.records import Change, Customer, SearchKey
from services.customer.models.relations import Relation
from services.customer.models.segments import Segment, SegmentDue, SegmentMember
from services.customer.models.subject_keys import SubjectKey
from services.customer.models.vehicles import Odometer, Vehicle, VehicleParty, VehiclePlate
from services.customer.models.view import Glance, TimelineEntry

__all__ = [
    "Base",
    "Change",
    "Consent",
    "Customer",
    "CustomerAlias",
    "Document",
    "DocumentOwner",
    "DuplicateScan",
    "Export",
    "Glance",
    "ImportFile",
    "ImportPart",
    "ImportRow",
    "Merge",
    "MergeStep",
    "Odometer",
    "Pair",
    "PrivacyRequest",
    "Relation",
    "RetentionRun",
    "SearchKey",
    "Segment",
    "SegmentDue",
    "SegmentMember",
    "SubjectKey",
    "TimelineEntry",
    "Vehicle",
    "VehicleParty",
    "VehiclePlate",
]
