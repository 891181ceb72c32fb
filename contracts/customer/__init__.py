"""What the customer service promises, one file per idea."""

from contracts.customer import (
    dossier,
    duplicates,
    events,
    exports,
    folder,
    imports,
    merges,
    operations,
    policies,
    privacy,
    relations,
    segments,
    senders,
    vehicles,
    views,
)

__all__ = [
    "dossier",
    "duplicates",
    "events",
    "exports",
    "folder",
    "imports",
    "merges",
    "operations",
    "policies",
    "privacy",
    "relations",
    "segments",
    "senders",
    "vehicles",
    "views",
]
