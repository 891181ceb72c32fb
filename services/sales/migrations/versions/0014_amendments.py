"""A price that stands is changed by an amendment, whose lines stand beside those that were approved first."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add amendments, and to each line the number of the one it is of."""
    op.add_column("sales_order", sa.Column("amendment", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sales_order", sa.Column("price_waits", sa.Boolean, nullable=False, server_default="false"))
    op.add_column("order_line", sa.Column("amendment", sa.BigInteger, nullable=False, server_default="0"))
    op.drop_constraint("order_line_pkey", "order_line")
    op.create_primary_key("order_line_pkey", "order_line", ["order_id", "amendment", "position"])
    op.create_table(
        "order_amendment",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("before_fen", sa.BigInteger, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("discount_fen", sa.BigInteger, nullable=False),
        sa.Column("gift_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reject_reason", sa.String),
    )
    op.create_index(
        "order_amendment_one_waits",
        "order_amendment",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
