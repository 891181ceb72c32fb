"""`crm access` and `crm privacy` as an auditor and an operator use them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from chassis.cli import main
from chassis.process import clock
from gateway import access_log
from gateway.access_log import Access, Link
from tests.support.databases import Databases
from tests.support.randoms import code

AT = datetime(2026, 3, 2, 9, 0, tzinfo=clock.LOCAL)
REVEAL, EXPORT = "customer.reveal_contact", "customer.download_export"


@pytest.fixture
def crm(databases: Databases) -> Callable[..., Result]:
    databases("gateway")
    variables = {"CRM_GATEWAY_DATABASE_URL": databases.url("gateway")}
    return lambda *words: CliRunner().invoke(main, words, env=variables)


@pytest.fixture
def read(databases: Databases) -> Callable[..., Link]:
    """`read("HN05", customer, at=…)` writes an access down."""

    def write(staff_id: str, subject: object, *, at: datetime, **said: Any) -> Link:
        values = {"operation": REVEAL, "reason": "回访", "request_id": code("request-"), **said}
        one = Access(staff_id=staff_id, subject_id=str(subject), **values)
        return databases("gateway").run(lambda session: access_log.write(session, one, now=at))

    return write


def test_verify_says_how_many_entries_fit_and_the_head(crm: Callable[..., Result], read: Callable[..., Link]) -> None:
    first, last = read("HN05", uuid4(), at=AT), read("HN05", uuid4(), at=AT)
    done = crm("access", "verify", "--expect", first.hash.hex(), "--expect", last.hash.hex())
    assert done.exit_code == 0
    assert done.stdout == f"access log: {last.position} entries, unbroken; head {last.hash.hex()}\n"


def test_verify_fails_when_an_anchor_is_not_there(crm: Callable[..., Result], read: Callable[..., Link]) -> None:
    known, lost = read("HN05", uuid4(), at=AT).hash.hex(), "ab" * 32
    done = crm("access", "verify", "--expect", known, "--expect", lost)
    assert done.exit_code == 1
    assert lost in done.stderr
    assert known not in done.stderr
    assert crm("access", "verify", "--expect", "abc").exit_code == 2


def test_verify_names_the_first_broken_entry(
    databases: Databases, crm: Callable[..., Result], read: Callable[..., Link]
) -> None:
    broken = read("HN05", uuid4(), at=AT)
    read("HN05", uuid4(), at=AT)
    change = "UPDATE access_log SET reason = %s WHERE position = %s"
    with databases.admin("gateway") as admin:
        admin.execute(change, ("别的", broken.position))
        try:
            done = crm("access", "verify")
        finally:
            admin.execute(change, ("回访", broken.position))
    assert done.exit_code == 1
    assert f"broken after {broken.position - 1} sound entries: entry {broken.position} (" in done.stderr
    assert crm("access", "verify").exit_code == 0


def test_the_export_is_a_table_that_computes_nothing(crm: Callable[..., Result], read: Callable[..., Link]) -> None:
    day = AT + timedelta(days=1)
    formulas = ['=HYPERLINK("http://x","y")', "+86", "-1", "@sum", "\t=1", "＝1", "'=1", "回访"]
    for minute, reason in enumerate(formulas):
        read("HN05", uuid4(), at=day + timedelta(minutes=minute), reason=reason)
    last = read("HN05", uuid4(), at=day + timedelta(hours=1), operation=EXPORT, customers=(uuid4(), uuid4()))
    read("HN05", uuid4(), at=day + timedelta(hours=2), reason="after it")
    done = crm("access", "export", "--from", "2026-03-03T00:00", "--to", (day + timedelta(hours=2)).isoformat())
    assert done.exit_code == 0, done.output
    assert done.stderr == "9 entries\n"
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"), newline="")))
    assert [row["理由"] for row in rows[:-1]] == ["'" + one for one in formulas[:-1]] + ["回访"]
    assert (rows[0]["时间"], rows[0]["员工"], rows[0]["文件内客户数"]) == ("2026-03-03 09:00:00.000", "HN05", "")
    assert (rows[-1]["操作"], rows[-1]["文件内客户数"], rows[-1]["哈希"]) == (EXPORT, "2", last.hash.hex())


def test_after_a_breach_every_customer_concerned_is_one_line(
    crm: Callable[..., Result], read: Callable[..., Link]
) -> None:
    thief, request = code("P"), code("request-")
    seen, in_file, in_both = sorted((uuid4() for _ in range(3)), key=str), uuid4(), uuid4()
    hours = [AT + timedelta(hours=hour) for hour in range(4)]
    read(thief, in_both, at=hours[0])
    read(thief, uuid4(), at=hours[1], operation=EXPORT, customers=(in_file, in_both), request_id=request)
    for customer in seen:
        read(thief, customer, at=hours[2])
    read(code("P"), seen[0], at=hours[2])
    read(thief, seen[0], at=hours[3], operation="customer.dossier")

    def lines(*words: str) -> dict[str, tuple[str, datetime, datetime]]:
        done = crm("privacy", "scope", *words)
        assert done.exit_code == 0, done.output
        cells = [line.split("\t") for line in done.stdout.splitlines()]
        assert done.stderr == f"{len(cells)} customers, seen {sum(int(cell[1]) for cell in cells)} times\n"
        return {c: (n, datetime.fromisoformat(a), datetime.fromisoformat(b)) for c, n, a, b in cells}

    assert lines("--staff", thief) == {
        str(in_both): ("2", hours[0], hours[1]),
        str(in_file): ("1", hours[1], hours[1]),
        str(seen[0]): ("2", hours[2], hours[3]),
        str(seen[1]): ("1", hours[2], hours[2]),
        str(seen[2]): ("1", hours[2], hours[2]),
    }
    assert set(lines("--request-id", request)) == {str(in_file), str(in_both)}
    assert set(lines("--staff", thief, "--from", hours[0].isoformat(), "--to", hours[1].isoformat())) == {str(in_both)}
    assert set(lines("--staff", thief, "--operation", "customer.dossier")) == {str(seen[0])}
    assert set(lines("--operation", EXPORT, "--from", "2026-03-02T10:00", "--to", "2026-03-02T10:01")) >= {str(in_file)}
    assert lines("--staff", code("P")) == {}


def test_the_scope_of_everything_is_not_asked_by_mistake(crm: Callable[..., Result]) -> None:
    done = crm("privacy", "scope")
    assert done.exit_code == 2
    assert "name a request, a person, an operation or a time" in done.stderr
