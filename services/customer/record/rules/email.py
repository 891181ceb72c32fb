"""E-mail addresses: evidence for a match (E7)."""

from __future__ import annotations

import re

from contracts.signs import plain

_LONGEST, _LONGEST_MAILBOX = 254, 64
_MAILBOX = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class NotAnEmail(ValueError):
    """The text is no e-mail address."""

    code = "EMAIL_INVALID"


def normalise(typed: str) -> str:
    """The address as stored: one width, lower case, no spaces around it, the Chinese full stop as a dot.

    Host names are plain ASCII with at least one dot. Raises NotAnEmail.
    """
    text = plain(typed).strip().lower().replace("。", ".")
    mailbox, _, host = text.removeprefix("mailto:").strip().rpartition("@")
    address = f"{mailbox}@{host}"
    if (
        len(mailbox) > _LONGEST_MAILBOX
        or len(address) > _LONGEST
        or not _MAILBOX.fullmatch(mailbox)
        or not _HOST.fullmatch(host)
    ):
        raise NotAnEmail(typed)
    return address
