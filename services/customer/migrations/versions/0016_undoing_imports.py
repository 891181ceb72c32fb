"""An import can be undone: when each of its rows was worked on, and what became of it then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns, empty for what was imported before, and find a customer's rows by him."""
    op.add_column("import_file", sa.Column("undo_by", sa.String()))
    op.add_column("import_file", sa.Column("undo_role", sa.String()))
    op.add_column("import_file", sa.Column("undo_asked_at", sa.DateTime(timezone=True)))
    op.add_column("import_file", sa.Column("undone_at", sa.DateTime(timezone=True)))
    op.add_column("import_file", sa.Column("undo_counts", postgresql.JSONB()))
    op.add_column("import_row", sa.Column("worked_at", sa.DateTime(timezone=True)))
    op.add_column("import_row", sa.Column("undone", sa.String()))
    op.create_index(
        "import_file_undoing", "import_file", ["undo_asked_at"], postgresql_where=sa.text("status = 'undoing'")
    )
    op.create_index(
        "import_row_by_customer",
        "import_row",
        ["customer_id"],
        postgresql_where=sa.text("customer_id IS NOT NULL"),
    )
