"""A discount is a line of its own kind; nothing else is below 0."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the kind; all lines of before are work."""
    op.add_column("job_line", sa.Column("kind", sa.String(20), nullable=False, server_default="WORK"))
    op.drop_constraint("job_line_never_negative", "job_line", type_="check")
    op.create_check_constraint(
        "job_line_only_discounts_below_0",
        "job_line",
        "hours >= 0 AND CASE kind WHEN 'DISCOUNT' THEN amount_fen <= 0 ELSE amount_fen >= 0 END",
    )
