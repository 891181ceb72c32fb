"""Imports of departments' files: the file in parts, its rows, and what became of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three new tables; nothing else changes."""
    op.create_table(
        "import_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("filename", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("mapping", JSONB),
        sa.Column("staged", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("last_row", sa.BigInteger, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("failure", JSONB),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
    )
    op.create_index(
        "import_file_waiting",
        "import_file",
        ["started_at"],
        postgresql_where=sa.text("status IN ('staging', 'matching')"),
    )
    op.create_index("import_file_by_store", "import_file", ["store_id", "created_at"])
    op.create_table(
        "import_part",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("import_file.id"), primary_key=True),
        sa.Column("no", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("import_file.id"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("cells", JSONB, nullable=False),
        sa.Column("notes", JSONB, nullable=False),
        sa.Column("fingerprint", sa.String),
        sa.Column("outcome", sa.String),
        sa.Column("customer_id", sa.Uuid),
        sa.Column("field", sa.String),
        sa.Column("code", sa.String),
        sa.Column("zh", sa.String),
        sa.Column("en", sa.String),
        sa.Column("warnings", JSONB, nullable=False),
    )
    op.create_index(
        "import_row_again", "import_row", ["fingerprint"], postgresql_where=sa.text("customer_id IS NOT NULL")
    )
    op.create_index("import_row_by_outcome", "import_row", ["import_id", "outcome", "number"])
