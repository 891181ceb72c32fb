"""From which addresses who logged in, or failed to: a brake that lets a shop behind one address work."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """A table of its own; what addresses had failed until now was a minute's worth, and is swept away."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "login_from",
        sa.Column("address", sa.String, primary_key=True),
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("failed_at", moment),
        sa.Column("at_work", sa.Boolean, nullable=False),
        sa.Column("succeeded_at", moment),
    )
    op.create_index("login_from_failed", "login_from", ["address", "failed_at"])
