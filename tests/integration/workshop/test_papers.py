"""What stands on a repair's sheets: what was stored, and of the same version the same whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.process.clock import LOCAL
from contracts.workshop import papers as contract
from contracts.workshop.jobs import RepairCategory
from contracts.workshop.operations import JobLine, PayType
from services.workshop.certificates.errors import KmOutBelowIn, NotCertified, NotInspected
from services.workshop.papers import queries
from services.workshop.papers.errors import SettlementNotFound
from services.workshop.repair_orders.errors import RepairOrderNotFound
from tests.integration.workshop.people import NOW, OIL, WINDOW, Workshop

LAMP = JobLine("左前大灯", 30_000)


def sheet(workshop: Workshop, ro_id: UUID) -> contract.RepairSheet:
    asked, scope = contract.RepairSheetAsked(ro_id), workshop.scope("repair_sheet", "advisor")
    return workshop.database.read(lambda reading: queries.repair_sheet(reading, asked, scope=scope))


def settlement(workshop: Workshop, settlement_id: UUID) -> contract.SettlementSheet:
    asked, scope = contract.SettlementSheetAsked(settlement_id), workshop.scope("settlement_sheet", "finance")
    return workshop.database.read(lambda reading: queries.settlement_sheet(reading, asked, scope=scope))


def certificate(workshop: Workshop, ro_id: UUID) -> contract.RepairCertificate:
    asked, scope = contract.RepairSheetAsked(ro_id), workshop.scope("repair_certificate", "advisor")
    return workshop.database.read(lambda reading: queries.repair_certificate(reading, asked, scope=scope))


def certify(
    workshop: Workshop, ro_id: UUID, category: RepairCategory = RepairCategory.MINOR, km_out: int = 50_003, **asked: Any
) -> contract.RepairCertificate:
    told: contract.RepairCertificate = workshop.do(
        "certify_repair", "inspector", ro_id=ro_id, category=category, km_out=km_out, **asked
    )
    return told


def test_a_consent_on_paper_is_for_the_version_it_was_given_for(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL, WINDOW)
    workshop.authorize(ro_id)
    workshop.move("add_line", "advisor", ro_id, line=LAMP, now=NOW + timedelta(hours=1))
    told = sheet(workshop, ro_id)
    (said,) = told.consents
    assert (said.said_by, said.version, said.lines, said.up_to_fen) == ("张伟", 1, [1, 2], 30_000)
    assert (told.unanswered, told.authorized_fen, told.version) == ([3], 30_000, 3)
    assert told.changed_at == NOW + timedelta(hours=1)
    assert [(one.payer, one.amount_fen, one.vat_fen) for one in told.payers] == [
        ("CUSTOMER", 60_000, 6_903), ("WARRANTY", 80_000, 9_204),
    ]  # fmt: skip


def test_an_estimate_and_its_settlement_reckon_alike(workshop: Workshop) -> None:
    """Estimate, sheet and invoice use the one method (odoo/odoo#37896)."""
    ro_id = workshop.ready(*(JobLine(name, 500) for name in ("检查", "清洁", "润滑")))
    (estimated,) = sheet(workshop, ro_id).payers
    workshop.settle(ro_id)
    made = workshop.standing(ro_id)
    assert (estimated.amount_fen, estimated.vat_fen) == (made.amount_fen, made.vat_fen) == (1_500, 173)
    assert [line.vat_fen for line in settlement(workshop, made.settlement_id).lines] == [58, 58, 57]


def test_a_settlement_prints_what_was_stored_whatever_becomes_of_the_order(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL, WINDOW)
    issued = certify(workshop, ro_id)
    workshop.settle(ro_id)
    made = workshop.standing(ro_id)
    first = settlement(workshop, made.settlement_id)
    assert (first.km_in, first.km_out, first.category, first.guarantee_km) == (50_000, 50_003, "minor", 2_000)
    assert (first.number, first.guarantee_days) == (made.number, issued.guarantee_days)
    workshop.correct_km(ro_id, km=49_000)
    certify(workshop, ro_id, RepairCategory.SECOND_MAINTENANCE)
    workshop.pay(ro_id, 80_000, payer=PayType.WARRANTY)
    assert settlement(workshop, made.settlement_id) == first
    workshop.pay(ro_id, 10_000)
    again = settlement(workshop, made.settlement_id)
    assert (again.version, again.paid_fen, again.balance_fen, again.lines) == (2, 10_000, 20_000, first.lines)


def test_a_void_settlement_prints_its_old_lines(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    workshop.settle(ro_id)
    made = workshop.standing(ro_id)
    workshop.move("void_settlement", "finance", ro_id, reason="付款方有误")
    workshop.move("change_line", "advisor", ro_id, position=1, amount_fen=10_000)
    told = settlement(workshop, made.settlement_id)
    assert (told.state, told.amount_fen, [line.amount_fen for line in told.lines]) == ("void", 30_000, [30_000])


def test_whether_a_certificate_was_issued_stands_with_the_order_s_money_so_that_nobody_prints_what_is_not_there(
    workshop: Workshop,
) -> None:
    ro_id = workshop.ready(OIL)
    assert workshop.money(ro_id).certificate is None
    certify(workshop, ro_id)
    newest = certify(workshop, ro_id, RepairCategory.SECOND_MAINTENANCE, now=NOW + timedelta(hours=1))
    assert workshop.money(ro_id).certificate == newest.number


def test_a_certificate_says_three_weeks_later_what_it_said_first(workshop: Workshop) -> None:
    """A reprint that showed today as the day of arrival, and 2 000 km whatever was done (template 47120050894)."""
    ro_id = workshop.ready(OIL, WINDOW)
    with pytest.raises(NotCertified):
        certificate(workshop, ro_id)
    issued = certify(workshop, ro_id, RepairCategory.SECOND_MAINTENANCE, now=NOW + timedelta(hours=5))
    assert (issued.guarantee_km, issued.guarantee_days) == (5_000, 30)
    assert (issued.inspector_id, issued.issued_by, issued.work) == ("inspector", "inspector", ["机油更换", "车窗异响"])
    assert issued.number.startswith(f"{workshop.store}-CC-20261123-")
    workshop.settle(ro_id)
    workshop.give_back(ro_id, now=datetime(2026, 12, 14, 9, tzinfo=LOCAL))
    workshop.correct_km(ro_id, km=49_000)
    assert certificate(workshop, ro_id) == issued


def test_the_newest_certificate_counts(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    certify(workshop, ro_id)
    anew = certify(workshop, ro_id, RepairCategory.ASSEMBLY)
    assert certificate(workshop, ro_id) == anew


def test_nothing_is_certified_that_was_not_inspected_or_ran_backwards(workshop: Workshop) -> None:
    ro_id = workshop.open(OIL)
    with pytest.raises(NotInspected):
        certify(workshop, ro_id)
    with pytest.raises(KmOutBelowIn):
        certify(workshop, workshop.ready(OIL), km_out=49_999)


def test_what_was_read_below_the_reading_before_and_taken_is_certified_as_it_was_taken(workshop: Workshop) -> None:
    """An instrument that was replaced in our hands: handed back with a mark, and refused a certificate ever after."""
    ro_id = workshop.ready(OIL)
    workshop.settle(ro_id)
    handed_back = workshop.give_back(ro_id, km_out=12)
    assert (handed_back.km_out, handed_back.km_out_status) == (12, "LOWER")
    issued = certify(workshop, ro_id, km_out=12)
    assert (issued.km_in, issued.km_out) == (50_000, 12)
    with pytest.raises(KmOutBelowIn):
        certify(workshop, ro_id, km_out=13)


def test_pressed_at_three_desks_at_once_one_certificate_is_issued(workshop: Workshop) -> None:
    ro_id = workshop.ready(OIL)
    with ThreadPoolExecutor(3) as desks:
        issued = list(desks.map(lambda _: certify(workshop, ro_id), range(3)))
    assert len({one.number for one in issued}) == 1
    assert certificate(workshop, ro_id) == issued[0]
    workshop.correct_km(ro_id, km=49_000)
    assert certify(workshop, ro_id).number != issued[0].number, "it says another reading"


def test_another_stores_papers_are_not_there(workshop: Workshop, elsewhere: Callable[[], Workshop]) -> None:
    ro_id, other = workshop.ready(OIL), elsewhere()
    certify(workshop, ro_id)
    workshop.settle(ro_id)
    made = workshop.standing(ro_id)
    with pytest.raises(RepairOrderNotFound):
        sheet(other, ro_id)
    with pytest.raises(RepairOrderNotFound):
        certificate(other, ro_id)
    with pytest.raises(SettlementNotFound):
        settlement(other, made.settlement_id)
