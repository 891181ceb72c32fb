"""A reading that does not fit is kept and marked; one that was corrected keeps what was read first, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the mark and the correction; readings of before were never below an earlier one."""
    op.add_column("repair_order", sa.Column("km_status", sa.String(20), nullable=False, server_default="OK"))
    op.add_column("repair_order", sa.Column("first_km", sa.BigInteger))
    op.add_column("repair_order", sa.Column("km_reason", sa.String, nullable=False, server_default=""))
