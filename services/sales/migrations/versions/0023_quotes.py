"""Quotes with their versions and lines; an order says of which one it is. Orders of before are of none."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "quote",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("consultant_id", sa.String, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("quote_version", sa.BigInteger, nullable=False),
        sa.Column("order_id", sa.Uuid),
    )
    op.create_index("quote_by_store", "quote", ["store_id", "created_at"])
    op.create_index("quote_by_customer", "quote", ["customer_id"])
    op.create_index("quote_by_origin", "quote", ["origin_customer_id"])
    op.create_table(
        "quote_version",
        sa.Column("quote_id", sa.Uuid, sa.ForeignKey("quote.id"), primary_key=True),
        sa.Column("quote_version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("discount_fen", sa.BigInteger, nullable=False),
        sa.Column("gift_fen", sa.BigInteger, nullable=False),
        sa.Column("written_by", sa.String, nullable=False),
        sa.Column("written_at", moment, nullable=False),
        sa.Column("edited_by", sa.String, nullable=False),
        sa.Column("approved_by", sa.String),
        sa.Column("approved_at", moment),
        sa.Column("reject_reason", sa.String),
        sa.Column("presented_at", moment),
        sa.Column("valid_until", sa.Date),
        sa.Column("ended_at", moment),
        sa.Column("lost_reason", sa.String(20)),
        sa.Column("lost_remark", sa.String),
        sa.Column("definition_id", sa.Uuid),
        sa.Column("colour", sa.String, nullable=False, server_default=""),
    )
    op.create_index(
        "quote_version_open",
        "quote_version",
        ["valid_until"],
        postgresql_where=sa.text("status IN ('approved', 'presented')"),
    )
    op.create_index(
        "quote_version_waits", "quote_version", ["quote_id"], postgresql_where=sa.text("status = 'approval_pending'")
    )
    op.create_table(
        "quote_line",
        sa.Column("quote_id", sa.Uuid, primary_key=True),
        sa.Column("quote_version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("list_fen", sa.BigInteger, nullable=False),
        sa.Column("discount_fen", sa.BigInteger, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("vat_fen", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id", "quote_version"], ["quote_version.quote_id", "quote_version.quote_version"]
        ),
    )
    op.add_column("sales_order", sa.Column("quote_id", sa.Uuid, unique=True))
    op.add_column("sales_order", sa.Column("quote_version", sa.BigInteger))
