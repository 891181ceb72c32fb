"""What was told last of a person's derived facts; and at his erasure it is emptied in the log.

Nothing else of the log can be changed by the service: the function is the owner's, and knows one event.
Whoever is registered already is due: he is told of by the first turns of `customer.tell_profiles`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

EMPTY = """
    CREATE FUNCTION empty_profiles(customers text[]) RETURNS void LANGUAGE sql SECURITY DEFINER
        SET search_path = public, pg_temp AS
    $$ UPDATE outbox SET envelope = jsonb_set(envelope, '{payload}', jsonb_build_object('customer_id', subject_id))
        WHERE subject_type = 'profile' AND event_type = 'customer_profiled' AND subject_id = ANY(customers) $$
"""


def upgrade() -> None:
    """Add the table and the function."""
    op.create_table(
        "profile_told",
        sa.Column("customer_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String),
        sa.Column("gender", sa.String),
        sa.Column("age_band", sa.String),
        sa.Column("district", sa.String),
        sa.Column("birth_month", sa.BigInteger),
        sa.Column("birth_day", sa.BigInteger),
        sa.Column("older_on", sa.Date),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.execute(
        """
        INSERT INTO profile_told (customer_id, older_on, version)
        SELECT id, '1900-01-01', 0 FROM customer WHERE status = 'active'
        """
    )
    op.create_index("profile_told_older_on", "profile_told", ["older_on"])
    op.execute(EMPTY)
    op.execute("REVOKE ALL ON FUNCTION empty_profiles(text[]) FROM PUBLIC")
    op.execute('GRANT EXECUTE ON FUNCTION empty_profiles(text[]) TO "customer_app"')
