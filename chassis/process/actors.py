"""Actors: who a call is made for, signed by the gateway, short-lived, checked by every service (ASVS 8.3.3).

Ed25519: only the gateway can sign, a service can only check.
A checked token is remembered until it expires, so that a busy session costs one check a minute.
"""

from __future__ import annotations

import base64
import time
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.access import Actor
from contracts.refusals import ActorRejected

AUDIENCE = "crm-services"
ALGORITHM = "EdDSA"
LIFETIME = timedelta(seconds=60)
_REMEMBERED = 4096


class Signer:
    """Signs actors; only the gateway has one."""

    def __init__(self, private_key: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))

    def sign(self, actor: Actor, *, now: datetime) -> str:
        """A token for this actor, valid for one minute."""
        claims = {
            "sub": actor.staff_id,
            "roles": list(actor.roles),
            "stores": list(actor.stores),
            "dealer_stores": list(actor.dealer_stores),
            "team": list(actor.teammates),
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)


class Verifier:
    """Checks signed actors with the gateway's public key."""

    def __init__(self, public_key: str) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        self._known: dict[str, tuple[float, Actor]] = {}

    def verify(self, token: str | None) -> Actor:
        """The actor of a token. Raises ActorRejected when it is missing, forged, expired or meant for others."""
        if not token:
            raise ActorRejected
        known = self._known.get(token)
        if known is not None and known[0] > time.time():
            return known[1]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["sub", "exp", "iat", "aud"]},
            )
            actor = Actor(
                str(claims["sub"]),
                tuple(claims["roles"]),
                tuple(claims["stores"]),
                tuple(claims.get("dealer_stores", ())),  # a gateway of before, while one version replaces the other
                tuple(claims.get("team", ())),
            )
        except (jwt.InvalidTokenError, KeyError, TypeError):
            raise ActorRejected from None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[token] = (float(claims["exp"]), actor)
        return actor


def public_key(private_key: str) -> str:
    """The public key of a private one, base64 both."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def new_key_pair() -> tuple[str, str]:
    """A fresh (private, public) key pair, base64, for an operator to put into the settings."""
    key = Ed25519PrivateKey.generate()
    return (
        base64.b64encode(key.private_bytes_raw()).decode(),
        base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    )
