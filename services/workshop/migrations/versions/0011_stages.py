"""Every stage of a repair order: waiting, washing, closed, cancelled; and the log of how it came to each."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

SINCE = """
UPDATE repair_order SET stage_since = coalesce(returned_at, settled_at, ready_at, authorized_at, opened_at)
"""
"""Of orders of before: since what is known to have happened last."""

KNOWN = """
INSERT INTO stage_entry (order_id, version, stage, at, staff_id)
SELECT o.id, e.subject_version,
       CASE e.event_type
            WHEN 'repair_order_opened' THEN 'opened'
            WHEN 'repair_authorized' THEN 'authorized'
            WHEN 'repair_ready' THEN 'ready'
            WHEN 'repair_settled' THEN 'settled'
            WHEN 'vehicle_returned' THEN 'delivered'
            ELSE e.envelope -> 'payload' ->> 'to_stage'
       END,
       e.occurred_at, e.envelope -> 'actor' ->> 'staff_id'
  FROM outbox e
  JOIN repair_order o ON o.id::text = e.subject_id
 WHERE e.subject_type = 'repair_order'
   AND e.event_type IN ('repair_order_opened', 'repair_authorized', 'repair_stage_changed', 'repair_ready',
                        'repair_settled', 'vehicle_returned')
"""
"""The same out of the event log."""


def upgrade() -> None:
    """Add the columns and the log, and fill both of what is known."""
    moment = sa.DateTime(timezone=True)
    op.add_column("repair_order", sa.Column("stage_since", moment, nullable=False, server_default=sa.text("now()")))
    op.execute(SINCE)
    op.add_column("repair_order", sa.Column("closed_at", moment))
    op.add_column("repair_order", sa.Column("waiting_from", sa.String(20)))
    op.add_column("repair_order", sa.Column("expected_at", moment))
    op.add_column("repair_order", sa.Column("waiting_note", sa.String, nullable=False, server_default=""))
    op.add_column("repair_order", sa.Column("cancelled_at", moment))
    op.add_column("repair_order", sa.Column("cancel_reason", sa.String, nullable=False, server_default=""))
    op.add_column("repair_order", sa.Column("refusal_by", sa.String))
    op.drop_constraint("repair_order_open_until_returned", "repair_order", type_="check")
    for name, holds in (
        ("repair_order_open_until_returned", "(stage IN ('delivered', 'closed')) = (returned_at IS NOT NULL)"),
        ("repair_order_closed_at", "(stage = 'closed') = (closed_at IS NOT NULL)"),
        ("repair_order_cancelled_at", "(stage = 'cancelled') = (cancelled_at IS NOT NULL)"),
        ("repair_order_waits_from", "(stage LIKE 'waiting%') = (waiting_from IS NOT NULL)"),
        ("repair_order_expects_while_waiting", "waiting_from IS NOT NULL OR expected_at IS NULL"),
    ):
        op.create_check_constraint(name, "repair_order", holds)
    op.drop_index("repair_order_board", "repair_order")
    op.create_index(
        "repair_order_board",
        "repair_order",
        ["store_id", "promised_at"],
        postgresql_where=sa.text("returned_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index(
        "repair_order_to_close", "repair_order", ["returned_at"], postgresql_where=sa.text("stage = 'delivered'")
    )
    op.create_table(
        "stage_entry",
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("staff_id", sa.String),
        sa.Column("expected_at", moment),
    )
    op.execute(KNOWN)
