"""Who worked on a repair order is written down; whoever did never passes it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

KNOWN = """
UPDATE repair_order o
   SET worked_by = ARRAY(
           SELECT DISTINCT worker FROM (
               SELECT o.technician_id AS worker
               UNION ALL
               SELECT e.envelope -> 'actor' ->> 'staff_id'
                 FROM outbox e
                WHERE e.subject_type = 'repair_order' AND e.subject_id = o.id::text
                  AND e.event_type = 'repair_stage_changed'
                  AND e.envelope -> 'payload' ->> 'to_stage' IN ('in_progress', 'qc')
                  AND o.ready_at IS NULL
           ) AS known WHERE worker IS NOT NULL ORDER BY worker)
 WHERE o.technician_id IS NOT NULL
"""
"""The technician; of orders not yet inspected also who began or ended the work, as the event log tells."""


def upgrade() -> None:
    """Add who worked. The processes of before do not fill it, so the technician is held against the inspector too."""
    op.add_column(
        "repair_order",
        sa.Column("worked_by", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    )
    op.execute(KNOWN)
    op.drop_constraint("repair_order_inspected_by_another", "repair_order", type_="check")
    op.create_check_constraint(
        "repair_order_passed_by_another",
        "repair_order",
        "ready_at IS NULL OR (inspector_id <> technician_id AND inspector_id <> ALL (worked_by))",
    )
