"""Each line says how far it is and who bears it; what the customer said is a row for each word of his."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

HOW_FAR = """
UPDATE job_line l
   SET state = CASE WHEN o.stage IN ('opened', 'estimated') OR o.authorized_at IS NULL THEN 'proposed'
                    WHEN o.stage IN ('in_progress', 'rework') OR o.waiting_from = 'in_progress' THEN 'working'
                    WHEN o.stage = 'qc' THEN 'done'
                    WHEN o.stage IN ('washing', 'ready', 'settled', 'delivered', 'closed') THEN 'qc_pass'
                    ELSE 'authorized' END
  FROM repair_order o WHERE o.id = l.order_id
"""
"""Of lines of before: as far as their order is."""

AGREED = """
INSERT INTO repair_consent (order_id, version, said, at, said_by, channel, staff_id, lines, up_to_fen)
SELECT o.id, coalesce(e.subject_version, 2) - 1, 'agreed', o.authorized_at, coalesce(o.consent_by, ''),
       coalesce(o.consent_channel, ''), e.envelope -> 'actor' ->> 'staff_id',
       ARRAY(SELECT l.position FROM job_line l WHERE l.order_id = o.id ORDER BY l.position), o.authorized_fen
  FROM repair_order o
  LEFT JOIN outbox e
    ON e.subject_type = 'repair_order' AND e.subject_id = o.id::text AND e.event_type = 'repair_authorized'
 WHERE o.authorized_at IS NOT NULL
"""
"""The one word of orders of before, and who took it down, as the event log tells."""


def upgrade() -> None:
    """Add both, and fill them of what is known."""
    op.add_column("job_line", sa.Column("state", sa.String(20), nullable=False, server_default="proposed"))
    op.add_column("job_line", sa.Column("shares", postgresql.JSONB, nullable=False, server_default=sa.text("'[]'")))
    op.execute(HOW_FAR)
    op.create_table(
        "repair_consent",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("said", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("staff_id", sa.String),
        sa.Column("lines", postgresql.ARRAY(sa.BigInteger), nullable=False),
        sa.Column("up_to_fen", sa.BigInteger, nullable=False),
    )
    op.execute(AGREED)
