"""Orders of a test's system take the preset SHORT: contract, car, money. Tests of steps publish FULL for a store."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from contracts.sales.policies import DELIVERY_STEPS, ORDER_IDENTITY, SHORT, IdentityNeeded
from contracts.shapes import plain

_PUBLISH = """
    INSERT INTO policy (code, effective_from, value, published_by, published_at)
    VALUES (%s, '2000-01-01+08', %s, 'tests', now()) ON CONFLICT DO NOTHING
"""


def take_short_steps(sales: psycopg.Connection[Any]) -> None:
    """Let the whole group take the short steps, as of long ago; the connection is to the database of sales."""
    sales.execute(_PUBLISH, [DELIVERY_STEPS.code, Jsonb(plain(SHORT))])
    sales.execute(_PUBLISH, [ORDER_IDENTITY.code, Jsonb(plain(IdentityNeeded(numbered=False)))])
