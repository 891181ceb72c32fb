"""The gateway's modules name eventlet; importing it is silent here, and nothing is patched."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import eventlet  # noqa: F401  # its retirement notice comes with the first import
