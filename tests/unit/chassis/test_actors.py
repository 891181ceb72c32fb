"""Signed actors: people by the gateway alone, each service by itself, short-lived, meant for whom they are shown."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.process import clock
from chassis.process.actors import ALGORITHM, EVERY_SERVICE, GATEWAY, LIFETIME, Signer, Verifier, new_key, public_key
from contracts.access import Actor
from contracts.refusals import ActorRejected

PRIVATE = {name: new_key() for name in (GATEWAY, "followup", "sales", "customer")}
PUBLIC = {name: (public_key(key),) for name, key in PRIVATE.items()}
ACTOR = Actor("s-1", ("consultant", "leader"), ("HN", "NS"), ("HN", "NS", "FT"), ("s-2",))
FOLLOWUP = Actor("service:followup", ("service:followup",), ())


def verifier(of: str = "customer", **keys: tuple[str, ...]) -> Verifier:
    return Verifier(of, {**PUBLIC, **keys})


def signed(*, key: str = PRIVATE[GATEWAY], ago: timedelta = timedelta(), actor: Actor = ACTOR) -> str:
    return Signer(GATEWAY, key).sign(actor, now=clock.now() - ago)


def itself(name: str = "followup", *, to: str = "customer", key: str = "", ago: timedelta = timedelta()) -> str:
    return Signer(name, key or PRIVATE[name]).sign_itself(to=to, now=clock.now() - ago)


def claims(by: str = GATEWAY, *, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    now = clock.now()
    whole = {
        "sub": "s-1",
        "roles": [],
        "stores": [],
        "aud": EVERY_SERVICE,
        "iat": now,
        "exp": now + LIFETIME,
        **changes,
    }
    said = {name: value for name, value in whole.items() if value is not None}
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PRIVATE[by]))
    return jwt.encode(said, private, algorithm=ALGORITHM, headers={"kid": by} if headers is None else headers)


def rejected(token: str | None, by: Verifier | None = None) -> bool:
    with pytest.raises(ActorRejected):
        (by or verifier()).verify(token)
    return True


# -- people ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ["customer", "sales"])
def test_whom_the_gateway_signed_every_service_believes(service):
    assert verifier(service).verify(signed()) == ACTOR


def test_a_token_of_a_gateway_of_before_reaches_no_further_than_the_stores_it_names():
    assert verifier().verify(claims(roles=["leader"], stores=["HN"])) == Actor("s-1", ("leader",), ("HN",))


def test_a_token_is_remembered():
    known, token = verifier(), signed()
    assert known.verify(token) is known.verify(token)


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "\udcff", "é.é.é"])
def test_no_token_is_rejected(token):
    assert rejected(token)


def test_a_token_of_another_key_is_rejected():
    assert rejected(signed(key=new_key()))


def test_an_expired_token_is_rejected():
    assert rejected(signed(ago=LIFETIME + timedelta(seconds=1)))


def test_a_remembered_token_is_rejected_once_it_expires(monkeypatch):
    known, token = verifier(), signed()
    known.verify(token)
    import time

    later = time.time() + LIFETIME.total_seconds() + 1
    monkeypatch.setattr("chassis.process.actors.time.time", lambda: later)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    assert rejected(token, known)


class _Later:
    """A clock two minutes ahead, for the library that checks the expiry."""

    @staticmethod
    def now(tz=None):
        return clock.now().astimezone(tz) + timedelta(minutes=2)


def test_a_token_that_was_tampered_with_is_rejected():
    head, body, signature = signed().split(".")
    wider = base64.urlsafe_b64encode(b'{"sub":"s-1","roles":["admin"],"stores":[]}').rstrip(b"=").decode()
    for forged in (f"{head}.{wider}.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        assert rejected(forged)


def test_an_unsigned_token_is_rejected():
    assert rejected(jwt.encode({"sub": "s-1", "aud": EVERY_SERVICE}, "", algorithm="none", headers={"kid": GATEWAY}))


def test_the_public_key_as_a_secret_forges_nothing():
    now = clock.now()
    body = {"sub": "s-1", "roles": ["admin"], "stores": [], "aud": EVERY_SERVICE, "iat": now, "exp": now + LIFETIME}
    secret = base64.b64decode(PUBLIC[GATEWAY][0]) * 2
    assert rejected(jwt.encode(body, secret, algorithm="HS256", headers={"kid": GATEWAY}))


@pytest.mark.parametrize("missing", ["sub", "exp", "iat", "aud", "roles", "stores"])
def test_a_token_without_a_claim_is_rejected(missing):
    without: dict[str, Any] = {missing: None}
    assert rejected(claims(**without))


@pytest.mark.parametrize("audience", ["somebody-else", "customer", [EVERY_SERVICE, "customer"], [EVERY_SERVICE], 5])
def test_a_persons_token_that_is_not_for_every_service_is_rejected(audience):
    assert rejected(claims(aud=audience))


@pytest.mark.parametrize("headers", [{}, {"kid": "nobody"}, {"kid": ""}, {"kid": "followup"}])
def test_a_key_is_looked_for_by_the_name_of_who_signed_and_nowhere_else(headers):
    token = claims(headers={**headers, "jku": "http://127.0.0.1/keys", "x5u": "http://127.0.0.1/keys"})
    assert rejected(token)


def test_the_memory_of_tokens_is_bounded(monkeypatch):
    monkeypatch.setattr("chassis.process.actors._REMEMBERED", 3)
    known = verifier()
    for number in range(10):
        known.verify(signed(actor=Actor(f"s-{number}", (), ())))
    assert len(known._known) <= 3


# -- services, as themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_service_is_believed_to_be_itself_by_whom_it_asks(name):
    assert verifier("sales").verify(itself(name, to="sales")) == Actor.service(name)


def test_what_it_says_to_one_is_not_believed_by_another():
    token = itself(to="customer")
    assert verifier("customer").verify(token) == FOLLOWUP
    assert rejected(token, verifier("sales"))


def test_its_word_is_over_after_a_minute():
    assert rejected(itself(ago=LIFETIME + timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("sub", "roles", "stores"),
    [
        ("s-1", ["leader"], ["HN"]),
        ("service:sales", ["service:sales"], []),
        ("service:gateway", ["service:gateway"], []),
        ("service:followup", ["service:followup", "leader"], []),
        ("service:followup", ["leader"], []),
        ("service:followup", ["service:sales"], []),
        ("service:followup", [], []),
        ("service:followup", ["service:followup"], ["HN"]),
        ("followup", ["service:followup"], []),
    ],
)
@pytest.mark.parametrize("audience", ["customer", EVERY_SERVICE])
def test_a_service_signs_for_nobody_but_itself(sub, roles, stores, audience):
    assert rejected(claims("followup", sub=sub, roles=roles, stores=stores, aud=audience))


@pytest.mark.parametrize("roles", [["service:followup"], ["leader", "service:followup"]])
@pytest.mark.parametrize("sub", ["s-1", "service:followup"])
def test_the_gateway_makes_nobody_a_service(sub, roles):
    assert rejected(claims(sub=sub, roles=roles))
    assert rejected(claims(sub=sub, roles=roles, aud="customer"))


@pytest.mark.parametrize("more", [{"dealer_stores": ["HN"]}, {"team": ["s-1"]}])
def test_a_service_has_no_store_and_no_team(more):
    said: dict[str, Any] = {"sub": "service:followup", "roles": ["service:followup"], "aud": "customer"}
    assert verifier().verify(claims("followup", **said)) == FOLLOWUP
    assert rejected(claims("followup", **said, **more))


def test_its_word_to_everybody_is_not_believed():
    assert rejected(claims("followup", sub="service:followup", roles=["service:followup"], aud=EVERY_SERVICE))


def test_the_key_of_one_service_under_the_name_of_another_is_none():
    assert rejected(itself("sales", key=PRIVATE["followup"]))
    assert rejected(Signer(GATEWAY, PRIVATE["followup"]).sign(ACTOR, now=clock.now()))


# -- keys are replaced -----------------------------------------------------------------------------------


def test_while_a_key_is_replaced_both_are_believed_and_then_the_old_one_is_not():
    new = new_key()
    both = verifier(followup=(public_key(new), *PUBLIC["followup"]))
    assert both.verify(itself()) == both.verify(itself(key=new)) == FOLLOWUP
    after = verifier(followup=(public_key(new),))
    assert after.verify(itself(key=new)) == FOLLOWUP
    assert rejected(itself(), after)


@pytest.mark.parametrize(
    ("made", "signed_by", "why"),
    [
        (lambda: itself(ago=LIFETIME * 2), "followup", "expired"),
        (lambda: itself(to="sales"), "followup", "Audience"),
        (lambda: itself(key=new_key()), "followup", "Signature"),
        (lambda: claims("followup"), "followup", "somebody else"),
        (lambda: claims(headers={"kid": "stranger"}), "nobody we know", "no such key"),
    ],
)
def test_why_an_actor_is_not_believed_stands_in_the_log_and_nowhere_else(monkeypatch, made, signed_by, why):
    token, told = made(), []
    monkeypatch.setattr("chassis.process.actors.log.warning", lambda what, **more: told.append((what, more)))
    with pytest.raises(ActorRejected) as refused:
        verifier().verify(token)
    ((what, more),) = told
    assert (what, more["signed_by"]) == ("actor rejected", signed_by)
    assert why in more["why"]
    assert refused.value.details == {}
