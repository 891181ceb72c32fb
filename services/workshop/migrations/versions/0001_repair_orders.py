"""Repair orders, their job lines, and the chassis' tables."""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything of the first release."""
    create_chassis_tables(op, service="workshop")
    op.create_table(
        "repair_order",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("vehicle_id", sa.Uuid, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("advisor_id", sa.String, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("km", sa.BigInteger, nullable=False),
        sa.Column("complaint", sa.String, nullable=False),
        sa.Column("authorized_fen", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("consent_by", sa.String),
        sa.Column("consent_channel", sa.String),
        sa.Column("authorized_at", sa.DateTime(timezone=True)),
        sa.Column("promised_at", sa.DateTime(timezone=True)),
        sa.Column("first_promise", sa.DateTime(timezone=True)),
        sa.Column("technician_id", sa.String),
        sa.Column("bay", sa.String, nullable=False),
        sa.Column("inspector_id", sa.String),
        sa.Column("ready_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("inspector_id <> technician_id", name="repair_order_inspected_by_another"),
        sa.CheckConstraint(
            "(stage = 'delivered') = (returned_at IS NOT NULL)", name="repair_order_open_until_returned"
        ),
    )
    op.create_index(
        "repair_order_board",
        "repair_order",
        ["store_id", "promised_at"],
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_index("repair_order_by_store", "repair_order", ["store_id", "returned_at"])
    op.create_index("repair_order_by_vehicle", "repair_order", ["vehicle_id", "km"])
    op.create_table(
        "job_line",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("hours", sa.Numeric, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("pay_type", sa.String(20), nullable=False),
        sa.CheckConstraint("amount_fen >= 0 AND hours >= 0", name="job_line_never_negative"),
    )
    op.create_table(
        "number_series",
        sa.Column("store_id", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
