"""The gateway's own operations: one table, operation → function, called in this process instead of over the broker.

A command is one transaction with its key claimed and its response kept, as in the services.
What has to do with passwords and tokens (`gateway/accounts.py`) is never kept: a response there may be a secret.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis import idempotency
from chassis.context import Call
from chassis.database import Database
from chassis.outbox import Cause, set_cause
from contracts import shapes
from contracts.envelope import Doer
from contracts.gateway import operations
from contracts.operation import Operation
from gateway import access_log, organisation
from gateway.accounts import Accounts, Visitor
from gateway.clock import TestClock

Function = Callable[[Any, Call, Visitor], object]


@dataclass(frozen=True, slots=True)
class LocalOperations:
    """Answers like a service would."""

    database: Database
    accounts: Accounts
    clock: TestClock

    def table(self) -> dict[str, Function]:
        """Every operation of the gateway and its function."""
        return {
            operations.log_in.name: self.accounts.log_in,
            operations.log_out.name: self.accounts.log_out,
            operations.change_password.name: self.accounts.change_password,
            operations.who_am_i.name: self._query(organisation.who_am_i),
            operations.create_dealer.name: self._command(operations.create_dealer, organisation.create_dealer),
            operations.create_store.name: self._command(operations.create_store, organisation.create_store),
            operations.list_stores.name: self._query(organisation.list_stores),
            operations.create_staff.name: self._create_staff,
            operations.change_staff.name: self._change_staff,
            operations.list_staff.name: self._query(organisation.list_staff),
            operations.list_access.name: self._query(access_log.list_access),
            operations.set_clock.name: self.clock.set_clock,
        }
