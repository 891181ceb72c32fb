"""Who brings a vehicle, and who pays a part of its repair. Orders of before have neither."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "repair_party",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("pay_type", sa.String(20)),
        sa.Column("customer_id", sa.Uuid),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("firm", sa.String),
        sa.CheckConstraint("(customer_id IS NULL) <> (firm IS NULL)", name="repair_party_is_named_in_one_way"),
        sa.CheckConstraint("(role = 'payer') = (pay_type IS NOT NULL)", name="repair_party_payer_pays"),
    )
    for name, column in (
        ("repair_party_by_order", "order_id"),
        ("repair_party_by_customer", "customer_id"),
        ("repair_party_by_origin", "origin_customer_id"),
    ):
        op.create_index(name, "repair_party", [column])
