"""Who owes how much of an order, and what came: a settlement for each payer, payments by channel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add them. Of orders of before nobody kept what was paid: they have no settlement, and owe nothing known here."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "settlement",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("payer", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("vat_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.Column("lines", postgresql.JSONB, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("allowed_by", sa.String),
        sa.Column("allowed_at", moment),
        sa.Column("allowed_reason", sa.String, nullable=False),
        sa.Column("voided_by", sa.String),
        sa.Column("voided_at", moment),
        sa.Column("void_reason", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint(
            "state = 'void' OR (state = 'paid') = (paid_fen >= amount_fen)", name="settlement_is_paid_or_owed"
        ),
        sa.CheckConstraint("(state = 'void') = (voided_at IS NOT NULL)", name="settlement_voided_at"),
        sa.CheckConstraint("amount_fen >= 0 AND paid_fen >= 0", name="settlement_never_negative"),
    )
    op.create_index(
        "settlement_stands_once",
        "settlement",
        ["order_id", "payer"],
        unique=True,
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_index("settlement_of_order", "settlement", ["order_id"])
    op.create_index(
        "settlement_unbalanced",
        "settlement",
        ["store_id", "made_at"],
        postgresql_where=sa.text("state <> 'void' AND paid_fen <> amount_fen"),
    )
    op.create_table(
        "repair_payment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False, index=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("payer", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("external_ref", sa.String, nullable=False),
        sa.Column("reference_key", sa.String, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("received_by", sa.String, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("reversed_by", sa.String),
        sa.Column("reversed_at", moment),
        sa.Column("reverse_reason", sa.String, nullable=False),
        sa.UniqueConstraint("channel", "reference_key", name="repair_payment_reference_once"),
    )
