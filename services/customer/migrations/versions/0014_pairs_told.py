"""What becomes of suspected duplicates is told, and of those there are, what stands.

`crm events replay --consumer followup` after this migration makes tasks of those that wait.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

STANDING = """
    INSERT INTO outbox (event_id, event_type, version, store_id, subject_type, subject_id, subject_version, occurred_at,
                        recorded_at, envelope)
    SELECT event_id, event_type, 1, store_id, 'customer_pair', subject_id, subject_version, occurred_at, now(),
           jsonb_build_object(
               'event_id', event_id, 'event_type', event_type, 'version', 1, 'producer', 'customer',
               'occurred_at', occurred_at, 'recorded_at', now(), 'store_id', store_id,
               'subject', jsonb_build_object('type', 'customer_pair', 'id', subject_id, 'version', subject_version),
               'correlation_id', 'migration 0014', 'causation_id', NULL, 'actor', NULL, 'payload', payload)
      FROM (SELECT gen_random_uuid() AS event_id, nextval('pair_version') AS subject_version, standing.*
              FROM (
              SELECT 'duplicate_decided' AS event_type, p.store_id, p.a || '/' || p.b AS subject_id,
                     coalesce(p.decided_at, p.found_at) AS occurred_at,
                     jsonb_build_object('customer_id', p.a, 'other_id', p.b, 'status', p.status) AS payload
                FROM pair p WHERE p.status IN ('merged', 'not_same', 'related')
               UNION ALL
              SELECT 'duplicate_suspected', p.store_id, p.a || '/' || p.b, p.found_at,
                     jsonb_build_object('customer_id', p.a, 'other_id', p.b, 'score', p.points, 'evidence',
                                        (SELECT coalesce(jsonb_agg(e -> 'kind'), '[]')
                                           FROM jsonb_array_elements(p.evidence) e))
                FROM pair p WHERE p.status = 'open' AND NOT EXISTS (
                     SELECT FROM outbox o WHERE o.event_type = 'duplicate_suspected'
                        AND o.subject_type = 'customer_pair' AND o.subject_id = p.a || '/' || p.b)
               UNION ALL
              SELECT 'duplicate_decided', o.store_id, o.subject_id, o.occurred_at,
                     jsonb_build_object('customer_id', o.envelope -> 'payload' -> 'customer_id',
                                        'other_id', o.envelope -> 'payload' -> 'other_id', 'status', 'withdrawn')
                FROM outbox o
               WHERE o.event_type = 'duplicate_suspected' AND NOT EXISTS (
                     SELECT FROM pair p WHERE p.a || '/' || p.b = o.subject_id)) standing) told
"""
"""Decided pairs; those that wait and were never suspected as a pair of these two; and suspected ones that are gone."""


def upgrade() -> None:
    """Number the words about pairs, and tell what stands."""
    op.execute("CREATE SEQUENCE pair_version START 2")
    op.execute(STANDING)
