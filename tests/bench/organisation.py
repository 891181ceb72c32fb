"""The dealer group that the measured system works for: three stores, one person per role in the first of them."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass

from contracts.sales.policies import DELIVERY_STEPS, ORDER_IDENTITY, SHORT, IdentityNeeded
from contracts.shapes import plain
from deploy.local.stack import Stack
from simulator.client import Client
from tests.bench.people import STORES
from tests.support.business import STORE

ADMIN = "admin"
ROLES = ("leader", "receptionist", "consultant", "sales_manager", "finance", "advisor", "technician", "inspector")

UNLIMITED = 1_000_000
"""Searches by phone in a day: one person here asks for as many customers as a whole group's."""


@dataclass(frozen=True)
class Organisation:
    """Accounts by role, as `tests.support.business.Desk` wants them."""

    base_url: str
    accounts: dict[str, tuple[str, str]]

    def tokens(self, role: str, *, count: int) -> list[str]:
        """So many sessions of the person with this role."""
        return [self._log_in(*self.accounts[role]) for _ in range(count)]

    def headers(self, token: str) -> dict[str, str]:
        """What a frontend sends with every request."""
        return {"Authorization": f"Bearer {token}", "X-Store-Id": STORE, "Accept-Language": "zh"}

    def _log_in(self, account: str, password: str) -> str:
        client = Client.log_in(self.base_url, account, password)
        client.close()
        return str(client.token)


def found(stack: Stack) -> Organisation:
    """Open the group's stores and hire its people, over the public API."""
    password = secrets.token_urlsafe(12)
    kept = {"CRM_BOOTSTRAP_PASSWORD": password, "CRM_TEST_MODE": "1"}  # for this command only, not for the system
    command = [sys.executable, "-W", "ignore", "-m", "gateway.bootstrap", "--account", ADMIN, "--keep"]
    environment = os.environ | stack.env_for("gateway") | kept
    subprocess.run(command, env=environment, check=True, capture_output=True)
    boss = Client.log_in(stack.base_url, ADMIN, password)
    boss.post("/dealers", {"code": "HT", "name": "红彤"})
    for code in STORES:
        boss.post("/stores", {"code": code, "name": f"{code}店", "dealer_code": "HT"})
    accounts = {role: hire(boss, role) for role in ROLES}
    boss.close()
    leader = Client.log_in(stack.base_url, *accounts["leader"])
    leader.post("/policies", {"code": "SEARCH_RATION", "value": {"given_a_day": UNLIMITED}})
    leader.post("/policies", {"code": DELIVERY_STEPS.code, "value": plain(SHORT)})
    leader.post("/policies", {"code": ORDER_IDENTITY.code, "value": plain(IdentityNeeded(numbered=False))})
    leader.close()
    return Organisation(stack.base_url, accounts)


def hire(boss: Client, role: str) -> tuple[str, str]:
    """Account and password of somebody new, who has chosen his own password."""
    initial, chosen = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    person = {"code": role, "name": role, "roles": [role], "stores": [STORE], "initial_password": initial}
    boss.post("/staff", person)
    first = Client.log_in(boss.base_url, role, initial)
    first.post("/me/password", {"old_password": initial, "new_password": chosen})
    first.close()
    return role, chosen
