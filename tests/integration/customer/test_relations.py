"""Households, employers, drivers, referrers (E7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.customer.operations import ById, CustomerKind
from contracts.customer.relations import AddRelation, EndRelation, RelationKind, Relations
from services.customer.folder.errors import RelationExists, RelationImpossible, RelationNotFound
from services.customer.folder.queries import contents
from services.customer.folder.usecases import relations
from services.customer.record.errors import CustomerNotFound, MomentAhead, PeriodInvalid
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.test_consents import merge_into


def relate(desk: Desk, one: UUID, kind: str, other: UUID, since: date | None = None) -> UUID:
    request = AddRelation(one, other, RelationKind(kind), since)
    return desk.database.run(lambda session: relations.add_relation(session, request, scope=DESK, now=NOW)).relation_id


def end(desk: Desk, customer: UUID, relation: UUID, until: date | None = None) -> None:
    request = EndRelation(customer, relation, until)
    desk.database.run(lambda session: relations.end_relation(session, request, scope=DESK, now=NOW))


def of(desk: Desk, customer: UUID) -> Relations:
    return desk.read(lambda connection: contents.relations(connection, ById(customer)))


def seen(desk: Desk, customer: UUID) -> list[tuple[Any, ...]]:
    return [(one.kind, one.reverse, one.other_id) for one in of(desk, customer).items]


def person(desk: Desk) -> UUID:
    return desk.register().customer_id


def company(desk: Desk) -> UUID:
    return desk.register(name="深圳顺达有限公司", kind=CustomerKind.COMPANY).customer_id


def test_a_relation_is_seen_from_both_sides(desk):
    father, child = person(desk), person(desk)
    relate(desk, father, "parent_of", child)
    assert seen(desk, father) == [("parent_of", False, child)]
    assert seen(desk, child) == [("parent_of", True, father)]
    assert of(desk, father).items[0].since == NOW.date()


def test_who_referred_a_customer_is_shown_with_him(desk):
    friend, customer = desk.register(name="介绍人"), person(desk)
    assert of(desk, customer).referrer is None
    relation = relate(desk, friend.customer_id, "referrer_of", customer)
    referrer = of(desk, customer).referrer
    assert referrer is not None
    assert (referrer.other_id, referrer.name) == (friend.customer_id, "介绍人")
    assert of(desk, friend.customer_id).referrer is None
    end(desk, customer, relation)
    assert of(desk, customer).referrer is None


def test_two_spouses_are_one_relation_whoever_is_named_first(desk):
    one, other = person(desk), person(desk)
    known = relate(desk, one, "spouse_of", other)
    with pytest.raises(RelationExists) as refused:
        relate(desk, other, "spouse_of", one)
    assert refused.value.details == {"relation_id": str(known)}
    assert len(seen(desk, one)) == len(seen(desk, other)) == 1


def test_what_is_over_is_kept_and_may_begin_again(desk):
    driver, firm = person(desk), company(desk)
    relation = relate(desk, driver, "driver_of", firm, NOW.date() - timedelta(days=9))
    end(desk, firm, relation, NOW.date() - timedelta(days=1))
    with pytest.raises(RelationNotFound):
        end(desk, firm, relation)
    relate(desk, driver, "driver_of", firm)
    assert [one.until for one in of(desk, firm).items] == [None, NOW.date() - timedelta(days=1)]


@pytest.mark.parametrize("kind", ["spouse_of", "parent_of"])
def test_a_company_has_no_family(desk, kind):
    with pytest.raises(RelationImpossible):
        relate(desk, person(desk), kind, company(desk))


def test_only_a_person_works_and_only_for_a_company(desk):
    firm, one = company(desk), person(desk)
    relate(desk, one, "employee_of", firm)
    for employee, employer in ((one, person(desk)), (company(desk), firm), (firm, one)):
        with pytest.raises(RelationImpossible):
            relate(desk, employee, "employee_of", employer)


def test_nobody_is_his_own_relative_nor_the_parent_of_his_parent(desk):
    one, other = person(desk), person(desk)
    with pytest.raises(RelationImpossible):
        relate(desk, one, "referrer_of", one)
    relate(desk, one, "parent_of", other)
    with pytest.raises(RelationImpossible):
        relate(desk, other, "parent_of", one)
    assert len(seen(desk, one)) == 1


def test_of_a_merged_record_the_survivor_has_the_relations(desk):
    loser, survivor, child = person(desk), person(desk), person(desk)
    relation = relate(desk, loser, "parent_of", child)
    between = relate(desk, loser, "spouse_of", survivor)
    with desk.transaction() as session:
        merge_into(session, loser, survivor)
    assert seen(desk, survivor) == seen(desk, loser) == [("parent_of", False, child)]
    assert seen(desk, child) == [("parent_of", True, survivor)]
    with pytest.raises(RelationExists):
        relate(desk, survivor, "parent_of", child)
    end(desk, survivor, relation)
    assert of(desk, child).items[0].until == NOW.date()
    assert between not in {one.relation_id for one in of(desk, survivor).items}


def test_days_and_customers_that_are_not_are_refused(desk):
    one, other = person(desk), person(desk)
    with pytest.raises(MomentAhead):
        relate(desk, one, "spouse_of", other, NOW.date() + timedelta(days=1))
    with pytest.raises(CustomerNotFound):
        relate(desk, one, "spouse_of", uuid4())
    relation = relate(desk, one, "spouse_of", other)
    with pytest.raises(PeriodInvalid):
        end(desk, one, relation, NOW.date() - timedelta(days=1))
    with pytest.raises(RelationNotFound):
        end(desk, person(desk), relation)
    assert of(desk, one).items[0].until is None
