"""The whole record: several phones and addresses, cards, what it is found by, its history; plates over time; pairs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen what there is; old records keep what they have, and get their keys."""
    _widen_customers()
    _search_keys()
    _history()
    _vehicles()
    _pairs()


def _widen_customers() -> None:
    for column in (
        sa.Column("title", sa.String, nullable=False, server_default=""),
        sa.Column("gender", sa.String),
        sa.Column("birth_date", sa.Date),
        sa.Column("id_number", sa.String),
        sa.Column("id18", sa.String),
        sa.Column("uscc", sa.String),
        sa.Column("organisation_code", sa.String),
        sa.Column("phones", JSONB, nullable=False, server_default="[]"),
        sa.Column("email", sa.String),
        sa.Column("addresses", JSONB, nullable=False, server_default="[]"),
        sa.Column("employer", sa.String),
        sa.Column("preferences", JSONB, nullable=False, server_default="{}"),
        sa.Column("tags", JSONB, nullable=False, server_default="[]"),
        sa.Column("updated_at", MOMENT),
        sa.Column("status", sa.String, nullable=False, server_default="active"),
        sa.Column("merged_into", sa.Uuid),
    ):
        op.add_column("customer", column)
    op.alter_column("customer", "kind", type_=sa.String)
    op.execute(
        """
        UPDATE customer SET updated_at = registered_at, phones = jsonb_build_array(jsonb_build_object(
            'number', mobile,
            'kind', CASE WHEN mobile ~ '^1[3-9]' THEN 'MOBILE' WHEN mobile LIKE '+852%' THEN 'HONG_KONG'
                         WHEN mobile LIKE '+853%' THEN 'MACAU' ELSE 'LANDLINE' END,
            'extension', '', 'shared', false, 'since', registered_at, 'until', null, 'department', ''))
        """
    )
    op.alter_column("customer", "updated_at", nullable=False)


def _search_keys() -> None:
    """Of the old records' keys those that the row itself holds; the others follow with the record's next change."""
    op.create_table(
        "search_key",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("customer_id", sa.Uuid, primary_key=True),
    )
    op.execute(
        """
        INSERT INTO search_key
        SELECT of_it.kind, of_it.key, id FROM customer CROSS JOIN LATERAL (VALUES
               ('name', name), ('pinyin', pinyin), ('initials', initials), ('phone', mobile),
               ('phone_tail', reverse(mobile)), ('mobile', mobile)) AS of_it(kind, key)
         WHERE of_it.key <> '' AND (of_it.kind <> 'mobile' OR mobile ~ '^(1[3-9]|[+]85[23])')
        """
    )
    op.create_index("search_key_by_customer", "search_key", ["customer_id"])
    op.create_index(
        "search_key_one_bearer",
        "search_key",
        ["kind", "key"],
        unique=True,
        postgresql_where=sa.text("kind IN ('id18', 'organisation')"),
    )
    for index in ("mobile", "mobile_tail", "name", "pinyin", "initials"):
        op.drop_index(f"customer_{index}")
    op.drop_column("customer", "pinyin")
    op.drop_column("customer", "initials")


def _history() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("customer_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("old", JSONB),
        sa.Column("new", JSONB),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", sa.String, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
    )
    op.create_index("change_by_customer", "change", ["customer_id", "at"])


def _vehicles() -> None:
    op.drop_index("vehicle_plate", "vehicle")
    op.create_table(
        "vehicle_plate",
        sa.Column("vehicle_id", sa.Uuid, sa.ForeignKey("vehicle.id"), primary_key=True),
        sa.Column("plate", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("since", MOMENT, primary_key=True),
        sa.Column("until", MOMENT),
    )
    op.execute(
        """
        INSERT INTO vehicle_plate
        SELECT id, plate, CASE WHEN length(plate) = 8 THEN 'NEV_SMALL' ELSE 'CIVIL' END, registered_at, NULL
          FROM vehicle WHERE plate IS NOT NULL
        """
    )
    op.create_index("vehicle_plate_by_number", "vehicle_plate", ["plate"])
    op.create_index(
        "vehicle_plate_current", "vehicle_plate", ["vehicle_id"], unique=True, postgresql_where=sa.text("until IS NULL")
    )
    op.drop_column("vehicle", "plate")
    op.add_column("vehicle", sa.Column("colour", sa.String, nullable=False, server_default=""))
    op.add_column("vehicle_party", sa.Column("until", MOMENT))
    op.add_column("vehicle_party", sa.Column("origin_customer_id", sa.Uuid))
    op.create_table(
        "odometer",
        sa.Column("vehicle_id", sa.Uuid, primary_key=True),
        sa.Column("at", MOMENT, primary_key=True),
        sa.Column("source_id", sa.String, primary_key=True),
        sa.Column("km", sa.BigInteger, nullable=False),
    )


def _pairs() -> None:
    op.create_table(
        "pair",
        sa.Column("a", sa.Uuid, primary_key=True),
        sa.Column("b", sa.Uuid, primary_key=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("vetoes", JSONB, nullable=False),
        sa.Column("relation", sa.String),
        sa.Column("attach_contact", sa.Boolean, nullable=False),
        sa.Column("store_id", sa.String, nullable=False),
        sa.Column("found_by", sa.String, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", sa.String),
        sa.Column("reason", sa.String),
    )
    op.create_index("pair_by_other", "pair", ["b"])
    op.create_index("pair_open", "pair", ["points", "a", "b"], postgresql_where=sa.text("status = 'open'"))
