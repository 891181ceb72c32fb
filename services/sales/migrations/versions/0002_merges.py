"""Orders follow their customer when records are merged."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_rekeying_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add whose an order was before, and where customers live on."""
    op.add_column("sales_order", sa.Column("origin_customer_id", sa.Uuid))
    op.create_index("sales_order_by_origin", "sales_order", ["origin_customer_id"])
    create_rekeying_tables(op)
