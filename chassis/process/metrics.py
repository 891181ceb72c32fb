"""Metrics: what an operator watches, in Prometheus form under `/metrics` of every process."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 8)

CALLS = Histogram("crm_call_seconds", "Commands and queries answered", ["operation", "outcome"], buckets=_QUICK)
EVENTS = Histogram("crm_event_seconds", "Events handled, without their wait", ["consumer", "event"], buckets=_QUICK)
EVENT_AGE = Histogram("crm_event_age_seconds", "From recording an event to its effect", ["consumer"], buckets=_QUICK)
DELIVERIES = Counter(
    "crm_deliveries_total", "Deliveries by outcome: handled, duplicate, retried, dead", ["consumer", "outcome"]
)
PUBLISHED = Counter("crm_relay_published_total", "Events published by the relay", ["service"])
OUTBOX_LAG = Gauge("crm_outbox_oldest_seconds", "Age of the oldest unpublished event", ["service"])
OUTBOX_ROWS = Gauge("crm_outbox_unpublished", "Unpublished events", ["service"])
OUTBOX_PARKED = Gauge("crm_outbox_parked", "Events that cannot be sent and wait for an operator's word", ["service"])
CONNECTIONS_LOST = Counter("crm_broker_connections_lost_total", "Broker connections lost", ["link"])
LOG_FAILURES = Counter("crm_log_failures_total", "Log lines that could not be written when they were said")
HUB_LAG = Gauge("crm_hub_lag_seconds", "How late the event loop's last tick was")
POOL_IN_USE = Gauge("crm_database_pool_in_use", "Database connections in use", ["service"])
DUPLICATES_OPEN = Gauge("crm_duplicate_pairs_open", "Pairs of records that wait for a human")
MERGES = Counter("crm_merges_total", "Merges of customers' records, by what decided them", ["rule"])
UNDONE_MERGES = Counter("crm_merges_undone_total", "Merges that were undone")
SPLITS = Counter("crm_splits_total", "Records that were split into two")
SUBJECT_KEYS_BEHIND = Gauge("crm_subject_keys_behind", "Customers' keys under a master key that is no longer current")
ERASED = Counter("crm_customers_erased_total", "Customers who were forgotten")
PRIVACY_OVERDUE = Gauge("crm_privacy_requests_overdue", "Privacy requests that wait longer than they may")
RETIRED = Counter("crm_retention_total", "What the retention took away or put before somebody", ["what"])
REVIEW_HOURS = Histogram(
    "crm_duplicate_review_hours", "From finding a pair to its decision", buckets=(1, 4, 8, 24, 72, 168, 720)
)
