"""Each step of an import is told, under a version of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Every import is at its first."""
    op.add_column("import_file", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
