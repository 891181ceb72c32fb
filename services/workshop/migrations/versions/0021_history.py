"""The last lines of a kind of work are found at once; an order's `worked_hours`, from before clocking, go."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the index, and drop the column that `clocking` has stood for since work is clocked."""
    op.create_index(
        "job_line_by_class",
        "job_line",
        ["job_class", "order_id"],
        postgresql_where=sa.text("state = 'qc_pass' AND job_class IS NOT NULL"),
    )
    op.drop_column("repair_order", "worked_hours")
