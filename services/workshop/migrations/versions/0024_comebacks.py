"""What may be work of ours done again, of which first repair, and what a person said of it (C9)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the table, and the index by which a vehicle's earlier work about a part is found."""
    op.create_table(
        "comeback",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("fault_group", sa.String(20), nullable=False),
        sa.Column("cause_order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("cause_position", sa.BigInteger, nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("technicians", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("judged", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.String),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("pay_type", sa.String(20)),
        sa.Column("shares", postgresql.JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "position"], ["job_line.order_id", "job_line.position"], name="comeback_line_exists"
        ),
        sa.UniqueConstraint("order_id", "position", name="comeback_of_line_once"),
    )
    op.create_index("comeback_by_store", "comeback", ["store_id", "found_at"])
    op.create_index("comeback_of_cause", "comeback", ["cause_order_id", "cause_position"])
    op.create_index("comeback_suspected", "comeback", ["order_id"], postgresql_where=sa.text("state = 'suspected'"))
