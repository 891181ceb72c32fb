"""Repair orders follow their customer when records are merged."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_rekeying_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add whose a repair order was before, and where customers live on."""
    op.add_column("repair_order", sa.Column("origin_customer_id", sa.Uuid))
    op.create_index("repair_order_by_customer", "repair_order", ["customer_id"])
    op.create_index("repair_order_by_origin", "repair_order", ["origin_customer_id"])
    create_rekeying_tables(op)
