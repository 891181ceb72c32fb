"""Certificates of completion; a settlement keeps what its sheet says of the vehicle."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add them; a settlement made before says of the odometer what its order says now."""
    op.create_table(
        "repair_certificate",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False, index=True),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("km_in", sa.BigInteger, nullable=False),
        sa.Column("km_out", sa.BigInteger, nullable=False),
        sa.Column("guarantee_km", sa.BigInteger, nullable=False),
        sa.Column("guarantee_days", sa.BigInteger, nullable=False),
        sa.Column("inspector_id", sa.String),
        sa.Column("issued_by", sa.String, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("settlement", sa.Column("km_in", sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE settlement s SET km_in = o.km FROM repair_order o WHERE o.id = s.order_id")
    op.add_column("settlement", sa.Column("certificate", sa.String, sa.ForeignKey("repair_certificate.number")))
