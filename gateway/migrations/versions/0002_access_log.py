"""The access log: each entry bears a hash over itself and the entry before it; whose data a file held; indexes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Link the entries that are there, in the order of their time, and let the database link every new one."""
    op.add_column("access_log", sa.Column("customers", ARRAY(sa.Uuid)))
    op.add_column("access_log", sa.Column("position", sa.BigInteger))
    op.add_column("access_log", sa.Column("hash", sa.LargeBinary))
    # the same bytes as gateway/chain.py: one netstring per part, so that no two entries are the same bytes
    op.execute(
        """
        CREATE FUNCTION access_log_hash(before bytea, entry access_log) RETURNS bytea LANGUAGE sql STABLE AS $$
            SELECT sha256(before || convert_to(
                       string_agg(octet_length(part) || ':' || part || ',', '' ORDER BY place), 'UTF8'))
              FROM unnest(ARRAY[
                   entry.position::text, entry.id::text,
                   to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
                   entry.staff_id, entry.operation, entry.subject_id, entry.reason, entry.request_id,
                   coalesce(array_to_string(entry.customers, ','), '')
              ]) WITH ORDINALITY AS said(part, place)
        $$
        """
    )
    op.execute(
        """
        DO $$
        DECLARE entry access_log; last bytea := decode(repeat('00', 32), 'hex'); place bigint := 0;
        BEGIN
            FOR entry IN SELECT * FROM access_log ORDER BY at, id LOOP
                place := place + 1;
                entry.position := place;
                last := access_log_hash(last, entry);
                UPDATE access_log SET position = place, hash = last WHERE id = entry.id;
            END LOOP;
        END $$
        """
    )
    op.alter_column("access_log", "position", nullable=False)
    op.alter_column("access_log", "hash", nullable=False)
    op.create_index("access_log_position", "access_log", ["position"], unique=True)
    op.create_index("access_log_by_staff", "access_log", ["staff_id", "operation", "at"])
    op.create_index("access_log_by_subject", "access_log", ["subject_id", "at"])
    op.create_index("access_log_by_operation", "access_log", ["operation", "at"])
    op.create_index(
        "access_log_by_customer",
        "access_log",
        ["customers"],
        postgresql_using="gin",
        postgresql_where=sa.text("customers IS NOT NULL"),
    )
    # each statement of a volatile function sees what was committed before it: after the lock, the last entry
    op.execute(
        """
        CREATE FUNCTION access_log_link() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
        DECLARE last record;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('access_log'), 0);
            SELECT position, hash INTO last FROM access_log ORDER BY position DESC LIMIT 1;
            NEW.position := coalesce(last.position, 0) + 1;
            NEW.hash := access_log_hash(coalesce(last.hash, decode(repeat('00', 32), 'hex')), NEW);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER access_log_linked BEFORE INSERT ON access_log FOR EACH ROW EXECUTE FUNCTION access_log_link()"
    )
