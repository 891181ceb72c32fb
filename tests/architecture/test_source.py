"""What the source never does. Each check is a function of a root, and is seen to find a planted violation."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.source import ROOT, Source, dotted, plant, sources

OURS = ("contracts", "chassis", "services", "gateway")
LONGEST_FILE = 450
NAMELESS = re.compile(
    r"^_?(utils?|helpers?|commons?|base|misc|stuff|tools|lib|shared|(rules|models|usecases|queries|service|errors)\d)(\.py)?$"
)
WALL_CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "uuid.uuid1",
}
SQL_CLOCKS = re.compile(
    r"\b(now\s*\(\s*\)|current_timestamp|current_date|current_time|clock_timestamp|statement_timestamp|localtimestamp)",
    re.IGNORECASE,
)
SENDERS = re.compile(
    r"(\.basic_publish|\.basic_publish_confirm|^kombu\.|^amqp\.|^nameko\.(events|messaging|rpc|standalone)"
    r"|^chassis\.bus\.link\.publish_confirmed|^chassis\.bus\.relay\.(Publisher|event_message)|^chassis\.bus\.rpc\.CallServer"
    r"|\.ensure_publish|\.send_message)"
)


def too_long(root: Path) -> list[str]:
    """Files above the limit: they become a folder with one file per idea."""
    found = [(source.name, source.text.count("\n")) for source in sources(root, *OURS, "deploy", "simulator", "tests")]
    return [f"{name}: {lines} lines" for name, lines in found if lines > LONGEST_FILE]


def nameless(root: Path) -> list[str]:
    """Files and folders whose name says nothing (`utils`, `helpers`, `rules2`)."""
    found: set[str] = set()
    for source in sources(root, *OURS, "deploy", "simulator", "tests"):
        parts = Path(source.name).parts
        if "versions" not in parts:
            found |= {source.name for part in parts if NAMELESS.match(part)}
    return sorted(found)


SHARED = re.compile(r"/users/(customer|sales|workshop|followup|reporting|gateway|partner)\b|\b(DROP|RENAME)\s+ROLE\b")


def shared_taken(root: Path) -> list[str]:
    """Tests that take from a server what every worker needs: users are of the whole broker, roles of the cluster."""
    return [
        source.name for source in sources(root, "tests/integration", "tests/contract") if SHARED.search(source.text)
    ]


CLOCKS_ALLOWED = {
    "gateway/wire.py",  # the moment a request arrived, which its deadline counts from
}


def clocks(root: Path) -> list[str]:
    """Readings of the clock outside of the chassis, in Python and in SQL."""
    found = []
    for source in sources(root, "services", "gateway", "contracts"):
        in_service = source.name.startswith("services") and "migrations" not in source.name
        if source.name in CLOCKS_ALLOWED:
            continue
        for name, call in source.resolved_calls():
            if name in WALL_CLOCKS or (
                in_service and (name == "chassis.process.clock.now" or SQL_CLOCKS.search(name + "()"))
            ):
                found.append(f"{source.name}:{call.lineno} {name}")
        if in_service:
            found += [f"{source.name}:{line} SQL" for line, text in sql_texts(source) if SQL_CLOCKS.search(text)]
    return found


def sql_texts(source: Source) -> list[tuple[int, str]]:
    """Strings that are SQL statements, docstrings left out."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        and re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|SET)\b", node.value)
    ]


COMMITS_ALLOWED = {
    "chassis/store/database.py",  # the one transaction of a command or event
    "chassis/store/archive.py",  # an operator's tool: one month at a time
}


def commits(root: Path) -> list[str]:
    """Commits and rollbacks outside of the chassis' database; a savepoint (`begin_nested`) is inside of one."""
    return [
        f"{source.name}:{call.lineno} {name}"
        for source in sources(root, *OURS)
        if source.name not in COMMITS_ALLOWED
        for name, call in source.calls()
        if name.endswith((".commit", ".rollback")) and name.partition(".")[0] not in savepoints(source)
    ]


def savepoints(source: Source) -> set[str]:
    """Names that stand for a savepoint: `trial = session.begin_nested()`."""
    return {
        target.id
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if dotted(node.value.func).endswith(".begin_nested")
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def prints(root: Path) -> list[str]:
    """Prints where there are structured logs."""
    return [
        f"{source.name}:{call.lineno}"
        for source in sources(root, *OURS)
        for name, call in source.calls()
        if name == "print"
    ]


TRACES = re.compile(r"(\.exception$|^traceback\.(print_|format_)|^sys\.exc_info$)")


def quoting(root: Path) -> list[str]:
    """Logs that print an error as it is: a database's message quotes whole rows (`logs.describe` and `logs.origin`)."""
    return [
        f"{source.name}:{call.lineno}"
        for source in sources(root, *OURS)
        for name, call in source.calls()
        if TRACES.search(name) or any(each.arg == "exc_info" for each in call.keywords)
    ]


def publishing(root: Path) -> list[str]:
    """Messages sent past the outbox."""
    return [
        f"{source.name}:{call.lineno} {name}"
        for source in sources(root, "services", "gateway")
        for name, call in source.resolved_calls()
        if SENDERS.search(name)
    ]


def sleeps(root: Path) -> list[str]:
    """Sleeps in tests, outside of the one place that polls. Benchmarks keep a rate, which is no test."""
    return [
        f"{source.name}:{call.lineno}"
        for source in sources(root, "tests")
        if source.name != "tests/support/polling.py" and not source.name.startswith("tests/bench")
        for name, call in source.resolved_calls()
        if name in ("time.sleep", "eventlet.sleep", "asyncio.sleep")
    ]


NAMEKO_CALLS = {"setup", "start", "stop", "kill"}
"""The methods that nameko calls on its extensions; nameko says what they are for."""


def undocumented(root: Path) -> list[str]:
    """Public modules, classes, functions and methods of contracts and chassis without a docstring."""
    found = []
    for source in sources(root, "contracts", "chassis"):
        if source.text.strip() and not ast.get_docstring(source.tree):
            found.append(source.name)
        found += [f"{source.name}: {name}" for name in _without(source.tree.body)]
    return found


def _without(body: list[ast.stmt], inside: str = "", *, extension: bool = False) -> list[str]:
    found: list[str] = []
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        excused = extension and node.name in NAMEKO_CALLS
        if not ast.get_docstring(node) and not excused:
            found.append(inside + node.name)
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base) for base in node.bases}
            of_nameko = bool(bases & {"Entrypoint", "SharedExtension", "DependencyProvider", "_Shared"})
            found += _without(node.body, f"{node.name}.", extension=of_nameko)
    return found


def chinese_only_here(root: Path) -> list[str]:
    """Refusals whose sentence is missing a language."""
    found = []
    for source in sources(root, "services", "gateway", "contracts", "chassis"):
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef):
                given = {
                    target.id: ast.unparse(one.value)
                    for one in node.body
                    if isinstance(one, ast.Assign)
                    for target in one.targets
                    if isinstance(target, ast.Name)
                }
                if "code" in given and {"zh", "en"} & set(given) and not {"zh", "en"} <= set(given):
                    found.append(f"{source.name}: {node.name}")
    return found


def typed_complaints(root: Path) -> list[str]:
    """Complaints of a request that are typed where they are made: they are rows of `contracts/sayings.py`."""
    found = []
    for source in sources(root, *OURS):
        for name, call in source.calls():
            if any(isinstance(text, ast.Constant | ast.JoinedStr | ast.BinOp) for text in _complaints_of(name, call)):
                found.append(f"{source.name}:{call.lineno}")
    return found


def _complaints_of(name: str, call: ast.Call) -> list[ast.expr]:
    match name.rpartition(".")[2]:
        case "ValidationError":
            return call.args[:1]
        case "NotAPredicate":
            return call.args[1:]
        case "InvalidRequest" | "InvalidShape":
            lists = [node for node in ast.walk(call) if isinstance(node, ast.List | ast.ListComp)]
            return [text for each in lists for text in (each.elts if isinstance(each, ast.List) else [each.elt])]
    return []


CHECKS: list[tuple[Callable[[Path], list[str]], list[tuple[str, str]]]] = [
    (too_long, [("services/sales/long.py", "X = 1\n" * 451), ("tests/unit/test_long.py", "X = 1\n" * 451)]),
    (
        nameless,
        [
            ("services/sales/utils.py", "X = 1\n"),
            ("chassis/helpers/x.py", "X = 1\n"),
            ("gateway/common.py", "X = 1\n"),
            ("contracts/base.py", "X = 1\n"),
            ("tests/misc.py", "X = 1\n"),
            ("services/sales/rules2.py", "X = 1\n"),
        ],
    ),
    (
        clocks,
        [
            ("services/sales/rules.py", "from datetime import datetime\nX = datetime.now()\n"),
            ("services/sales/rules.py", "import datetime as d\nX = d.datetime.now(d.UTC)\n"),
            ("services/sales/rules.py", "from datetime import date\nX = date.today()\n"),
            ("services/sales/rules.py", "from time import time as t\nX = t()\n"),
            ("services/sales/usecases.py", "from chassis.process import clock\nX = clock.now()\n"),
            ("services/sales/usecases.py", "from chassis.process.clock import now\nX = now()\n"),
            ("services/sales/queries.py", "X = 'SELECT 1 WHERE due < now()'\n"),
            ("services/sales/queries.py", "X = '''SELECT 1\n WHERE d < CURRENT_DATE'''\n"),
            ("services/sales/queries.py", "from sqlalchemy import func\nX = func.now()\n"),
            ("gateway/throttle.py", "import time\nX = time.time()\n"),
        ],
    ),
    (
        commits,
        [
            ("services/sales/usecases.py", "def f(session):\n    session.commit()\n"),
            ("gateway/accounts.py", "def f(self):\n    self.database.session().rollback()\n"),
            ("chassis/store/inbox.py", "def f(connection):\n    connection.commit()\n"),
        ],
    ),
    (
        quoting,
        [
            ("chassis/store/inbox.py", "def f(log):\n    log.exception('failed')\n"),
            ("gateway/accounts.py", "def f(log):\n    log.error('failed', exc_info=True)\n"),
            ("services/sales/usecases.py", "import traceback\ndef f():\n    traceback.print_exc()\n"),
        ],
    ),
    (
        prints,
        [
            ("services/sales/usecases.py", "print('hello')\n"),
            ("chassis/bus/relay.py", "def f():\n    print(1)\n"),
        ],
    ),
    (
        publishing,
        [
            ("services/sales/usecases.py", "def f(channel):\n    channel.basic_publish(1)\n"),
            ("services/sales/service.py", "import kombu\nX = kombu.Producer(1)\n"),
            ("services/sales/service.py", "from chassis.bus.link import publish_confirmed as p\np('u')\n"),
            ("gateway/http.py", "from nameko.events import event_handler\nX = event_handler('a', 'b')\n"),
        ],
    ),
    (
        sleeps,
        [
            ("tests/unit/test_x.py", "import time\ntime.sleep(1)\n"),
            ("tests/e2e/test_x.py", "from time import sleep as nap\nnap(1)\n"),
        ],
    ),
    (
        undocumented,
        [
            ("chassis/planted.py", "X = 1\n"),
            ("chassis/planted.py", '"""A module."""\ndef f():\n    pass\n'),
            ("contracts/planted.py", '"""A module."""\nclass F:\n    pass\n'),
            ("contracts/planted.py", '"""A module."""\nclass F:\n    """A class."""\n    def g(self):\n        pass\n'),
        ],
    ),
    (
        typed_complaints,
        [
            ("services/sales/usecases.py", "raise InvalidRequest(errors={'km': ['Odd.']})\n"),
            ("chassis/planted.py", "raise InvalidRequest(errors={'km': [f'Odd {km}.' for km in kms]})\n"),
            ("contracts/planted.py", "import marshmallow\nraise marshmallow.ValidationError('Odd.')\n"),
            ("services/customer/segments/rules.py", "raise NotAPredicate(place, 'one of: ' + x)\n"),
        ],
    ),
    (
        shared_taken,
        [
            ("tests/integration/chassis/test_x.py", "broker.management.call('DELETE', '/users/workshop')\n"),
            ("tests/contract/test_x.py", "admin.execute('DROP ROLE sales_app')\n"),
        ],
    ),
    (chinese_only_here, [("services/sales/errors.py", "class X:\n    code = 'X'\n    en = 'no'\n")]),
]


@pytest.mark.parametrize("check", [check for check, _ in CHECKS], ids=lambda check: check.__name__)
def test_the_source_has_none_of_it(check):
    assert check(ROOT) == []


PLANTED = [(check, file, text) for check, planted in CHECKS for file, text in planted]


@pytest.mark.parametrize(
    ("check", "file", "text"), PLANTED, ids=[f"{check.__name__}-{number}" for number, (check, *_) in enumerate(PLANTED)]
)
def test_a_planted_violation_is_found(tmp_path, check, file, text):
    plant(tmp_path, file, text)
    found = check(tmp_path)
    assert found, f"{check.__name__} did not see it"
    assert all(file in one for one in found)


INNOCENT = [
    (clocks, "services/sales/usecases.py", '"""Knows now()."""\ndef f(now):\n    return now\n'),
    (clocks, "services/sales/queries.py", "X = 'SELECT snow() FROM known'\n"),
    (clocks, "gateway/throttle.py", "import time\nX = time.monotonic()\n"),
    (
        commits,
        "services/sales/usecases.py",
        "def f(session):\n    t = session.begin_nested()\n    t.rollback()\n",
    ),
    (nameless, "services/followup/occasions/delivery_d3.py", "X = 1\n"),
    (
        publishing,
        "services/followup/usecases.py",
        "from chassis import policies\npolicies.publish(1)\n",
    ),
    (nameless, "services/customer/migrations/versions/0001_customers.py", "X = 1\n"),
    (undocumented, "chassis/planted.py", '"""A module."""\ndef _f():\n    pass\n'),
]


@pytest.mark.parametrize(("check", "file", "text"), INNOCENT, ids=[one[0].__name__ for one in INNOCENT])
def test_what_only_looks_like_it_is_left_alone(tmp_path, check, file, text):
    plant(tmp_path, file, text)
    assert check(tmp_path) == []
