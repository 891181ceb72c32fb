"""A price is made of lines; who wrote it, changed it last and approved it. Those of before are the car's alone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the lines, one to each order, with the tax of now."""
    for name in ("created_by", "edited_by"):
        op.add_column("sales_order", sa.Column(name, sa.String, nullable=False, server_default=""))
    for name in ("discount_fen", "gift_fen"):
        op.add_column("sales_order", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sales_order", sa.Column("approved_by", sa.String))
    op.add_column("sales_order", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.add_column("sales_order", sa.Column("reject_reason", sa.String))
    op.execute("UPDATE sales_order SET created_by = consultant_id, edited_by = consultant_id, approved_at = created_at")
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("list_fen", sa.BigInteger, nullable=False),
        sa.Column("discount_fen", sa.BigInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("vat_fen", sa.BigInteger, nullable=False),
    )
    op.execute(
        "INSERT INTO order_line (order_id, position, kind, description, list_fen, discount_fen, amount_fen, vat_fen)"
        " SELECT id, 1, 'car', model, total_fen, 0, total_fen, total_fen - round(total_fen / 1.13) FROM sales_order"
    )
