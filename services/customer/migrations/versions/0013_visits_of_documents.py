"""What is told of visits is found by the documents they are made because of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the index; lines without such a document are not in it."""
    trigger = sa.text("(summary ->> 'trigger_id')")
    op.create_index(
        "timeline_by_trigger", "timeline_entry", [trigger], postgresql_where=sa.text(f"{trigger} IS NOT NULL")
    )
