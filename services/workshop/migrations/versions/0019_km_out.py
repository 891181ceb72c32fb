"""The odometer is read with the work done, too; of orders of before nobody wrote down what it showed then."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the reading, when it was made, and whether it fits."""
    op.add_column("repair_order", sa.Column("km_out", sa.BigInteger))
    op.add_column("repair_order", sa.Column("km_out_at", sa.DateTime(timezone=True)))
    op.add_column("repair_order", sa.Column("km_out_status", sa.String(20), nullable=False, server_default="OK"))
    op.create_check_constraint("repair_order_km_out_read", "repair_order", "(km_out IS NULL) = (km_out_at IS NULL)")
