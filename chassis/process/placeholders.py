"""What is no secret: a placeholder, nothing, something short. Whoever is given one does not start."""

from __future__ import annotations

import base64
from urllib.parse import unquote, urlsplit

SHORTEST = 12
"""Characters of a password that a program uses; `crm secrets make` makes 32."""
KEY_BYTES = 32
ADMINISTRATORS = ("CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL")
"""Addresses of servers that may be somebody else's: how strong their passwords are is his affair."""
CHOSEN_BY_A_PERSON = "CRM_BOOTSTRAP_PASSWORD"
"""Judged as people's passwords are (`gateway.passwords`)."""

_WORDS = ("changeme", "changethis", "placeholder", "yourpassword", "yoursecret")
_FEWEST_SIGNS = 5


def trouble(variable: str, value: str) -> str:
    """Why this value of a setting is no secret; empty for one that is, and for a setting that needs none."""
    if variable == CHOSEN_BY_A_PERSON:
        return ""
    if variable.endswith(("_URL", "_URI")):
        return _of_address(variable, value)
    if variable.endswith("_KEY"):
        return trouble_of_key(value)
    if variable.endswith("_KEYS"):  # its shape says the rest (`chassis.process.settings`)
        return "it holds a placeholder" if _is_placeholder(value) else ""
    return _of_password(value) if variable.endswith("_PASSWORD") else ""


def _of_address(variable: str, value: str) -> str:
    try:
        password = urlsplit(value).password
    except ValueError:
        return "it is no address"
    if variable not in ADMINISTRATORS:
        return _of_password(unquote(password or ""))
    if password is None:  # a socket, or a certificate
        return ""
    if not password or _is_placeholder(unquote(password)):
        return "its password is a placeholder"
    return ""


def _of_password(password: str) -> str:
    if not password:
        return "it has no password"
    if _is_placeholder(password):
        return "its password is a placeholder"
    if len(password) < SHORTEST or len(set(password)) < _FEWEST_SIGNS:
        return f"its password is too short or too simple; {SHORTEST} characters are the least"
    return ""


def trouble_of_key(value: str) -> str:
    """Why this is no key, private or public; empty for one that is."""
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < _FEWEST_SIGNS:
        return f"it is no key: {KEY_BYTES} bytes in base64, as `crm keys` makes them"
    return ""


def _is_placeholder(secret: str) -> bool:
    letters = "".join(sign for sign in secret.casefold() if sign.isalpha())
    return any(word in letters for word in _WORDS)
