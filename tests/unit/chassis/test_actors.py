"""Signed actors: made by the gateway alone, short-lived, meant for our services."""

from __future__ import annotations

import base64
from datetime import timedelta

import jwt
import pytest

from chassis.process import clock
from chassis.process.actors import ALGORITHM, AUDIENCE, LIFETIME, Signer, Verifier, new_key_pair
from contracts.access import Actor
from contracts.refusals import ActorRejected

PRIVATE, PUBLIC = new_key_pair()
OTHER_PRIVATE, _ = new_key_pair()
ACTOR = Actor("s-1", ("consultant", "leader"), ("HN", "NS"), ("HN", "NS", "FT"), ("s-2",))


def signed(*, key: str = PRIVATE, ago: timedelta = timedelta(), actor: Actor = ACTOR) -> str:
    return Signer(key).sign(actor, now=clock.now() - ago)


def claims(**changes: object) -> str:
    now = clock.now()
    whole = {"sub": "s-1", "roles": [], "stores": [], "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME, **changes}
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PRIVATE))
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, key, algorithm=ALGORITHM)


def test_what_was_signed_is_verified():
    assert Verifier(PUBLIC).verify(signed()) == ACTOR


def test_a_token_of_a_gateway_of_before_reaches_no_further_than_the_stores_it_names():
    assert Verifier(PUBLIC).verify(claims(roles=["leader"], stores=["HN"])) == Actor("s-1", ("leader",), ("HN",))


def test_a_token_is_remembered():
    verifier, token = Verifier(PUBLIC), signed()
    assert verifier.verify(token) is verifier.verify(token)


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c"])
def test_no_token_is_rejected(token):
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(token)


def test_a_token_of_another_key_is_rejected():
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(signed(key=OTHER_PRIVATE))


def test_an_expired_token_is_rejected():
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(signed(ago=LIFETIME + timedelta(seconds=1)))


def test_a_remembered_token_is_rejected_once_it_expires(monkeypatch):
    verifier, token = Verifier(PUBLIC), signed()
    verifier.verify(token)
    import time

    later = time.time() + LIFETIME.total_seconds() + 1
    monkeypatch.setattr("chassis.process.actors.time.time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    with pytest.raises(ActorRejected):
        verifier.verify(token)


class _Later:
    """A clock two minutes ahead, for the library that checks the expiry."""

    @staticmethod
    def now(tz=None):
        return clock.now().astimezone(tz) + timedelta(minutes=2)


def test_a_token_that_was_tampered_with_is_rejected():
    head, body, signature = signed().split(".")
    wider = base64.urlsafe_b64encode(b'{"sub":"s-1","roles":["admin"],"stores":[]}').rstrip(b"=").decode()
    for forged in (f"{head}.{wider}.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(ActorRejected):
            Verifier(PUBLIC).verify(forged)


def test_an_unsigned_token_is_rejected():
    unsigned = jwt.encode({"sub": "s-1", "aud": AUDIENCE}, "", algorithm="none")
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(unsigned)


def test_the_public_key_as_a_secret_forges_nothing():
    forged = _symmetric(PUBLIC)
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(forged)


def _symmetric(public: str) -> str:
    now = clock.now()
    body = {"sub": "s-1", "roles": ["admin"], "stores": [], "aud": AUDIENCE, "iat": now, "exp": now + LIFETIME}
    return jwt.encode(body, base64.b64decode(public) * 2, algorithm="HS256")


@pytest.mark.parametrize("missing", ["sub", "exp", "iat", "aud", "roles", "stores"])
def test_a_token_without_a_claim_is_rejected(missing):
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(claims(**{missing: None}))


def test_a_token_meant_for_others_is_rejected():
    with pytest.raises(ActorRejected):
        Verifier(PUBLIC).verify(claims(aud="somebody-else"))


def test_the_memory_of_tokens_is_bounded(monkeypatch):
    monkeypatch.setattr("chassis.process.actors._REMEMBERED", 3)
    verifier = Verifier(PUBLIC)
    for number in range(10):
        verifier.verify(signed(actor=Actor(f"s-{number}", (), ())))
    assert len(verifier._known) <= 3
