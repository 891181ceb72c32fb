"""Owner, bringer and payer of a repair are apart where they are, and each follows his own record (C7, C19)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import uuid_utils.compat as uuids

from chassis.customers import rekeying
from contracts.customer.events import DocumentMoved
from contracts.refusals import InvalidRequest, StaleVersion
from contracts.workshop import operations, parties
from contracts.workshop import settlements as money
from contracts.workshop.events import RepairOrdersRekeyed
from contracts.workshop.operations import PayType, Stage
from contracts.workshop.parties import RepairParty, RepairPayer, RepairRole
from services.workshop.parties.errors import RepairPayerTwice, RepairPayerUnclear
from services.workshop.parties.models import REPAIR_PARTIES
from services.workshop.repair_orders import queries
from services.workshop.repair_orders.errors import RepairOrderNotFound, StageNotAllowed
from services.workshop.repair_orders.models import REPAIR_ORDERS
from services.workshop.repair_orders.usecases import parties as naming
from services.workshop.settlements import queries as receivables
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop
from tests.integration.workshop.test_papers import settlement, sheet
from tests.support.events import deliver, twice_shuffled
from tests.support.records import merged, parted, unmerged

INSURER = RepairPayer(PayType.INSURANCE, firm="平安财险")


def name(workshop: Workshop, ro_id: UUID, **asked: Any) -> parties.RepairParties:
    wanted = parties.NameRepairParties(ro_id, **asked)
    scope = workshop.scope("name_repair_parties", "advisor")
    return workshop.database.run(lambda session: naming.name_repair_parties(session, wanted, scope=scope, now=NOW))


def shown(workshop: Workshop, ro_id: UUID) -> list[RepairParty]:
    asked, scope = operations.RepairOrderById(ro_id), workshop.scope("repair_parties", "finance")
    return workshop.database.read(lambda reading: queries.repair_parties(reading, asked, scope=scope)).items


def hear(workshop: Workshop, events: Any) -> None:
    """As the consumer does, one by one."""

    def handle(session: Any, some: Any) -> None:
        rekeying.follow(session, some[0], [REPAIR_ORDERS, REPAIR_PARTIES], acknowledge=RepairOrdersRekeyed)

    for event in events:
        deliver(workshop.database.transaction, handle, [event])


def test_who_brings_a_car_and_who_pays_is_said_anew_and_whole(workshop: Workshop) -> None:
    ro_id, driver, firm = workshop.open(OIL), uuid4(), uuid4()
    told = name(workshop, ro_id, bringer_id=driver, payers=[INSURER, RepairPayer(PayType.CUSTOMER, customer_id=firm)])
    assert told.items == shown(workshop, ro_id)
    assert told.items == [
        RepairParty(RepairRole.BRINGER, None, driver, None),
        RepairParty(RepairRole.PAYER, PayType.CUSTOMER, firm, None),
        RepairParty(RepairRole.PAYER, PayType.INSURANCE, None, "平安财险"),
    ]
    assert (told.version, workshop.recorded(ro_id)[-1]) == (2, ("repair_parties_changed", 2))
    assert name(workshop, ro_id).items == [], "it is the customer again"


@pytest.mark.parametrize(
    ("payers", "refused"),
    [
        ([RepairPayer(PayType.CUSTOMER)], RepairPayerUnclear),
        ([RepairPayer(PayType.CUSTOMER, uuid4(), "公司")], RepairPayerUnclear),
        ([INSURER, RepairPayer(PayType.INSURANCE, firm="太平洋保险")], RepairPayerTwice),
    ],
    ids=["nobody", "in two ways", "two of one kind"],
)
def test_a_payer_is_named_in_one_way_and_once(
    workshop: Workshop, payers: list[RepairPayer], refused: type[Exception]
) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(refused):
        name(workshop, ro_id, payers=payers)
    assert (shown(workshop, ro_id), workshop.shown(ro_id).version) == ([], 1)


def test_once_the_invoice_is_made_nobody_else_pays_it(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL, WINDOW)
    name(workshop, ro_id, payers=[RepairPayer(PayType.WARRANTY, firm="厂家")])
    workshop.settle(ro_id)
    with pytest.raises(StageNotAllowed):
        name(workshop, ro_id)
    workshop.move("void_settlement", "finance", ro_id, reason="付款人有误")
    name(workshop, ro_id)
    assert workshop.shown(ro_id).stage is Stage.READY


def test_only_the_order_that_was_looked_at_is_changed_and_only_by_its_store(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(StaleVersion):
        name(workshop, ro_id, bringer_id=uuid4(), expected_version=7)
    with pytest.raises(RepairOrderNotFound):
        name(workshop.of("X" + workshop.store[1:]), ro_id, bringer_id=uuid4())


def test_who_is_no_customer_is_named_by_the_field(workshop: Workshop) -> None:
    known, stranger = uuid4(), uuid4()

    def ask(_operation: Any, asked: Any) -> Any:
        return type("Known", (), {"customer_ids": [one for one in asked.customer_ids if one == known]})

    for asked, fields in (
        (parties.NameRepairParties(uuid4(), stranger), {"bringer_id"}),
        (parties.NameRepairParties(uuid4(), known, [RepairPayer(PayType.CUSTOMER, stranger)]), {"payers"}),
    ):
        with pytest.raises(InvalidRequest) as refused:
            naming.require_parties(asked, read=lambda reader: reader, ask=ask)
        errors = refused.value.details["errors"]
        assert isinstance(errors, dict)
        assert errors.keys() == fields
    naming.require_parties(parties.NameRepairParties(uuid4(), known, [INSURER]), read=lambda reader: reader, ask=ask)


def test_papers_say_who_brought_it_and_each_settlement_who_pays_it(workshop: Workshop) -> None:
    ro_id, driver = workshop.ready(OIL, WINDOW), uuid4()
    name(workshop, ro_id, bringer_id=driver, payers=[RepairPayer(PayType.WARRANTY, firm="厂家")])
    assert [one.role for one in sheet(workshop, ro_id).parties] == ["bringer", "payer"]
    workshop.settle(ro_id)
    his = settlement(workshop, workshop.standing(ro_id).settlement_id)
    makers = settlement(workshop, workshop.standing(ro_id, PayType.WARRANTY).settlement_id)
    assert [(one.role, one.firm) for one in his.parties] == [("bringer", None)]
    assert [(one.role, one.firm) for one in makers.parties] == [("bringer", None), ("payer", "厂家")]


def test_what_a_customer_pays_of_anothers_repair_is_among_what_he_owes(workshop: Workshop) -> None:
    ro_id, firm = workshop.ready(OIL, WINDOW), uuid4()
    name(workshop, ro_id, payers=[RepairPayer(PayType.CUSTOMER, customer_id=firm)])
    workshop.settle(ro_id)
    asked, scope = money.ListRepairReceivables(customer_id=firm), workshop.scope("list_repair_receivables", "finance")
    found = workshop.database.read(lambda reading: receivables.list_repair_receivables(reading, asked, scope=scope))
    assert [(one.ro_id, one.payer, one.balance_fen) for one in found.items] == [(ro_id, PayType.CUSTOMER, 30_000)]


@pytest.mark.parametrize("seed", range(4))
def test_each_follows_his_own_record_and_an_order_that_is_anothers_takes_none_along(
    workshop: Workshop, seed: int
) -> None:
    owner, new, driver, survivor = (uuids.uuid7() for _ in range(4))
    ro_id = workshop.open(OIL, customer=owner)
    name(workshop, ro_id, bringer_id=driver)
    join = merged([driver], into=survivor)
    hear(workshop, twice_shuffled([join], seed=seed))
    assert [one.customer_id for one in shown(workshop, ro_id)] == [survivor]
    assert workshop.shown(ro_id).customer_id == owner
    hear(workshop, twice_shuffled([join, unmerged([driver], of=survivor)], seed=seed))
    assert [one.customer_id for one in shown(workshop, ro_id)] == [driver]
    moved = DocumentMoved("repair_order", str(ro_id), new, 1)
    hear(workshop, twice_shuffled([parted(owner, new, moved)], seed=seed))
    assert (workshop.shown(ro_id).customer_id, shown(workshop, ro_id)[0].customer_id) == (new, driver)
