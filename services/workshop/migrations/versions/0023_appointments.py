"""Bays are data; an appointment has one for its time, one at a time, by the database."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

ONE_AT_A_TIME = """
ALTER TABLE appointment ADD CONSTRAINT appointment_has_its_bay EXCLUDE USING gist (
      int8range(bay_id, bay_id, '[]') WITH &&, tstzrange(starts_at, ends_at, '[)') WITH &&)
WHERE (bay_kept)
"""
"""A bay is the range of its number alone, which needs no extension of PostgreSQL; a time is half open."""


def upgrade() -> None:
    """Create both."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "bay",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.UniqueConstraint("store_id", "code", name="bay_by_code"),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("vehicle_id", sa.Uuid),
        sa.Column("bay_id", sa.BigInteger, sa.ForeignKey("bay.id"), nullable=False),
        sa.Column("bay", sa.String, nullable=False),
        sa.Column("starts_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("work", sa.String, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("bay_kept", sa.Boolean, nullable=False),
        sa.Column("booked_by", sa.String, nullable=False),
        sa.Column("booked_at", moment, nullable=False),
        sa.Column("confirmed_at", moment),
        sa.Column("arrived_at", moment),
        sa.Column("ro_id", sa.Uuid, sa.ForeignKey("repair_order.id")),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="appointment_takes_time"),
        sa.CheckConstraint("(state = 'converted') = (ro_id IS NOT NULL)", name="appointment_became_an_order"),
        sa.CheckConstraint(
            "NOT bay_kept OR state NOT IN ('cancelled', 'no_show')", name="appointment_of_nobody_keeps_no_bay"
        ),
        sa.CheckConstraint(
            "state NOT IN ('arrived', 'converted') OR arrived_at IS NOT NULL", name="appointment_came_sometime"
        ),
    )
    op.create_index("appointment_by_day", "appointment", ["store_id", "starts_at"])
    op.create_index(
        "appointment_to_come",
        "appointment",
        ["starts_at"],
        postgresql_where=sa.text("state IN ('booked', 'confirmed')"),
    )
    op.create_index("appointment_by_order", "appointment", ["ro_id"], unique=True)
    op.create_index("appointment_by_vehicle", "appointment", ["vehicle_id", "starts_at"])
    op.create_index("appointment_by_customer", "appointment", ["customer_id", "starts_at"])
    op.create_index("appointment_by_origin", "appointment", ["origin_customer_id"])
    op.execute(ONE_AT_A_TIME)
