"""A line of work says what kind it is and what of the vehicle it is about; of lines of before nobody said."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add both."""
    op.add_column("job_line", sa.Column("job_class", sa.String(20)))
    op.add_column("job_line", sa.Column("fault_group", sa.String(20)))
