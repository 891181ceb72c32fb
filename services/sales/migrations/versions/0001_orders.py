"""Orders, payments, stock, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="sales")
    op.create_table(
        "sales_order",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("consultant_id", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("total_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("contract_no", sa.String),
        sa.Column("signer", sa.String),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("promised_date", sa.Date),
        sa.Column("first_promise", sa.Date),
        sa.Column("vin", sa.String, unique=True),
        sa.Column("vehicle_id", sa.Uuid),
        sa.Column("km", sa.BigInteger),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("paid_fen >= 0 AND paid_fen <= total_fen", name="sales_order_never_overpaid"),
    )
    op.create_index("sales_order_by_store", "sales_order", ["store_id", "created_at"])
    op.create_index("sales_order_by_customer", "sales_order", ["customer_id"])
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("sales_order.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("external_ref", sa.String, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("external_ref", name="payment_reference_once"),
    )
    op.create_table(
        "stock_vehicle",
        sa.Column("vin", sa.String, primary_key=True),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("order_id", sa.Uuid, unique=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "number_series",
        sa.Column("store_id", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
