"""Sealing: how ID numbers are kept, so that a copy of the database tells nobody's (PIPL 28, 51; docs/decisions/0014).

A number is encrypted under a key of its customer. That key is kept beside it, itself encrypted under a master key,
which is a setting and stands in no database. Once a customer's key is thrown away (PIPL 47), his numbers are unreadable
wherever a copy of them is: in a row, its history, the snapshot of a merge, a dump.

The same number of the same customer in the same field always becomes the same text (AES-SIV, RFC 5297), so that a row
that was put back is the row it was. Bound to customer and field, it cannot be moved to another.
What is compared in SQL is a keyed hash: numbers are few enough to try them all against a plain one.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from chassis.process.keys import derived
from chassis.process.settings import Environment, SealingSettings
from services.customer.record.rules.record import Record

SEALED = ("id_number", "id18")
"""The fields of a record that are sealed."""
NUMBER = "number"
"""The field of a document that is."""
FORM = "1"
"""Before every sealed value; another way to seal would get another sign."""

_HASHED = "id18"
"""The kind of search key that is kept as its hash."""
_SECRET_BYTES = 64


class Unopenable(RuntimeError):
    """A sealed value or key that the keys at hand do not open: another's, altered, or of a key nobody has any more."""


class SubjectKey:
    """The key of one customer."""

    def __init__(self, customer_id: UUID, secret: bytes) -> None:
        self._customer_id = customer_id
        self._cipher = AESSIV(secret)

    def seal(self, field: str, value: str) -> str:
        """The value, readable with this key only; an empty one stays empty."""
        return f"{FORM}:{_text(self._cipher.encrypt(value.encode(), self._bound_to(field)))}" if value else value

    def open(self, field: str, sealed: str) -> str:
        """The value. Raises Unopenable for another customer's, another field's, or an altered one."""
        if not sealed:
            return sealed
        form, _, encoded = sealed.partition(":")
        if form != FORM:
            raise Unopenable(f"{field} of customer {self._customer_id} is not sealed in a form that is known")
        try:
            return self._cipher.decrypt(_bytes(encoded), self._bound_to(field)).decode()
        except (InvalidTag, ValueError):
            raise Unopenable(f"{field} of customer {self._customer_id} is not what was sealed") from None

    def _bound_to(self, field: str) -> list[bytes]:
        return [self._customer_id.bytes, field.encode()]


class Masters:
    """The keys of the system, out of its settings. Without the right `index` no customer's key opens."""

    def __init__(self, settings: SealingSettings) -> None:
        self.current = settings.current
        self._ciphers = {
            name: AESSIV(derived(key, "subject keys", salt=settings.index, length=_SECRET_BYTES))
            for name, key in settings.masters.items()
        }
        self._hashing = derived(settings.index, "search keys")
        self._telling = derived(settings.index, "changed fields")

    def new_key(self, customer_id: UUID) -> tuple[SubjectKey, str]:
        """A key for a customer, and what is kept of it."""
        secret = secrets.token_bytes(_SECRET_BYTES)
        return SubjectKey(customer_id, secret), self._wrapped(customer_id, secret)

    def key_of(self, customer_id: UUID, sealed_key: str) -> SubjectKey:
        """The customer's key out of what is kept of it. Raises Unopenable."""
        return SubjectKey(customer_id, self._secret(customer_id, sealed_key))

    def anew(self, customer_id: UUID, sealed_key: str) -> str:
        """The same key, sealed under the current master key. Raises Unopenable."""
        return self._wrapped(customer_id, self._secret(customer_id, sealed_key))

    def hash_of(self, number_18: str) -> str:
        """What a resident ID is found by."""
        return _text(hmac.digest(self._hashing, number_18.encode(), "sha256"))

    def told(self, customer_id: UUID, value: Any) -> str:
        """Tells a value from another of the same customer without telling it, for those who hear of a change."""
        return hmac.digest(self._telling, customer_id.bytes + orjson.dumps(value), "sha256").hex()[:16]

    def _wrapped(self, customer_id: UUID, secret: bytes) -> str:
        return f"{self.current}:{_text(self._ciphers[self.current].encrypt(secret, [customer_id.bytes]))}"

    def _secret(self, customer_id: UUID, sealed_key: str) -> bytes:
        name, _, encoded = sealed_key.partition(":")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise Unopenable(
                f"the key of customer {customer_id} is sealed under {name!r}, which CRM_CUSTOMER_SEALING_KEYS lacks"
            )
        try:
            return cipher.decrypt(_bytes(encoded), [customer_id.bytes])
        except (InvalidTag, ValueError):
            raise Unopenable(
                f"the key of customer {customer_id} does not open: CRM_CUSTOMER_SEALING_KEYS has another {name!r} or"
                " index than it was sealed under, or it was altered"
            ) from None


@cache
def masters() -> Masters:
    """Those of this process. Raises MissingSetting."""
    return Masters(SealingSettings.of(Environment()))


def key_beside(customer: str) -> str:
    """SQL for the column `sealed_key`: what is kept of the key of the customer that an expression names."""
    return f"(SELECT kept.sealed_key FROM subject_key kept WHERE kept.customer_id = {customer}) AS sealed_key"  # noqa: S608


def record_of(row: Mapping[str, Any]) -> Record:
    """The record in a row that has `sealed_key` beside it.

    Raises Unopenable also when the key is gone: whoever went on without the number would write the record without it.
    """
    if not any_in(row):
        return Record.of(row)
    if row["sealed_key"] is None:
        raise Unopenable(
            f"the key of customer {row['id']} is gone, but his record has numbers: restore it, or erase him"
        )
    key = masters().key_of(row["id"], row["sealed_key"])
    return Record.of({**row, **{name: key.open(name, row[name]) for name in SEALED if row[name] is not None}})


def any_in(row: Mapping[str, Any]) -> bool:
    """True if there is something sealed in a row of a record."""
    return any(row[name] is not None for name in SEALED)


def bears(record: Record) -> bool:
    """True if there is something in the record that has to be sealed."""
    return any(getattr(record, name) is not None for name in SEALED)


def opened(customer_id: UUID, sealed_key: str | None, field: str, sealed: str | None) -> str | None:
    """One value of a customer, to show; None if there is none, or his key is gone. Raises Unopenable."""
    if sealed is None or sealed_key is None:
        return None
    return masters().key_of(customer_id, sealed_key).open(field, sealed)


def kept(key: tuple[str, str]) -> tuple[str, str]:
    """A search key (kind, value) as it is kept and compared in SQL."""
    kind, value = key
    return (kind, masters().hash_of(value)) if kind == _HASHED else key


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)
