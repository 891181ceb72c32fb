"""The compose file and the image are the system as the code reads it, and hold no door open: read from the files.

Each lack that is looked for is planted once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis.bus.relay import ServiceRelay
from chassis.process import probe, secret_files
from chassis.process.settings import SERVICES, Environment, Settings, named
from chassis.store import migrations
from deploy import runtime_lock

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
LOCK = (ROOT / "deploy" / "requirements.lock").read_text("utf-8")
OURS = (*SERVICES, "relay")
SERVERS = ("postgres", "rabbitmq")
ADMINISTRATORS = {"database_url", "amqp_uri", "management_url"}
HOSTS = {"database": "postgres:5432", "broker": "rabbitmq:5672", "management": "rabbitmq:15672"}
MOUNT = "/run/secrets/"
TEST_TOOLS = ("pytest", "mypy", "ruff", "hypothesis", "flask", "gunicorn", "openpyxl")
SECRET = re.compile(r"_(URL|URI|KEYS?|PASS|PASSWORD)$")


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an installation, as `crm secrets make` makes them."""
    folder = tmp_path_factory.mktemp("secrets")
    secret_files.make_files(folder, owner=None, **HOSTS)
    return folder


def environment(program: str, folder: Path) -> dict[str, str]:
    """What compose would give a program, with the secrets in `folder`."""

    def filled(match: re.Match[str]) -> str:
        return match.group(1).partition(":-")[2]

    raw: dict[str, object] = COMPOSE["services"][program]["environment"]
    given = {name: re.sub(r"\$\{([^}]+)\}", filled, str(value)) for name, value in raw.items()}
    return {name: value.replace(MOUNT, f"{folder}/") for name, value in given.items()}


def read(program: str, folder: Path) -> dict[str, str]:
    """The settings a program finds, whether they are given or in files."""
    given = environment(program, folder)
    names = {name.removesuffix("_FILE") for name in given}
    return {name: Environment(given).text(name, "") for name in names}


# -- it is the system that the code reads ----------------------------------------------------------


def test_every_part_of_the_system_is_there() -> None:
    assert set(COMPOSE["services"]) == {*OURS, "prepare", *SERVERS}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_every_setting_it_reads_and_gets_no_other(service: str, secrets: Path) -> None:
    given = environment(service, secrets)
    settings = Settings.of(service, Environment(given))

    assert COMPOSE["services"][service]["command"] == ["run", service]
    assert settings.health_port == 8100
    others = [name for other in SERVICES if other != service for name in given if name.startswith(named(other, ""))]
    assert others == []


def test_the_relay_finds_the_databases_and_brokers_of_all(secrets: Path) -> None:
    given = Environment(environment("relay", secrets))

    assert [ServiceRelay(service, given).service for service in SERVICES] == list(SERVICES)


def test_preparing_knows_every_role_of_every_service_and_the_services_the_same_ones(secrets: Path) -> None:
    prepared = read("prepare", secrets)

    for service in SERVICES:
        for role in (*migrations.ROLES, "AMQP_URI"):
            assert named(service, role) in prepared
    for program in OURS:
        for name, value in read(program, secrets).items():
            assert prepared.get(name, value) == value, name
    assert {"CRM_DATABASE_URL", "CRM_AMQP_URI", "CRM_MANAGEMENT_URL"} <= set(prepared)


def test_the_servers_are_reached_at_the_names_and_ports_they_have(secrets: Path) -> None:
    hosts = {
        match
        for program in (*OURS, "prepare")
        for value in read(program, secrets).values()
        for match in re.findall(r"@([a-z]+):(\d+)", value)
    }
    assert hosts == {("postgres", "5432"), ("rabbitmq", "5672"), ("rabbitmq", "15672")}


def test_only_the_gateway_is_published_on_loopback_and_on_the_port_it_listens_on(secrets: Path) -> None:
    published = {name: part["ports"] for name, part in COMPOSE["services"].items() if "ports" in part}

    assert published == {"gateway": ["127.0.0.1:8000:8000"]}
    assert read("gateway", secrets)["CRM_GATEWAY_HTTP_PORT"] == "8000"


def test_the_image_has_what_the_code_needs_and_nothing_else() -> None:
    building, image = DOCKERFILE.split("FROM python:3.11", 1)
    copied = re.findall(r"^COPY (\S+)", image, re.MULTILINE)

    ours = ["deploy/requirements.lock", "pyproject.toml", "contracts", "chassis", "services", "gateway"]
    assert copied == [*ours, "--from=console"]
    assert re.findall(r"^COPY (\S+)", building, re.MULTILINE) == ["gateway/console"]
    assert "npm ci --ignore-scripts" in building, "no package's own program runs while the image is made"
    assert "FROM python:3.11" in DOCKERFILE
    for ignored in ("deploy/secrets", ".env", ".run", ".git", "tests", "gateway/console/node_modules"):
        assert ignored in (ROOT / ".dockerignore").read_text("utf-8").split()


def test_the_images_packages_are_those_the_lock_file_names_for_running() -> None:
    assert runtime_lock.runtime((ROOT / "requirements.lock").read_text("utf-8")) == LOCK, "make runtime-lock"


def test_secrets_never_come_into_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()

    assert {"deploy/secrets/", ".env"} <= set(ignored)
    assert {Path(part["file"]).parent for part in COMPOSE["secrets"].values()} == {Path("deploy/secrets")}


def test_the_file_says_how_the_secrets_are_made_and_for_whom() -> None:
    user = re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)
    text = (ROOT / "docker-compose.yml").read_text("utf-8")

    assert user
    assert f"secrets make /secrets --owner {user[1]}" in text
    assert set(COMPOSE["secrets"]) == set(secret_files.wanted(**HOSTS))


# -- it holds no door open -------------------------------------------------------------------------


def lacks(compose: dict[str, Any], dockerfile: str, lock: str) -> list[str]:
    """What an installation after these files would lack."""
    parts = compose["services"]
    found = [f"{name}: {lack}" for name, part in parts.items() for lack in _lacks_of(name, part)]
    found += _shared_secrets(parts)
    found += _of_the_image(dockerfile, lock)
    if not compose["networks"].get("inside", {}).get("internal"):
        found.append("the network of the servers is open")
    return found


def _lacks_of(name: str, part: dict[str, Any]) -> Iterator[str]:
    once = name == "prepare"
    if part.get("restart") != ("no" if once else "unless-stopped"):
        yield "is not started again"
    if not once and not part.get("healthcheck", {}).get("test"):
        yield "nobody asks whether it is ready"
    for limit in ("mem_limit", "pids_limit"):
        if limit not in part:
            yield f"no {limit}"
    if "max-size" not in part.get("logging", {}).get("options", {}):
        yield "its log has no end"
    if (name == "gateway") != ("front" in part.get("networks", [])) or "inside" not in part.get("networks", []):
        yield "stands in the wrong networks"
    yield from _open_secrets(name, part)
    if name not in SERVERS:
        yield from _of_our_programs(name, part)


def _of_our_programs(name: str, part: dict[str, Any]) -> Iterator[str]:
    if part.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in part.get("security_opt", []):
        yield "may do more than it needs"
    if not part.get("read_only"):
        yield "can write into its image"
    if name == "prepare":
        return
    settings = part["environment"]
    asked = probe.asked({variable: str(value) for variable, value in settings.items()})
    if settings.get("CRM_HEALTH_HOST") not in probe.EVERYWHERE or not asked:
        yield "its health cannot be asked from outside"
    if name == "gateway" and not settings.get("CRM_GATEWAY_TRUSTED_PROXY"):
        yield "believes no proxy, so that everybody has one address"


def _open_secrets(name: str, part: dict[str, Any]) -> Iterator[str]:
    """Secrets are files, each given to who reads it; what is given is read."""
    read_here = {str(value).removeprefix(MOUNT) for value in part["environment"].values() if MOUNT in str(value)}
    read_here |= set(re.findall(rf"{MOUNT}(\w+)", " ".join(part.get("entrypoint", []))))
    if read_here != set(part.get("secrets", [])):
        yield f"secrets {sorted(read_here ^ set(part.get('secrets', [])))} are given and not read, or the reverse"
    for variable, value in part["environment"].items():
        if SECRET.search(variable) and variable != "CRM_PARTNER_PASSWORD":
            yield f"{variable} is no file"
        if "change-me" in str(value) or (variable == "CRM_PARTNER_PASSWORD" and value != "${CRM_PARTNER_PASSWORD:-}"):
            yield f"{variable} is written down"
    if name not in ("prepare", *SERVERS) and set(part.get("secrets", [])) & ADMINISTRATORS:
        yield "has the administrator's password"


def _shared_secrets(parts: dict[str, Any]) -> Iterator[str]:
    """One secret opens one door: a service's are its own; preparing sets them, the relay has its own roles."""
    for name in SERVICES:
        for secret in parts[name].get("secrets", []):
            if secret != "actor_public_keys" and not secret.startswith(f"{name}_"):
                yield f"{name}: reads {secret}, which is another's"
    for secret in parts["relay"].get("secrets", []):
        if not secret.endswith(("_relay_url", "_amqp_uri")):
            yield f"relay: reads {secret}"


def _of_the_image(dockerfile: str, lock: str) -> Iterator[str]:
    user = re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)
    if not user or user[-1] in ("0", "root"):
        yield "the image runs as root"
    if "--editable ." not in dockerfile or 'ENTRYPOINT ["crm"]' not in dockerfile:
        yield "the image has no crm on its path"
    installed = re.findall(r"-r (\S+)", dockerfile)
    copied = re.findall(r"^COPY (\S+requirements\.lock) ", dockerfile, re.MULTILINE)
    named_tools = [tool for tool in TEST_TOOLS if re.search(rf"^{tool}==", lock, re.MULTILINE)]
    if installed != ["requirements.lock"] or copied != ["deploy/requirements.lock"] or named_tools:
        yield "the image has the test tools"
    if "--require-hashes" not in dockerfile:
        yield "the image's packages are not the ones that were tested"


def test_nothing_is_lacking() -> None:
    assert lacks(COMPOSE, DOCKERFILE, LOCK) == []


def test_no_two_secrets_of_an_installation_are_alike(secrets: Path) -> None:
    passwords = [
        password
        for path in secrets.iterdir()
        if path.name not in ADMINISTRATORS
        for password in re.findall(r"//[^:]+:([^@]+)@", path.read_text("utf-8")) or [path.read_text("utf-8")]
    ]
    assert len(passwords) == len(set(passwords)) == len(secret_files.wanted(**HOSTS)) - len(ADMINISTRATORS)


Plant = Callable[[dict[str, Any]], object]
PLANTED: dict[str, Plant] = {
    "is not started again": lambda parts: parts["postgres"].pop("restart"),
    "rabbitmq: is not started again": lambda parts: parts["rabbitmq"].update(restart="no"),
    "customer: nobody asks": lambda parts: parts["customer"].pop("healthcheck"),
    "relay: nobody asks": lambda parts: parts["relay"].update(healthcheck={"disable": True}),
    "sales: no mem_limit": lambda parts: parts["sales"].pop("mem_limit"),
    "workshop: no pids_limit": lambda parts: parts["workshop"].pop("pids_limit"),
    "postgres: no mem_limit": lambda parts: parts["postgres"].pop("mem_limit"),
    "followup: its log has no end": lambda parts: parts["followup"].pop("logging"),
    "postgres: stands in the wrong networks": lambda parts: parts["postgres"]["networks"].append("front"),
    "reporting: may do more": lambda parts: parts["reporting"].pop("cap_drop"),
    "sales: may do more": lambda parts: parts["sales"].pop("security_opt"),
    "gateway: can write": lambda parts: parts["gateway"].pop("read_only"),
    "sales: its health": lambda parts: parts["sales"]["environment"].pop("CRM_HEALTH_HOST"),
    "relay: its health": lambda parts: parts["relay"]["environment"].update(CRM_RELAY_HEALTH_PORT=0),
    "gateway: believes no proxy": lambda parts: parts["gateway"]["environment"].pop("CRM_GATEWAY_TRUSTED_PROXY"),
    "sales: CRM_SALES_AMQP_URI is no file": lambda parts: parts["sales"]["environment"].update(
        CRM_SALES_AMQP_URI="amqp://sales:${CRM_SERVICE_PASSWORD}@rabbitmq:5672/crm"
    ),
    "postgres: POSTGRES_PASSWORD is no file": lambda parts: parts["postgres"]["environment"].update(
        POSTGRES_PASSWORD="${CRM_ADMIN_PASSWORD}"
    ),
    "rabbitmq: RABBITMQ_DEFAULT_PASS is written": lambda parts: parts["rabbitmq"]["environment"].update(
        RABBITMQ_DEFAULT_PASS="change-me"
    ),
    "prepare: CRM_PARTNER_PASSWORD is written": lambda parts: parts["prepare"]["environment"].update(
        CRM_PARTNER_PASSWORD="a partner's own"
    ),
    "sales: secrets ['customer_database_url']": lambda parts: parts["sales"]["secrets"].append("customer_database_url"),
    "sales: reads customer_amqp_uri": lambda parts: parts["sales"].update(
        secrets=["customer_amqp_uri", *parts["sales"]["secrets"]]
    ),
    "sales: has the administrator's": lambda parts: parts["sales"]["secrets"].append("database_url"),
    "sales: reads gateway_signing_key": lambda parts: parts["sales"]["secrets"].append("gateway_signing_key"),
    "relay: reads sales_database_url": lambda parts: parts["relay"]["secrets"].append("sales_database_url"),
    "rabbitmq: secrets ['rabbitmq_password']": lambda parts: parts["rabbitmq"].pop("entrypoint"),
}


@pytest.mark.parametrize("lack", PLANTED)
def test_a_planted_lack_of_a_part_is_found(lack: str) -> None:
    compose = deepcopy(COMPOSE)
    for part in compose["services"].values():
        part["environment"] = dict(part["environment"])  # what the file shares between parts is not shared here
    PLANTED[lack](compose["services"])

    assert any(lack in found for found in lacks(compose, DOCKERFILE, LOCK))


def test_a_planted_open_network_is_found() -> None:
    assert lacks({**COMPOSE, "networks": {"inside": {}}}, DOCKERFILE, LOCK) == ["the network of the servers is open"]


@pytest.mark.parametrize(
    ("lack", "old", "new"),
    [
        ("runs as root", "USER 10001\n", ""),
        ("runs as root", "USER 10001\n", "USER 10001\nUSER root\n"),
        ("no crm on its path", 'ENTRYPOINT ["crm"]', 'ENTRYPOINT ["python", "-m", "chassis.cli"]'),
        ("no crm on its path", "RUN pip install --no-index --no-deps --no-build-isolation --editable .\n", ""),
        ("the test tools", "COPY deploy/requirements.lock", "COPY requirements.lock"),
        ("not the ones that were tested", "--require-hashes ", ""),
    ],
)
def test_a_planted_lack_of_the_image_is_found(lack: str, old: str, new: str) -> None:
    assert old in DOCKERFILE
    assert any(lack in found for found in lacks(COMPOSE, DOCKERFILE.replace(old, new), LOCK))


def test_a_test_tool_in_the_images_lock_file_is_found() -> None:
    assert lacks(COMPOSE, DOCKERFILE, LOCK + "pytest==9.2.0 \\\n") == ["the image has the test tools"]
