"""Answers in fewer bytes: gzip for whoever takes it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace

from gateway.wire import Response

LEAST = 1024
"""Bytes of a body below which packing saves no packet."""
ONCE, EACH_TIME = 9, 1
"""How hard is tried: for what is packed once and sent often, and for an answer; decision 0034 has the figures."""

_TEXT = (b"text/", b"application/json", b"image/svg+xml")
_GZIP = re.compile(r"gzip\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?")
_WITH_HEADER = 31
"""zlib's word for gzip's own header, which then names neither file nor time: the same bytes give the same bytes."""


def takes_gzip(headers: Mapping[str, str]) -> bool:
    """Whether the caller said so (`Accept-Encoding`)."""
    accepted = headers.get("accept-encoding", "").lower()
    return "gzip" in accepted and any(
        found is not None and float(found[1] or "1") > 0
        for found in (_GZIP.fullmatch(part.strip()) for part in accepted.split(","))
    )


def worth_it(response: Response) -> bool:
    """Whether it is text, and enough of it."""
    return len(response.body) >= LEAST and not response.encoding and response.content_type.startswith(_TEXT)


def packed(response: Response, *, level: int = EACH_TIME) -> Response:
    """The same answer, packed."""
    packing = zlib.compressobj(level, zlib.DEFLATED, _WITH_HEADER)
    body = packing.compress(response.body) + packing.flush()
    return replace(response, body=body, encoding=b"gzip", extra=(*response.extra, ("Vary", "Accept-Encoding")))
