"""Whom an order is about beside its buyer: the owner of the car, and who pays. Orders of before have neither."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "order_party",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("customer_id", sa.Uuid),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("firm", sa.String),
        sa.Column("amount_fen", sa.BigInteger),
        sa.CheckConstraint("(kind = 'customer') = (customer_id IS NOT NULL)", name="order_party_customer_has_a_record"),
        sa.CheckConstraint("(kind = 'customer') = (firm IS NULL)", name="order_party_other_has_a_name"),
        sa.CheckConstraint("(role = 'payer') = (amount_fen IS NOT NULL)", name="order_party_payer_bears_a_sum"),
    )
    for name, column in (
        ("order_party_by_order", "order_id"),
        ("order_party_by_customer", "customer_id"),
        ("order_party_by_origin", "origin_customer_id"),
    ):
        op.create_index(name, "order_party", [column])
