"""What the customer service shows, one file per question."""

from services.customer.queries import (
    completeness,
    dossier,
    exports,
    folder,
    imports,
    look_up,
    merges,
    pairs,
    prefill,
    privacy,
    record,
    segments,
    vehicles,
    view,
)

__all__ = [
    "completeness",
    "dossier",
    "exports",
    "folder",
    "imports",
    "look_up",
    "merges",
    "pairs",
    "prefill",
    "privacy",
    "record",
    "segments",
    "vehicles",
    "view",
]
