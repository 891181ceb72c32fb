"""What a customer does for a living, and what was told of it; nobody's is known yet, so nothing is due."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column("customer", sa.Column("occupation", sa.String()))
    op.add_column("profile_told", sa.Column("occupation", sa.String()))
