"""What is past its time goes away by itself, or is put before somebody (PIPL 19, 47)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from contracts.customer.folder import AddDocument, DocumentType, Purpose, RecordConsent
from contracts.customer.policies import Act
from contracts.customer.privacy import RequestKind
from contracts.sales.events import OrderSigned
from contracts.workshop.events import VehicleReturned
from services.customer.folder.usecases import consents, documents
from tests.integration.customer.conftest import DESK, NOW, Desk
from tests.integration.customer.joining import merge
from tests.integration.customer.privacy import ask, asked, erase, keep_to_retention, publish, refuse
from tests.integration.customer.test_timeline import play
from tests.integration.customer.uploads import Office, as_csv
from tests.support import randoms
from tests.support.events import made, received

DAY = timedelta(days=1)
AGES_AGO = NOW.replace(year=1990)
"""Nobody else's customers of this session are that old."""


@pytest.fixture(autouse=True)
def no_runs_and_policies(desk: Desk) -> Iterator[None]:
    yield
    with desk.transaction() as session:
        session.execute(text("DELETE FROM retention_run"))
        session.execute(text("DELETE FROM policy WHERE code = 'RETENTION'"))


def met(desk: Desk, at: datetime, **given: Any) -> UUID:
    """Somebody who registered then, and of whom nothing was heard since."""
    return desk.register(now=at, **given).customer_id


def proposed(desk: Desk, who: UUID) -> list[Any]:
    return [row for row in asked(desk, customer_id=who).items if row.kind == RequestKind.EXPIRED]


def test_whom_nobody_met_for_three_years_is_proposed_once(desk):
    who = met(desk, AGES_AGO)
    keep_to_retention(desk, now=AGES_AGO.replace(year=1993))
    assert proposed(desk, who) == []
    then = AGES_AGO.replace(year=1993) + DAY
    keep_to_retention(desk, now=then)
    (row,) = proposed(desk, who)
    assert (row.recorded_by, row.received_at, row.due_at) == ("system", then, then + 30 * DAY)
    keep_to_retention(desk, now=then + DAY)
    assert len(proposed(desk, who)) == 1
    assert desk.view(who).status == "active"


def test_whoever_came_again_bought_or_has_something_open_is_not_proposed(desk):
    served, edited, orders, joined = (met(desk, AGES_AGO) for _ in range(4))
    recent = AGES_AGO.replace(year=1992)
    came = made(VehicleReturned, customer_id=served, returned_at=recent)
    signed = made(OrderSigned, customer_id=orders)
    play(desk, [received(came, subject_version=8, occurred_at=recent)])
    play(desk, [received(signed, subject_version=2, occurred_at=AGES_AGO)])
    desk.update(edited, email="a@example.com", now=recent)
    other = met(desk, recent)
    merge(desk, [other], into=joined, now=AGES_AGO)
    keep_to_retention(desk, now=AGES_AGO.replace(year=1994))
    for who in (served, edited, orders, joined):
        assert proposed(desk, who) == []


def test_a_proposal_that_was_refused_is_not_made_again_before_three_years_are_over(desk):
    who, then = met(desk, AGES_AGO), AGES_AGO.replace(year=1994)
    keep_to_retention(desk, now=then)
    refuse(desk, proposed(desk, who)[0].request_id, now=then)
    keep_to_retention(desk, now=then.replace(year=1997))
    assert proposed(desk, who) == []
    keep_to_retention(desk, now=then.replace(year=1997) + DAY)
    assert len(proposed(desk, who)) == 1


def test_where_the_policy_says_so_they_are_erased(desk):
    before, then = met(desk, AGES_AGO), AGES_AGO.replace(year=1994)
    keep_to_retention(desk, now=then)
    who, waits = met(desk, AGES_AGO), met(desk, AGES_AGO)
    ask(desk, waits, now=AGES_AGO)
    publish(desk, now=then, act=Act.ERASE)
    keep_to_retention(desk, now=then + DAY)
    assert [desk.view(one).status for one in (before, who, waits)] == ["erased", "erased", "active"]
    rows = desk.rows("SELECT kind, status, decided_by FROM privacy_request WHERE customer_id = :id", id=who)
    assert rows == [{"kind": "expired", "status": "carried_out", "decided_by": "system"}]


def test_who_publishes_is_told_first_how_many_customers_the_daily_check_will_find_by_it(desk):
    at = AGES_AGO.replace(year=1994)
    values: dict[str, dict[str, Any]] = {"two": {}, "long": {"relationship_years": 5}, "erase": {"act": Act.ERASE}}

    def told() -> dict[str, int]:
        trials = {name: {"relationship_years": 2, **value} for name, value in values.items()}
        return {name: publish(desk, now=at + DAY, dry_run=True, **value).total for name, value in trials.items()}

    before = told()
    who, waits = met(desk, AGES_AGO), met(desk, AGES_AGO)
    met(desk, AGES_AGO.replace(year=1993))
    ask(desk, waits, now=AGES_AGO)
    after = told()
    assert {name: after[name] - before[name] for name in values} == {"two": 1, "long": 0, "erase": 1}
    assert desk.rows("SELECT 1 FROM policy WHERE code = 'RETENTION'") == []
    done = publish(desk, now=at, relationship_years=2)
    assert (done.total, f"{done.total}位客户" in done.zh) == (after["two"], True)
    assert keep_to_retention(desk, now=at) == done.total
    assert len(proposed(desk, who)) == 1
    assert (told()["two"], told()["erase"]) == (0, after["erase"]), "who is proposed may still be erased"


def test_rows_and_parts_of_old_imports_go_and_their_counts_stay(desk):
    office = Office(desk)
    listed = as_csv([("赵某人", randoms.mobile())], headings=("姓名", "手机"))
    done, left = office.bring_in(listed), office.uploaded(listed)
    keep_to_retention(desk, now=NOW + 90 * DAY)
    assert len(office.report(done)) == 1
    keep_to_retention(desk, now=NOW + 91 * DAY)
    assert office.report(done) == []
    assert office.state(done).counts.created == 1
    assert desk.rows("SELECT 1 FROM import_part WHERE import_id = :id", id=left) == []


def test_proof_about_the_erased_goes_after_three_years_and_their_papers_after_ten(desk):
    who, other = met(desk, NOW), met(desk, NOW)
    desk.update(who, email="a@example.com")
    consent = RecordConsent(who, Purpose.SURVEY, True, text_version="1")
    desk.database.run(lambda session: consents.record_consent(session, consent, scope=DESK, now=NOW))
    paper = AddDocument(who, DocumentType.CONTRACT, "HT-1", "HN", "A-1")
    desk.database.run(lambda session: documents.add_document(session, paper, scope=DESK, now=NOW))
    merge(desk, [other], into=who)
    erase(desk, who)

    def left() -> dict[str, int]:
        tables = dict.fromkeys(("change", "consent", "privacy_request", "document"), "customer_id")
        return {
            table: len(desk.rows(f"SELECT 1 FROM {table} WHERE {column} = :id", id=who))
            for table, column in {**tables, "merge": "survivor_id"}.items()
        }

    keep_to_retention(desk, now=NOW.replace(year=2029))
    assert all(left().values())
    keep_to_retention(desk, now=NOW.replace(year=2029) + DAY)
    assert left() == {"change": 0, "consent": 0, "privacy_request": 0, "document": 1, "merge": 0}
    keep_to_retention(desk, now=NOW.replace(year=2036) + DAY)
    assert left()["document"] == 0
    assert desk.view(other).status == "erased"


def test_a_day_s_run_ends_and_tells_its_figures(desk):
    then = AGES_AGO.replace(year=1994)
    keep_to_retention(desk, now=then - DAY)
    before = REGISTRY.get_sample_value("crm_retention_total", {"what": "proposed"}) or 0
    for _ in range(60):
        met(desk, AGES_AGO)
    assert keep_to_retention(desk, now=then) == 60
    (run,) = desk.rows("SELECT * FROM retention_run WHERE day = :day", day=then.date())
    assert (run["figures"], run["finished_at"]) == ({"proposed": 60}, then)
    assert REGISTRY.get_sample_value("crm_retention_total", {"what": "proposed"}) == before + 60
    met(desk, AGES_AGO)
    assert keep_to_retention(desk, now=then) == 0


def test_requests_that_wait_too_long_are_counted(desk):
    ask(desk, met(desk, NOW), now=NOW)
    keep_to_retention(desk, now=NOW)
    before = REGISTRY.get_sample_value("crm_privacy_requests_overdue")
    keep_to_retention(desk, now=NOW + 31 * DAY)
    after = REGISTRY.get_sample_value("crm_privacy_requests_overdue")
    assert before is not None
    assert after is not None
    assert after > before
