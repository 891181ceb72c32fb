"""What we had to do with a vehicle: who owns one that we sold or served is a formal customer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table, and what the timelines tell already."""
    op.create_table(
        "vehicle_dealing",
        sa.Column("vehicle_id", sa.Uuid, primary_key=True),
        sa.Column("sold_at", sa.DateTime(timezone=True)),
        sa.Column("served_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        """
        INSERT INTO vehicle_dealing (vehicle_id, sold_at, served_at)
        SELECT vehicle_id, min(sold_at), min(served_at) FROM (
               SELECT v.id AS vehicle_id, t.occurred_at AS sold_at, NULL::timestamptz AS served_at
                 FROM timeline_entry t JOIN vehicle v ON v.vin = t.summary->>'vin'
                WHERE t.event_type = 'vehicle_delivered'
               UNION ALL
               SELECT CAST(t.summary->>'vehicle_id' AS uuid), NULL, t.occurred_at
                 FROM timeline_entry t WHERE t.event_type = 'vehicle_returned' AND t.summary ? 'vehicle_id') told
         GROUP BY vehicle_id
        """
    )
