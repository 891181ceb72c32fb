"""A session has a name that its owner may see, and says roughly where it was begun.

One that is there already has been begun nobody knows where.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add columns that suit a gateway of before."""
    op.add_column(
        "staff_session", sa.Column("id", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()"))
    )
    op.add_column("staff_session", sa.Column("network", sa.String))
