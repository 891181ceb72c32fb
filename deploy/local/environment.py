"""What each program of the stack is told through its environment, and nothing more than it needs."""

import base64
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local import console
from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure
from deploy.local.ports import claim
from deploy.local.run_dir import RunDir

SERVICES = ("customer", "sales", "workshop", "followup", "reporting")
GATEWAY = "gateway"
CUSTOMER = "customer"
OWNERS = (*SERVICES, GATEWAY)  # each has a database and a broker user of its own
RELAY = "relay"
ALL = "all"  # every service and the gateway in one process
PREPARE = "prepare"
DATABASE_ROLES = ("owner", "app", "relay")
HTTP = "gateway.http"
HTTP_PORT = "CRM_GATEWAY_HTTP_PORT"
USUAL_HTTP_PORT = 8000

# Settings that end so hold a secret.
SECRET_ENDINGS = ("_URL", "_URI", "_KEY", "_KEYS", "_PASSWORD")
# What any program on this machine may need to run at all.
MACHINE_SETTINGS = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")


@dataclass(frozen=True)
class Ports:
    """Where the programs answer: the gateway to everybody, each of them to whoever watches it."""

    http: int
    health: Mapping[str, int]


def choose_ports(run_dir: RunDir) -> Ports:
    """The same as last time where they are still free."""
    return Ports(
        http=run_dir.port(HTTP, preferred=USUAL_HTTP_PORT),
        health={name: run_dir.port(f"{name}.health") for name in (*OWNERS, RELAY)},
    )


def hold_http_port(run_dir: RunDir) -> None:
    """Keep the port a person wants the system at from all others. One that cannot be had is said, not replaced."""
    wish = os.environ.get(HTTP_PORT)
    if not wish:
        return
    if not (wish.isascii() and wish.isdecimal()) or not 0 < int(wish) < 65536:
        raise LocalStackError(f"{HTTP_PORT}={wish}: a port is a number from 1 to 65535")
    if trouble := claim(int(wish)):
        raise LocalStackError(f"{HTTP_PORT}={wish}: {trouble}; choose another, or leave it out and a free one is found")
    run_dir.hold(HTTP, int(wish))


def known_ports(run_dir: RunDir) -> Ports:
    """The ports of the stack that runs on this directory, or ran last."""
    return Ports(
        http=run_dir.known_port(HTTP),
        health={name: run_dir.known_port(f"{name}.health") for name in (*OWNERS, RELAY)},
    )


def env_for(name: str, *, run_dir: RunDir, servers: Infrastructure, ports: Ports, test_mode: bool) -> dict[str, str]:
    """The whole environment of one program: a service, the gateway, `all`, `relay` or `prepare`."""
    make = _Environment(run_dir, servers, ports)
    if name == PREPARE:
        env = make.admin() | _join(make.service(owner) | make.owner(owner) | make.relayed(owner) for owner in OWNERS)
    elif name == RELAY:
        env = make.health(RELAY) | _join(make.relayed(owner) for owner in OWNERS)
    elif name == ALL:
        env = _join(make.program(owner) for owner in OWNERS) | make.http()
    elif name == GATEWAY:
        env = make.program(GATEWAY) | make.http()
    elif name in SERVICES:
        env = make.program(name)
    else:
        raise LocalStackError(f"no program is called {name}; there are {', '.join((*OWNERS, ALL, RELAY, PREPARE))}")
    return _machine() | _operator(name) | env | ({"CRM_TEST_MODE": "1"} if test_mode else {})


class _Environment:
    def __init__(self, run_dir: RunDir, servers: Infrastructure, ports: Ports) -> None:
        self._run_dir = run_dir
        self._servers = servers
        self._ports = ports

    def admin(self) -> dict[str, str]:
        return {
            "CRM_DATABASE_URL": self._servers.database_url,
            "CRM_AMQP_URI": self._servers.amqp_uri,
            "CRM_MANAGEMENT_URL": self._servers.management_url,
        }

    def program(self, name: str) -> dict[str, str]:
        keys = {owner: self._signing_key(owner) for owner in OWNERS}
        public = ",".join(f"{owner}:{public_key(key)}" for owner, key in keys.items())
        signing = {f"CRM_{name.upper()}_SIGNING_KEY": keys[name], "CRM_ACTOR_PUBLIC_KEYS": public}
        return self.service(name) | self.health(name) | signing

    def service(self, name: str) -> dict[str, str]:
        own = {f"CRM_{name.upper()}_DATABASE_URL": self._database(name, role="app")} | self._broker(name)
        return own | self._sealing() if name == CUSTOMER else own

    def owner(self, name: str) -> dict[str, str]:
        return {f"CRM_{name.upper()}_OWNER_URL": self._database(name, role="owner")}

    def relayed(self, name: str) -> dict[str, str]:
        return {f"CRM_{name.upper()}_RELAY_URL": self._database(name, role="relay")} | self._broker(name)

    def health(self, name: str) -> dict[str, str]:
        return {f"CRM_{name.upper()}_HEALTH_PORT": str(self._ports.health[name])}

    def http(self) -> dict[str, str]:
        return {HTTP_PORT: str(self._ports.http), "CRM_GATEWAY_CONSOLE_DIR": str(console.place())}

    def _sealing(self) -> dict[str, str]:
        return {"CRM_CUSTOMER_SEALING_KEYS": self._run_dir.secret("customer.sealing_keys", make=new_sealing_keys)}

    def _signing_key(self, name: str) -> str:
        return self._run_dir.secret(f"{name}.signing_key", make=new_signing_key)

    def _database(self, name: str, *, role: str) -> str:
        """As the administrator's URL, but another role and the service's own database."""
        user = f"{name}_{role}"
        return _url(self._servers.database_url, user, self._run_dir.secret(f"database.{user}"), path=f"/crm_{name}")

    def _broker(self, name: str) -> dict[str, str]:
        uri = _url(self._servers.amqp_uri, name, self._run_dir.secret(f"broker.{name}"))
        return {f"CRM_{name.upper()}_AMQP_URI": uri}


def new_signing_key() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def new_sealing_keys() -> str:
    """One master key, and the key that ID numbers are found by (`chassis.process.settings.SealingSettings`)."""
    return ",".join(f"{name}:{base64.b64encode(os.urandom(32)).decode()}" for name in ("k1", "index"))


def public_key(signing_key: str) -> str:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(signing_key))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _url(admin: str, user: str, password: str, *, path: str | None = None) -> str:
    """The administrator's URL with another user, and another path if one is given."""
    parts: SplitResult = urlsplit(admin)
    host = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{host}", path=parts.path if path is None else path))


def _machine() -> dict[str, str]:
    return {name: os.environ[name] for name in MACHINE_SETTINGS if name in os.environ} | {"PYTHONUNBUFFERED": "1"}


def _operator(name: str) -> dict[str, str]:
    """Settings a person gave for all programs, such as a time limit; secrets only where they are put to use."""
    own = tuple(f"CRM_{owner.upper()}_" for owner in (*OWNERS, RELAY))
    given = {key: value for key, value in os.environ.items() if key.startswith("CRM_") and not key.startswith(own)}
    if name == PREPARE:
        return given
    return {key: value for key, value in given.items() if not key.removesuffix("_FILE").endswith(SECRET_ENDINGS)}


def _join(parts: Iterable[dict[str, str]]) -> dict[str, str]:
    return {name: value for part in parts for name, value in part.items()}
