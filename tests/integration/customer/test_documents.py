"""The index of the paper bag, and the whole folder for paper (R24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.access import Reach, Scope
from contracts.customer.dossier import Dossier, DossierAsked
from contracts.customer.folder import AddDocument, DocumentsAsked, DocumentShown, DocumentType, RemoveDocument
from contracts.customer.operations import VehicleGiven
from contracts.refusals import StoreNotAllowed
from contracts.sales.events import VehicleDelivered
from contracts.shapes import plain, schema_of
from gateway.dossier_page import render
from gateway.masking import Found, Reader, apply, plan_of
from services.customer.folder.errors import DocumentNotFound
from services.customer.folder.queries import contents, dossier
from services.customer.folder.usecases import documents
from services.customer.record.errors import CustomerNotFound, IdChecksum, MomentAhead
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.test_consents import decide
from tests.support import randoms
from tests.support.events import deliver, made, received

MANAGER = Scope(Reach.STORE, ("HN",), "m-1", "sales_manager")


def add(desk: Desk, customer_id: UUID, *, scope: Scope = DESK, **given: Any) -> UUID:
    request = AddDocument(
        customer_id=customer_id,
        **{"type": DocumentType.CONTRACT, "number": "HN-2026-001", "store_id": "HN", "shelf": "A-3-12", **given},
    )
    return desk.database.run(lambda session: documents.add_document(session, request, scope=scope, now=NOW)).document_id


def listed(desk: Desk, customer_id: UUID, *, removed: bool = False) -> list[DocumentShown]:
    return desk.read(lambda connection: contents.documents(connection, DocumentsAsked(customer_id, removed))).items


def remove(desk: Desk, customer_id: UUID, document_id: UUID, *, scope: Scope = MANAGER) -> None:
    request = RemoveDocument(customer_id, document_id, "客户取回")
    desk.database.run(lambda session: documents.remove_document(session, request, scope=scope, now=NOW))


def test_a_paper_is_found_where_its_bag_stands(desk):
    customer = desk.register().customer_id
    document = add(desk, customer, number=" HN-2026-  001 ", issued_on=NOW.date())
    (one,) = listed(desk, customer)
    assert (one.document_id, one.type, one.number, one.store_id) == (document, "contract", "HN-2026- 001", "HN")
    assert (one.shelf, one.issued_on, one.added_at, one.added_by) == ("A-3-12", NOW.date(), NOW, "s-1")
    assert one.id_number is None


def test_a_paper_that_was_taken_out_is_kept_with_the_reason(desk):
    customer = desk.register().customer_id
    document = add(desk, customer)
    remove(desk, customer, document)
    assert listed(desk, customer) == []
    (one,) = listed(desk, customer, removed=True)
    assert (one.removed_at, one.removed_by, one.removed_because) == (NOW, "m-1", "客户取回")
    with pytest.raises(DocumentNotFound):
        remove(desk, customer, document)


def test_the_number_of_an_id_copy_is_checked_and_masked(desk):
    customer = desk.register().customer_id
    with pytest.raises(IdChecksum):
        add(desk, customer, type=DocumentType.ID_COPY, number="440301197510200019")
    add(desk, customer, type=DocumentType.ID_COPY, number="440301197510200018")
    (one,) = listed(desk, customer)
    assert (one.number, one.id_number) == ("", "440301197510200018")
    shown = plain(one)
    apply(plan_of(DocumentShown, ("receptionist",)), shown, found=Found([], []), reader=Reader(("receptionist",)))
    assert shown["id_number"] == "4****************8"


def test_what_cannot_be_is_refused_and_nothing_is_kept(desk):
    customer = desk.register().customer_id
    with pytest.raises(StoreNotAllowed):
        add(desk, customer, store_id="BA")
    with pytest.raises(MomentAhead):
        add(desk, customer, issued_on=NOW.date() + timedelta(days=1))
    with pytest.raises(CustomerNotFound):
        add(desk, uuid4())
    assert listed(desk, customer, removed=True) == []


def test_a_paper_of_another_customer_or_store_is_not_found(desk):
    one, other = desk.register().customer_id, desk.register().customer_id
    document = add(desk, one)
    with pytest.raises(DocumentNotFound):
        remove(desk, other, document)
    with pytest.raises(DocumentNotFound):
        remove(desk, one, document, scope=Scope(Reach.STORE, ("FT",), "m-2", "sales_manager"))
    assert len(listed(desk, one)) == 1


def test_the_dossier_holds_all_parts_masked_for_its_reader(desk):
    mobile, vin, plate = randoms.mobile(), randoms.vin(), randoms.plate()
    name = "欧<b>阳"
    customer = desk.register(
        name=name, mobile=mobile, id_no="440301197510200018", address="深圳市福田区深南大道1号",
        vehicle=VehicleGiven(vin, model="GL8", plate=plate),
    ).customer_id  # fmt: skip
    add(desk, customer, number="HN-2026-077")
    decide(desk, customer, allowed=False)
    car = made(VehicleDelivered, vin=vin, customer_id=customer, delivered_at=NOW, model="GL8")
    deliver(desk.transaction, timeline.hand_over, [received(car, subject_id=car.order_id)])

    item = plain(desk.read(lambda connection: dossier.dossier(connection, DossierAsked(customer), now=NOW)))
    assert schema_of(Dossier, tolerant=True).validate(item) == {}
    apply(plan_of(Dossier, ("receptionist",)), item, found=Found([], []), reader=Reader(("receptionist",)))
    page = render(item).decode()

    for told in (vin, plate, "HN-2026-077", "A-3-12", "满意度调查", "不同意", "交车", "深南大道", "4****************8"):
        assert told in page
    assert "欧&lt;b&gt;阳" in page
    assert "<b>" not in page
    assert mobile not in page
    assert f"{mobile[:3]}****{mobile[-4:]}" in page


def test_nobody_has_no_dossier(desk):
    with pytest.raises(CustomerNotFound):
        desk.read(lambda connection: dossier.dossier(connection, DossierAsked(uuid4()), now=NOW))
