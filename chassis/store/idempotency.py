"""Idempotency where the effect is: the owning service remembers a command's key and response in its own transaction.

The same key and request give the stored response; another request with the key is refused;
while the first is still running the second waits for its lock and then learns which it was.
A refused or failed command leaves nothing behind: a retry is judged anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.store import tables
from chassis.store.database import is_lock_timeout
from chassis.store.rows import Insert, as_bytea, insert_last
from contracts.refusals import ActorRejected, KeyReused, StillRunning

_CLAIM = text(
    """
    INSERT INTO command_log (staff_id, key, operation, fingerprint)
    VALUES (:staff_id, :key, :operation, :fingerprint) ON CONFLICT DO NOTHING RETURNING key
    """
)
_KNOWN = text("SELECT fingerprint, response FROM command_log WHERE staff_id = :staff_id AND key = :key")
_GIVE_UP = text("DELETE FROM command_log WHERE staff_id = :staff_id AND key = :key AND fingerprint = :fingerprint")
_RESPONSE = "(staff_id, key) DO UPDATE SET response = excluded.response"

_FORGET = text(
    """
    DELETE FROM command_log
     WHERE EXISTS (SELECT FROM unnest(CAST(:names AS text[])) AS name
                    WHERE position(convert_to(name, 'UTF8') IN response) > 0)
    """
)
_FORGET_OLD = text(
    """
    DELETE FROM command_log WHERE (staff_id, key) IN (
           SELECT staff_id, key FROM command_log WHERE created_at < :before ORDER BY created_at LIMIT :most)
    """
)

REMEMBERED = timedelta(days=90)
"""How long a response is kept: it may hold personal data (PIPL 19; `docs/data-map.toml`, transient)."""
AT_ONCE = 1000
"""Commands that are forgotten in one transaction."""


def forget(session: Session, *, naming: Sequence[object]) -> int:
    """Forget the responses in which one of these identifiers stands (PIPL 47); how many.

    Such a command sent once more is judged anew.
    """
    forgotten: Any = session.execute(_FORGET, {"names": [str(one) for one in naming]})
    return int(forgotten.rowcount)


def forget_old(session: Session, *, real_now: datetime) -> int:
    """Forget commands older than nobody sends once more; how many, at most so many at once."""
    forgotten: Any = session.execute(_FORGET_OLD, {"before": real_now - REMEMBERED, "most": AT_ONCE})
    return int(forgotten.rowcount)


def fingerprint(operation: str, body: bytes, *, secret: bytes = b"") -> bytes:
    """What makes two requests the same: the operation and the request's bytes.

    With a secret nobody finds out what stood in a request by trying whatever it may have been, as an ID number can be.
    """
    return hmac.digest(secret, operation.encode() + b"\0" + body, "sha256")


class Asked(NamedTuple):
    """A command as it came: who sent it, by which key, and what makes it the same request (`fingerprint`)."""

    staff_id: str
    key: str
    operation: str
    fingerprint: bytes


def once(session: Session, asked: Asked, work: Callable[[], bytes]) -> bytes:
    """The response of the work, or the one it gave before. Raises what `claim` and the work raise."""
    known = claim(session, asked)
    if known is None:
        keep(session, asked, known := work())
    return known


def claim(session: Session, asked: Asked) -> bytes | None:
    """Claim the key: None if the command is new, else the response given before.

    Raises KeyReused for another request with the same key, StillRunning if the first has not ended.
    """
    try:
        claimed = session.scalar(_CLAIM, asked._asdict())
    except DBAPIError as error:
        if is_lock_timeout(error):
            raise StillRunning from None
        raise
    if claimed is not None:
        return None
    before = session.execute(_KNOWN, {"staff_id": asked.staff_id, "key": asked.key}).one()
    if bytes(before.fingerprint) != asked.fingerprint:
        raise KeyReused
    if before.response is None:
        raise StillRunning
    return bytes(before.response)


def spend(session: Session, *, staff_id: str, operation: str, token: str) -> None:
    """A service's word counts once where what it is told is not kept: shown again, it opens nothing.

    Raises ActorRejected. The token of a command that is refused or fails is not spent.
    """
    spent = hashlib.sha256(token.encode())
    row = {"staff_id": staff_id, "key": f"token {spent.hexdigest()}", "operation": operation}
    if session.scalar(_CLAIM, row | {"fingerprint": spent.digest()}) is None:
        raise ActorRejected


def begun(session: Session | Connection, asked: Asked) -> bool:
    """Whether work that others do a part of was begun by this key. Raises KeyReused for another request with it."""
    before = session.execute(_KNOWN, {"staff_id": asked.staff_id, "key": asked.key}).one_or_none()
    if before is not None and bytes(before.fingerprint) != asked.fingerprint:
        raise KeyReused
    return before is not None


def begin(session: Session, asked: Asked) -> None:
    """Note the key of such work, and nothing it answers: whoever did a part remembers that. Raises KeyReused.

    Committed before the first part is asked for: who comes again goes on, and another request never does.
    """
    if session.scalar(_CLAIM, asked._asdict()) is None:
        begun(session, asked)


def give_up(session: Session, asked: Asked) -> None:
    """Such work was refused: its key may be used for what is right."""
    session.execute(_GIVE_UP, asked._asdict())


def keep(session: Session, asked: Asked, response: bytes) -> None:
    """Store the response beside the key, at the end of the command's transaction."""
    row = asked._asdict() | {"fingerprint": as_bytea(asked.fingerprint), "response": as_bytea(response)}
    insert_last(session, [Insert(tables.command_log, [row], _RESPONSE)])
