"""Settings: read once from the environment, typed; a missing one stops the start with one line that names it.

Each may stand in a file instead, which `<variable>_FILE` names. A secret that is none stops the start too.
`deploy/env.example` lists every variable; a test holds the two together.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chassis.process import placeholders
from chassis.process.actors import new_key, public_key

SERVICES = ("customer", "sales", "workshop", "followup", "reporting", "gateway")
"""Everything that owns a database and a broker user."""

PUBLIC_KEYS = "CRM_ACTOR_PUBLIC_KEYS"
"""The variable that tells every process by which key each of us signs."""

DELAYS = "1,5,30,120,600,3600"

INDEX = "index"
"""The name of the sealing key that numbers are found by."""
SEALING_KEY_BYTES = 32
_SEALING_KEY_NAME = re.compile(r"[a-z0-9_-]{1,20}")


class MissingSetting(SystemExit):
    """A variable is not set or not readable: the process ends with one line that names it."""

    def __init__(self, variable: str, wanted: str) -> None:
        super().__init__(
            f"crm: set {variable} ({wanted}); deploy/env.example explains every variable, "
            "and where `make run` runs, .venv/bin/crm finds them"
        )


class NoSecret(SystemExit):
    """A variable holds what others know or guess: the process ends with one line that names it, not the value."""

    def __init__(self, variable: str, why: str) -> None:
        super().__init__(f"crm: {variable} is no secret: {why}; `crm secrets make` makes good ones")


class Environment:
    """Typed reading of environment variables, with the name of the missing one in the error."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values

    def text(self, variable: str, default: str | None = None, *, wanted: str = "text") -> str:
        """A text. Raises MissingSetting when absent and without default, NoSecret when others know it."""
        given = self._values.get(variable) or self._in_file(variable)
        if not given:
            if default is None:
                raise MissingSetting(variable, wanted)
            return default
        if why := placeholders.trouble(variable, given):
            raise NoSecret(variable, why)
        return given

    def _in_file(self, variable: str) -> str:
        """What stands in the file that `<variable>_FILE` names. One that is named holds something."""
        name = f"{variable}_FILE"
        path = self._values.get(name)
        if not path:
            return ""
        try:
            value = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as problem:
            why = getattr(problem, "strerror", None) or "it is no text"
            raise MissingSetting(name, f"a file that can be read: {path}: {why}") from None
        if not value:
            raise MissingSetting(name, f"a file with something in it: {path} is empty")
        return value

    def number(self, variable: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.text(variable, None if default is None else str(default), wanted="a whole number")
        try:
            return int(value)
        except ValueError:
            raise MissingSetting(variable, f"a whole number, not {value!r}") from None

    def numbers(self, variable: str, default: str) -> tuple[float, ...]:
        """Numbers with commas between."""
        try:
            return tuple(float(part) for part in self.text(variable, default).split(","))
        except ValueError:
            raise MissingSetting(variable, "numbers with commas between") from None

    def flag(self, variable: str) -> bool:
        """True if the variable is 1, true or yes."""
        return self.text(variable, "0").lower() in ("1", "true", "yes")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What only the gateway needs to know: where it listens, and for whom."""

    host: str
    port: int
    trusted_proxy: str
    most_connections: int
    most_streams: int
    reveals_per_hour: int
    console_dir: Path | None

    @classmethod
    def of(cls, env: Environment) -> HttpSettings:
        """Read them. Raises MissingSetting."""
        return cls(
            host=env.text("CRM_GATEWAY_HTTP_HOST", "127.0.0.1"),
            port=env.number("CRM_GATEWAY_HTTP_PORT"),
            trusted_proxy=env.text("CRM_GATEWAY_TRUSTED_PROXY", ""),
            most_connections=env.number("CRM_GATEWAY_CONNECTIONS", 1000),
            most_streams=env.number("CRM_GATEWAY_STREAMS", 1000),
            reveals_per_hour=env.number("CRM_GATEWAY_REVEALS_PER_HOUR", 30),
            console_dir=Path(folder) if (folder := env.text("CRM_GATEWAY_CONSOLE_DIR", "")) else None,
        )


@dataclass(frozen=True, slots=True)
class SealingSettings:
    """What only customer needs to know: the keys by which ID numbers are kept unreadable (docs/decisions/0014).

    `masters` seal the keys of the customers, by name; `current` names the one that seals, the others only open.
    `index` is what numbers are found by; it is never replaced.
    """

    current: str
    masters: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def of(cls, env: Environment) -> SealingSettings:
        """Read them: `name:base64` with commas between, the current one first. Raises MissingSetting."""
        variable = "CRM_CUSTOMER_SEALING_KEYS"
        wanted = f"name:base64,…,{INDEX}:base64, each of {SEALING_KEY_BYTES} bytes; `crm keys` makes them"
        keys: dict[str, bytes] = {}
        for entry in env.text(variable, wanted=wanted).split(","):
            name, _, encoded = entry.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                key = b""
            if not _SEALING_KEY_NAME.fullmatch(name) or len(key) != SEALING_KEY_BYTES or name in keys:
                raise MissingSetting(variable, wanted)
            keys[name] = key
        index = keys.pop(INDEX, None)
        if index is None or not keys:
            raise MissingSetting(variable, wanted)
        return cls(next(iter(keys)), keys, index)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one service's process needs to know. Durations are seconds."""

    service: str
    database_url: str
    amqp_uri: str
    health_port: int
    public_keys: Mapping[str, tuple[str, ...]]
    signing_key: str = field(repr=False)
    test_mode: bool
    heartbeat: int
    pool_size: int
    retry_delays: tuple[float, ...]
    stop_timeout: float
    http: HttpSettings | None = None
    sealing: SealingSettings | None = None

    @classmethod
    def of(cls, service: str, environment: Environment | None = None) -> Settings:
        """Read the settings of `service`. Raises MissingSetting."""
        env = environment or Environment()
        return cls(
            service=service,
            database_url=env.text(
                named(service, "DATABASE_URL"), wanted="postgresql://user:password@host:port/database"
            ),
            amqp_uri=env.text(named(service, "AMQP_URI"), wanted="amqp://user:password@host:port/vhost"),
            health_port=env.number(named(service, "HEALTH_PORT"), 0),
            public_keys=(public_keys := _public_keys(env)),
            signing_key=_signing_key(service, env, public_keys),
            test_mode=env.flag("CRM_TEST_MODE"),
            heartbeat=env.number("CRM_HEARTBEAT_SECONDS", 10),
            pool_size=env.number("CRM_DATABASE_POOL", 10),
            retry_delays=env.numbers("CRM_RETRY_DELAYS", DELAYS),
            stop_timeout=env.number("CRM_STOP_TIMEOUT_SECONDS", 25),
            http=HttpSettings.of(env) if service == "gateway" else None,
            sealing=SealingSettings.of(env) if service == "customer" else None,
        )


def _public_keys(env: Environment) -> dict[str, tuple[str, ...]]:
    """Whose signature is known by which keys; several while one is replaced. Raises MissingSetting."""
    wanted = f"{','.join(f'{name}:base64' for name in SERVICES)}: the public key of each; `crm keys` makes them"
    keys: dict[str, tuple[str, ...]] = {}
    for entry in env.text(PUBLIC_KEYS, wanted=wanted).split(","):
        name, _, key = entry.strip().partition(":")
        if not name or placeholders.trouble_of_key(key):
            raise MissingSetting(PUBLIC_KEYS, wanted)
        keys[name] = (*keys.get(name, ()), key)
    if lacking := [name for name in SERVICES if name not in keys]:
        raise MissingSetting(PUBLIC_KEYS, f"it lacks {', '.join(lacking)}; wanted is {wanted}")
    return keys


def _signing_key(service: str, env: Environment, public_keys: Mapping[str, tuple[str, ...]]) -> str:
    """What the service signs with; one that nobody would believe is found here. Raises MissingSetting, NoSecret."""
    variable, wanted = named(service, "SIGNING_KEY"), f"the private key to {service}'s in {PUBLIC_KEYS}"
    key = env.text(variable, wanted=f"{wanted}; `crm keys` makes both")
    if public_key(key) not in public_keys.get(service, ()):
        raise MissingSetting(variable, f"{wanted}, which this one does not fit")
    return key


def named(service: str, what: str) -> str:
    """The variable of one service: `CRM_SALES_DATABASE_URL`."""
    return f"CRM_{service.upper()}_{what}"


def retry_delays(environment: Environment | None = None) -> tuple[float, ...]:
    """The tiers a failing event waits in, in seconds, shortest first."""
    return (environment or Environment()).numbers("CRM_RETRY_DELAYS", DELAYS)


def new_signing_keys() -> dict[str, str]:
    """A fresh private key for each service, by its variable, and the setting that makes all of them known."""
    made = {service: new_key() for service in SERVICES}
    return {named(service, "SIGNING_KEY"): key for service, key in made.items()} | {PUBLIC_KEYS: public_keys_of(made)}


def public_keys_of(private: Mapping[str, str]) -> str:
    """What everybody is told of these private keys, by service."""
    return ",".join(f"{service}:{public_key(key)}" for service, key in private.items())


def new_sealing_keys() -> str:
    """Fresh keys for sealing, as the setting wants them: one master key, and the one that numbers are found by."""
    made = (base64.b64encode(secrets.token_bytes(SEALING_KEY_BYTES)).decode() for _ in range(2))
    return ",".join(f"{name}:{key}" for name, key in zip(("k1", INDEX), made, strict=True))
