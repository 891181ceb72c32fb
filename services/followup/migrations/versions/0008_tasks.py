"""Tasks: what somebody must do for a customer; and who works where, for they are given to people.

Visits that are due get their tasks by themselves; `crm events replay --consumer followup` fills in the staff, and what
else opens a task.
"""

import sqlalchemy as sa
from alembic import op

from chassis.store.migrations import create_staff_table

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tasks, their hand-overs, and the staff; a visit says who should make it."""
    op.add_column("visit", sa.Column("asking_staff_id", sa.String))
    create_staff_table(op)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("staff_id", sa.String),
        sa.Column("not_for", sa.String),
        sa.Column("customer_id", sa.Uuid),
        sa.Column("origin_customer_id", sa.Uuid),
        sa.Column("document_type", sa.String),
        sa.Column("document_id", sa.String),
        sa.Column("due_at", MOMENT),
        sa.Column("zh", sa.String, nullable=False),
        sa.Column("en", sa.String, nullable=False),
        sa.Column("opened_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("said_at", MOMENT),
        sa.Column("said_staff_id", sa.String),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("kind", "subject_id", name="task_once_per_subject"),
        sa.CheckConstraint("NOT open OR (customer_id IS NOT NULL AND due_at IS NOT NULL)", name="task_open_is_whole"),
    )
    op.create_index("task_of_staff", "task", ["staff_id", "due_at", "id"], postgresql_where=sa.text("open"))
    op.create_index(
        "task_of_role",
        "task",
        ["role", "store_id", "due_at", "id"],
        postgresql_where=sa.text("open AND staff_id IS NULL"),
    )
    op.create_index("task_by_customer", "task", ["customer_id"])
    op.create_index("task_by_origin", "task", ["origin_customer_id"])
    op.create_index("task_by_document", "task", ["document_id"])
    op.create_table(
        "task_hand_over",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("task_id", sa.Uuid, sa.ForeignKey("task.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("by_staff_id", sa.String),
        sa.Column("from_staff_id", sa.String),
        sa.Column("to_staff_id", sa.String),
        sa.Column("reason", sa.String, nullable=False),
    )
    op.create_index("task_hand_over_by_task", "task_hand_over", ["task_id", "at"])
