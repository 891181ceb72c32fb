"""Actors: who a call is made for, signed, short-lived, checked by every service (ASVS 8.3.3).

The gateway signs for people; each service signs for itself alone, where nobody asked it (docs/decisions/0029).
Ed25519: who has a private key can sign, everybody else can only check.
A checked token is remembered until it expires, so that a busy session costs one check a minute.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import jwt
import uuid_utils.compat as uuids
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.process import logs
from contracts.access import Actor
from contracts.refusals import ActorRejected

log = logs.get("actors")

GATEWAY = "gateway"
"""Who signs for people."""
EVERY_SERVICE = "crm-services"
"""For whom a person's token is: whoever is asked carries it on to those he must ask."""
ALGORITHM = "EdDSA"
LIFETIME = timedelta(seconds=60)
_REMEMBERED = 4096


class Signer:
    """Signs as one of us, with its own private key."""

    def __init__(self, service: str, private_key: str) -> None:
        self._service = service
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))

    def sign(self, actor: Actor, *, now: datetime) -> str:
        """A token for a person, valid for one minute; the gateway's is believed and nobody else's."""
        return self._token(actor, audience=EVERY_SERVICE, now=now)

    def sign_itself(self, *, to: str, now: datetime) -> str:
        """A token by which this service is believed to be itself, for one minute, by the service `to` and no other."""
        return self._token(Actor.service(self._service), audience=to, now=now)

    def _token(self, actor: Actor, *, audience: str, now: datetime) -> str:
        claims = {
            "jti": str(uuids.uuid7()),
            "sub": actor.staff_id,
            "roles": list(actor.roles),
            "stores": list(actor.stores),
            "dealer_stores": list(actor.dealer_stores),
            "team": list(actor.teammates),
            "aud": audience,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": self._service})


class Verifier:
    """Checks signed actors for one service, with everybody's public keys, by who signs with them.

    While a key is replaced there are two of one name.
    """

    def __init__(self, service: str, public_keys: Mapping[str, Sequence[str]]) -> None:
        self._service = service
        self._keys = {
            name: [Ed25519PublicKey.from_public_bytes(base64.b64decode(key)) for key in keys]
            for name, keys in public_keys.items()
        }
        self._known: dict[str, tuple[float, Actor]] = {}

    def verify(self, token: str | None) -> Actor:
        """The actor of a token. Raises ActorRejected; why it is not believed stands in the log alone."""
        if not token:
            raise ActorRejected
        known = self._known.get(token)
        if known is not None and known[0] > time.time():
            return known[1]
        signer = ""
        try:
            signer = str(jwt.get_unverified_header(token)["kid"])
            claims = self._claims(token, signer)
            actor = Actor(
                str(claims["sub"]),
                tuple(claims["roles"]),
                tuple(claims["stores"]),
                tuple(claims.get("dealer_stores", ())),  # a gateway of before, while one version replaces the other
                tuple(claims.get("team", ())),
            )
            self._require_own_word(signer, actor, audience=claims["aud"])
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            signed_by = signer if signer in self._keys else "nobody we know"
            log.warning("actor rejected", signed_by=signed_by, why=str(error) or type(error).__name__)
            raise ActorRejected from None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[token] = (float(claims["exp"]), actor)
        return actor

    def _claims(self, token: str, signer: str) -> dict[str, Any]:
        """What a token says, if one of the signer's keys made it, for us, and it is not over."""
        failed = jwt.InvalidTokenError("no such key")
        for key in self._keys.get(signer, ()):
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=[EVERY_SERVICE, self._service],
                    options={"require": ["sub", "exp", "iat", "aud"]},
                )
            except jwt.InvalidSignatureError as error:
                failed = error
        raise failed

    def _require_own_word(self, signer: str, actor: Actor, *, audience: object) -> None:
        """Raise InvalidTokenError unless that signer may say this: the gateway of people, each of itself to us."""
        itself = actor == Actor.service(signer)
        person = signer == GATEWAY and not actor.is_service
        if not (itself or person):
            raise jwt.InvalidTokenError("it signs for somebody else")
        if audience != (self._service if itself else EVERY_SERVICE):
            raise jwt.InvalidAudienceError("meant for another service")


def public_key(private_key: str) -> str:
    """The public key of a private one, base64 both."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def new_key() -> str:
    """A fresh private key, base64, for an operator to put into the settings of who signs with it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
