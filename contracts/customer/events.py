"""Events of the customer service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.envelope import event


@event(producer="customer", name="customer_registered", version=1, subject="customer")
class CustomerRegistered:
    """A person or company got a record. `kind` is `person` or `company`."""

    customer_id: UUID
    kind: str
    source: str


@event(producer="customer", name="vehicle_registered", version=1, subject="vehicle")
class VehicleRegistered:
    """A vehicle got a record; its id is derived from its VIN, the same in every service."""

    vehicle_id: UUID
    vin: str
    model: str


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """A field of a record; the hashes are keyed: they tell whether a value is the same, and nobody the value."""

    field: str
    old_hash: str
    new_hash: str


@event(producer="customer", name="customer_updated", version=1, subject="customer")
class CustomerUpdated:
    """A record was changed; who wants the new values asks for them."""

    customer_id: UUID
    version: int
    changed: list[FieldChanged]


@event(producer="customer", name="duplicate_suspected", version=1, subject="customer_pair")
class DuplicateSuspected:
    """Two records may be one customer, and a human must look at them; `score` are the points of their evidence (E7).

    Told again when what was decided of them is open again.
    """

    customer_id: UUID
    other_id: UUID
    score: int
    evidence: list[str]


@event(producer="customer", name="duplicate_decided", version=1, subject="customer_pair")
class DuplicateDecided:
    """Nobody need look at two records any more that may have been one customer (E7).

    `status` is merged, not_same or related, by the word of a human or a search; or withdrawn: one of them lives on in
    another record, with whom the other one may be suspected instead, or was erased.
    """

    customer_id: UUID
    other_id: UUID
    status: str


@event(producer="customer", name="vehicle_plate_changed", version=1, subject="vehicle_plate")
class VehiclePlateChanged:
    """A vehicle has another plate since then."""

    vehicle_id: UUID
    old: str
    new: str
    kind: str
    since: datetime


@event(producer="customer", name="vehicle_party_changed", version=1, subject="vehicle_party")
class VehiclePartyChanged:
    """A customer got, or lost, a role towards a vehicle; `until` is empty while it lasts."""

    vehicle_id: UUID
    customer_id: UUID
    role: str
    since: datetime
    until: datetime | None = None


@event(producer="customer", name="customer_consent_changed", version=1, subject="consent")
class CustomerConsentChanged:
    """A customer gave or withdrew his consent for one purpose; the latest `at` holds, whatever the order of arrival.

    `channel` is `any` or one of call, sms, email, letter; `basis` consent, contract or law. Of two decisions of one
    moment the one that forbids holds. Where the proof lies stays in customer.
    """

    consent_id: UUID
    customer_id: UUID
    purpose: str
    channel: str
    allowed: bool
    basis: str
    at: datetime


@event(producer="customer", name="customer_preferences_changed", version=1, subject="customer")
class CustomerPreferencesChanged:
    """How a customer wants to be reached from now on (R12), as of this version of his record; hours are local."""

    customer_id: UUID
    version: int
    do_not_call: bool
    channel: str | None = None
    from_hour: int | None = None
    to_hour: int | None = None


@event(producer="customer", name="customer_profiled", version=1, subject="profile", personal=True)
class CustomerProfiled:
    """What must be known of a person to act, derived from his record, when it changes (C12, R26); no value names him.

    `age_band` is in years (`35-44`), `district` one of the home city or another city; what is not known is empty. Where
    `kind` is, there is nobody: his record lives on in another one, or was erased. The newest version counts.
    """

    customer_id: UUID
    kind: str | None = None
    gender: str | None = None
    age_band: str | None = None
    district: str | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    occupation: str | None = None


@event(producer="customer", name="contact_shown", version=1, subject="contact", confidential=True)
class ContactShown:
    """A customer's number or address was given in full to a service that reaches him (R62); what it was is not told.

    `sender` is the service, as itself; the document is what he is reached because of.
    """

    shown_id: UUID
    customer_id: UUID
    sender: str
    purpose: str
    channel: str
    document_type: str
    document_id: str


@event(producer="customer", name="segment_entered", version=1, subject="segment_member")
class SegmentEntered:
    """A customer fits a segment since then (R18)."""

    segment_id: UUID
    customer_id: UUID


@event(producer="customer", name="segment_left", version=1, subject="segment_member")
class SegmentLeft:
    """A customer no longer fits a segment."""

    segment_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class LivesOn:
    """In whose record a customer's lives on since this version of his; in his own, after an undoing."""

    customer_id: UUID
    survivor_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class DocumentMoved:
    """A document that is another customer's than it was written for; the newest version counts."""

    document_type: str
    document_id: str
    customer_id: UUID
    version: int


@event(producer="customer", name="customer_merged", version=1, subject="merge")
class CustomerMerged:
    """Records were found to be one customer's and live on in one of them (E8).

    `lives_on` names every record that lives on in the survivor now, those merged into a loser earlier included;
    a merge of many comes in `parts` events, each of which stands for itself. `rule` is human, id or evidence.
    """

    change_id: UUID
    survivor_id: UUID
    loser_ids: list[UUID]
    rule: str
    score: int | None = None
    lives_on: list[LivesOn] = field(default_factory=list)
    documents: list[DocumentMoved] = field(default_factory=list)
    part: int = 1
    parts: int = 1


@event(producer="customer", name="customer_unmerged", version=1, subject="merge")
class CustomerUnmerged:
    """A merge was undone: what was written for the restored customers is theirs again, and the `documents` named."""

    change_id: UUID
    survivor_id: UUID
    restored_ids: list[UUID]
    lives_on: list[LivesOn] = field(default_factory=list)
    documents: list[DocumentMoved] = field(default_factory=list)
    part: int = 1
    parts: int = 1


@event(producer="customer", name="customer_erased", version=1, subject="customer")
class CustomerErased:
    """A customer was forgotten as he asked, or as the retention ends (PIPL 47).

    `erased_ids` are his record and those that lived on in it. Who keeps something personal of them lets it go,
    and keeps in mind that what comes later, or again, is of nobody.
    """

    customer_id: UUID
    erased_ids: list[UUID]
    at: datetime


@event(producer="customer", name="customer_split", version=1, subject="merge")
class CustomerSplit:
    """One record held two customers: the new one has these documents since then (E8)."""

    change_id: UUID
    customer_id: UUID
    new_id: UUID
    lives_on: list[LivesOn] = field(default_factory=list)
    documents: list[DocumentMoved] = field(default_factory=list)
    part: int = 1
    parts: int = 1


@event(producer="customer", name="import_advanced", version=1, subject="import")
class ImportAdvanced:
    """An import of a department's list, or its undoing, came further: `done` rows of `total`, once it is known."""

    import_id: UUID
    status: str
    done: int
    total: int | None = None
