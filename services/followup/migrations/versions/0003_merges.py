"""Visits follow their customer when records are merged; two that are one then become one."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_rekeying_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add whose a visit was before, which visit it is made with, and where customers live on."""
    op.add_column("visit", sa.Column("origin_customer_id", sa.Uuid))
    op.add_column("visit", sa.Column("made_with", sa.Uuid))
    op.create_index("visit_by_origin", "visit", ["origin_customer_id"])
    op.create_index("visit_by_trigger", "visit", ["trigger_id"])
    create_rekeying_tables(op)
