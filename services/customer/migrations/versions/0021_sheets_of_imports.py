"""Of a workbook with several worksheets the one that holds the list is read, and may be chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Keep which one."""
    op.add_column("import_file", sa.Column("sheet", sa.String))
