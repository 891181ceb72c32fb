"""Keys for one purpose each, out of one that is kept."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


def derived(key: bytes, purpose: str, *, salt: bytes | None = None, length: int = KEY_BYTES) -> bytes:
    """The key for a purpose (HKDF, RFC 5869): it tells nothing of the one it comes from, nor of others."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=f"crm {purpose}".encode()).derive(key)
