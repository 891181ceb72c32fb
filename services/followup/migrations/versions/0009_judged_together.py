"""A visit may stand for several, and judge several people: none of them has its task; and hand-overs in their order."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Let a task name everybody it is about."""
    op.execute(
        "ALTER TABLE task ALTER not_for TYPE text[]"
        " USING CASE WHEN not_for IS NULL THEN '{}' ELSE ARRAY[not_for] END,"
        " ALTER not_for SET DEFAULT '{}', ALTER not_for SET NOT NULL"
    )
    op.drop_index("task_hand_over_by_task", "task_hand_over")
    op.create_index("task_hand_over_by_task", "task_hand_over", ["task_id", "id"])
