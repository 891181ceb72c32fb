"""The name that an account logs in by: the staff code, however an input method writes it."""

from __future__ import annotations

import unicodedata

LONGEST = 100
"""A code has forty characters; one that is none may become longer when it is written plainly."""


def login_of(typed: str) -> str:
    """`hn05` for `HN05`, ` hn05 `, `ＨＮ０５` and what is pasted with signs that nobody sees.

    Brakes count by it too: another way of writing is not another account.
    """
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "CZ").lower()[:LONGEST]
