"""A vehicle that was handed back was told with the kilometres it was taken in with: that is no reading of its own."""

from alembic import op

revision = "0019"
down_revision = "0018"

REPEATED = "DELETE FROM odometer WHERE source_id LIKE 'vehicle\\_returned/%'"
"""What was read when it was handed back is told by `odometer_recorded`, from now on."""


def upgrade() -> None:
    """Let every reading count once."""
    op.execute(REPEATED)
