"""Work is given by line, and who works on it when is clocked; of orders of before, by their log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

KNOWN = """
WITH spans AS (
     SELECT o.id AS order_id, o.store_id, o.technician_id, o.worked_hours, e.at AS began_at,
            (SELECT f.at FROM stage_entry f WHERE f.order_id = e.order_id AND f.version > e.version
              ORDER BY f.version LIMIT 1) AS ended_at
       FROM stage_entry e JOIN repair_order o ON o.id = e.order_id
      WHERE e.stage = 'in_progress' AND o.technician_id IS NOT NULL),
     ended AS (
     SELECT *, extract(epoch FROM ended_at - began_at) AS took,
            sum(extract(epoch FROM ended_at - began_at)) OVER (PARTITION BY order_id) AS in_all
       FROM spans WHERE ended_at IS NOT NULL),
     runs AS (
     SELECT DISTINCT ON (technician_id) * FROM spans WHERE ended_at IS NULL ORDER BY technician_id, began_at DESC)
INSERT INTO clocking (id, order_id, store_id, technician_id, began_at, ended_at, worked_hours, forgotten, reason,
                      version)
SELECT gen_random_uuid(), order_id, store_id, technician_id, began_at, ended_at,
       coalesce(round(worked_hours * took / nullif(in_all, 0), 4), 0), false, '', 2
  FROM ended
 UNION ALL
SELECT gen_random_uuid(), order_id, store_id, technician_id, began_at, NULL, 0, false, '', 1 FROM runs
"""
"""Whoever had an order while its work went on; of several that go on, a technician works on the one he began last."""


def upgrade() -> None:
    """Add both, and fill the clocks of what is known."""
    moment = sa.DateTime(timezone=True)
    op.add_column(
        "job_line", sa.Column("technicians", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("job_line", sa.Column("bay", sa.String, nullable=False, server_default=""))
    op.create_table(
        "clocking",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, sa.ForeignKey("repair_order.id"), nullable=False),
        sa.Column("position", sa.BigInteger),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("technician_id", sa.String, nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("worked_hours", sa.Numeric, nullable=False),
        sa.Column("forgotten", sa.Boolean, nullable=False),
        sa.Column("first_ended_at", moment),
        sa.Column("confirmed_at", moment),
        sa.Column("confirmed_by", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name="clocking_ends_after_it_began"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="clocking_confirmed_by_somebody"),
        sa.CheckConstraint("NOT forgotten OR ended_at IS NOT NULL", name="clocking_forgotten_was_stopped"),
    )
    op.create_index(
        "clocking_runs", "clocking", ["technician_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("clocking_by_order", "clocking", ["order_id", "position"])
    op.create_index("clocking_by_technician", "clocking", ["technician_id", "ended_at"])
    op.create_index(
        "clocking_to_confirm",
        "clocking",
        ["store_id"],
        postgresql_where=sa.text("forgotten AND confirmed_at IS NULL"),
    )
    op.execute(KNOWN)
    op.drop_index("repair_order_by_technician", "repair_order")
