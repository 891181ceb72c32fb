"""What the gateway answered to its own commands is forgotten in time, as every service does."""

from __future__ import annotations

from datetime import timedelta

from click.testing import CliRunner
from sqlalchemy import text

from chassis.cli import main
from chassis.process import clock
from chassis.store.idempotency import REMEMBERED
from tests.support.databases import Databases
from tests.support.randoms import code

KEPT = text(
    "INSERT INTO command_log (staff_id, key, operation, fingerprint, response, created_at)"
    " VALUES ('HN05', :key, 'gateway.save_views', '\\x00', '\\x7b7d', :at)"
)


def test_a_command_of_a_quarter_ago_is_forgotten_by_the_clock_and_one_of_today_is_not(databases: Databases) -> None:
    db = databases("gateway")
    old, new = code("old-"), code("new-")
    ages = ((old, REMEMBERED + timedelta(days=1)), (new, timedelta()))
    rows = [{"key": key, "at": clock.now() - age} for key, age in ages]
    db.run(lambda session: session.execute(KEPT, rows))
    variables = {"CRM_GATEWAY_DATABASE_URL": databases.url("gateway")}
    done = CliRunner().invoke(main, ("schedule", "run", "gateway.old_commands"), env=variables)
    assert done.exit_code == 0, done.output
    kept = db.read(lambda reading: reading.execute(text("SELECT key FROM command_log")).scalars().all())
    assert (old in kept, new in kept) == (False, True)
