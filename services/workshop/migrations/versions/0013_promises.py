"""Whether promises hold: how long work went on, what advisors were told, and why another time was promised."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add them; of orders of before nobody measured how long their work went on."""
    moment = sa.DateTime(timezone=True)
    op.add_column("repair_order", sa.Column("promise_reason", sa.String, nullable=False, server_default=""))
    op.add_column("repair_order", sa.Column("worked_hours", sa.Numeric, nullable=False, server_default="0"))
    op.create_index("repair_order_by_technician", "repair_order", ["technician_id", "ready_at"])
    op.create_index("stage_entry_waits", "stage_entry", ["at"], postgresql_where=sa.text("stage LIKE 'waiting%'"))
    op.create_table(
        "promise_watch",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("order_version", sa.BigInteger, nullable=False),
        sa.Column("promised_at", moment),
        sa.Column("told", sa.String(20), nullable=False),
        sa.Column("looked_at", moment),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
