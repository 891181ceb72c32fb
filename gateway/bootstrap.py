"""The first administrator: `crm bootstrap --account admin`. There are no default accounts.

The one-time password is printed as JSON, or taken from CRM_BOOTSTRAP_PASSWORD and not printed.
It opens nothing but the way to a password of one's own, for 24 hours. Safe to repeat:
an account that chose its own password is left alone, one that let the 24 hours pass gets another day.
"""

from __future__ import annotations

import secrets
from datetime import datetime

import click
import orjson
from sqlalchemy.orm import Session

from chassis.process import clock
from chassis.process.settings import Environment, named
from chassis.store.database import Database
from contracts.refusals import Refusal
from gateway import organisation
from gateway.accounts import INITIAL_FOR
from gateway.models import Account
from gateway.passwords import make_hash, require_strong


@click.command("bootstrap")
@click.option("--account", required=True, help="The administrator's account.")
@click.option("--name", default="系统管理员", help="How he is shown.")
@click.option("--keep", is_flag=True, help="In a test system: the password need not be changed.")
def main(account: str, name: str, keep: bool) -> None:
    """Create the first administrator."""
    env = Environment()
    if keep and not env.flag("CRM_TEST_MODE"):
        raise click.UsageError("--keep is for test systems (CRM_TEST_MODE)")
    given = env.text("CRM_BOOTSTRAP_PASSWORD", "")
    password = given or secrets.token_urlsafe(15)
    now = clock.now()
    until = None if keep else now + INITIAL_FOR
    database = Database(env.text(named("gateway", "DATABASE_URL")), service="gateway", pool_size=1)
    try:
        require_strong(password, account=account)
        changed = database.run(
            lambda session: ensure(session, account, name, make_hash(password), until=until, now=now)
        )
    except Refusal as refusal:
        raise click.ClickException(refusal.wire()["en"]) from None
    finally:
        database.close()
    shown = password if changed and not given else None
    click.echo(orjson.dumps({"account": account, "changed": changed, "password": shown}))


def ensure(
    session: Session, account: str, name: str, password_hash: str, *, until: datetime | None, now: datetime
) -> bool:
    """The account is there; returns whether its password is the given one now."""
    known = session.get(Account, account, with_for_update=True)
    if known is None:
        organisation.employ(
            session,
            code=account,
            name=name,
            roles=[organisation.ADMIN],
            stores=[],
            password_hash=password_hash,
            initial_until=until,
            now=now,
        )
        return True
    if known.initial_until is None or now < known.initial_until:
        return False
    known.password_hash, known.initial_until, known.changed_at = password_hash, until, now
    return True


if __name__ == "__main__":
    main()
