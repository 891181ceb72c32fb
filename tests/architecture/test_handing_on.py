"""One manner of handing on: a service's class is a table, what has the same name is not copied by hand, and what is
answered is a shape of the contracts.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.source import ROOT, Source, dotted, plant, sources

MOST_PER_HUNDRED = 2.0
"""Fields copied by hand in a hundred lines of a service."""

FROM = 3
"""So many keywords `x=y.x` in one call are a copy; fewer are a choice."""

STEPS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.If, ast.For, ast.While, ast.With, ast.Try)

ROWS = {"does", "shows", "hears", "every", "keeps"}

PLACES = {"session", "connection"}
"""What a use case and a query are given first."""


def written(root: Path) -> list[Source]:
    """The services' own source; a migration is written once and never read on the way to an answer."""
    return [source for source in sources(root, "services") if "migrations" not in Path(source.name).parts]


def copied(source: Source) -> int:
    """Fields that are handed on by hand: keywords `x=y.x`, three or more of them in one call."""
    found = 0
    for _, call in source.calls():
        same = sum(isinstance(each.value, ast.Attribute) and each.value.attr == each.arg for each in call.keywords)
        found += same if same >= FROM else 0
    return found


def per_hundred(root: Path) -> dict[str, float]:
    """Service → fields copied by hand in a hundred of its lines."""
    lines: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for source in written(root):
        parts = Path(source.name).parts
        if len(parts) > 2:
            lines[parts[1]] += source.text.count("\n")
            fields[parts[1]] += copied(source)
    return {service: round(100 * fields[service] / count, 2) for service, count in lines.items() if count}


def copying(root: Path) -> list[str]:
    """Services in which more is copied by hand; with the figures of all."""
    figures = per_hundred(root)
    return [
        f"services/{service}: {figure} fields copied in 100 lines (all: {figures})"
        for service, figure in figures.items()
        if figure > MOST_PER_HUNDRED
    ]


def renamed(root: Path) -> list[str]:
    """Imports of a `service.py` under another name: the table names things as they are called."""
    return [
        f"{source.name}:{node.lineno} {alias.name} as {alias.asname}"
        for source in tables(root)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None
    ]


def no_rows(root: Path) -> list[str]:
    """What stands in the class of a `service.py` beside its docstring, its name and rows."""
    return [
        f"{source.name}:{statement.lineno} {ast.unparse(statement).splitlines()[0]}"
        for source in tables(root)
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
        for place, statement in enumerate(node.body)
        if not (_is_docstring(statement, place) or _is_name(statement) or _is_row(statement))
    ]


def beside_the_table(root: Path) -> list[str]:
    """What a `service.py` holds beside imports, constants and its one class: a function belongs elsewhere."""
    found = []
    for source in tables(root):
        classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
        found += [f"{source.name}:{node.lineno} a second class" for node in classes[1:]]
        found += [
            f"{source.name}:{node.lineno} {type(node).__name__}" for node in source.tree.body if isinstance(node, STEPS)
        ]
    return found


def answering_anything(root: Path) -> list[str]:
    """Functions of a session or connection that answer `Any`, or do not say what: mypy holds no row against that."""
    return [
        f"{source.name}:{node.lineno} {node.name}"
        for source in written(root)
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.args.args and node.args.args[0].arg in PLACES
        if node.returns is None or dotted(node.returns) in ("Any", "typing.Any", "object")
    ]


def tables(root: Path) -> list[Source]:
    """The `service.py` of each service."""
    return [source for source in sources(root, "services") if Path(source.name).name == "service.py"]


def _is_docstring(statement: ast.stmt, place: int) -> bool:
    return place == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    return None


def _is_name(statement: ast.stmt) -> bool:
    match _assigned(statement):
        case "name", ast.Constant(value=str()):
            return True
    return False


def _is_row(statement: ast.stmt) -> bool:
    match _assigned(statement):
        case _, ast.Call() as call:
            return dotted(call.func) in ROWS and not any(isinstance(node, ast.Lambda) for node in ast.walk(call))
    return False


TABLE = "from chassis.table import does, hears\nclass S:\n    '''A service.'''\n    name = 's'\n"
COPY = "def f(row):\n    return shape(a=row.a, b=row.b, c=row.c)\n"
LINES = "X = 1\n"

CHECKS: list[tuple[Callable[[Path], list[str]], list[str]]] = [
    (copying, [COPY, COPY + LINES * 140]),
    (renamed, ["from services.sales import usecases as doing\n", "import services.sales.orders.usecases as doing\n"]),
    (
        no_rows,
        [
            TABLE + "    @does(operations.x)\n    def x(self, session, asked, call):\n        pass\n",
            TABLE + "    def helper(self):\n        pass\n",
            TABLE + "    batch = 100\n",
            TABLE + "    x = does(operations.x, lambda session, asked: asked)\n",
            TABLE + "    x = usecases.made(operations.x)\n",
            TABLE + "    x: object = does(operations.x, usecases.x)\n",
            TABLE + "    for event in EVENTS:\n        x = hears(event, usecases.x)\n",
            TABLE + "    name = does(operations.x, usecases.x)\n    'said again'\n",
        ],
    ),
    (
        answering_anything,
        [
            "def f(connection, asked: Asked, *, scope: Scope) -> Any:\n    return {}\n",
            "def f(session: Session, asked: Asked) -> typing.Any:\n    return {}\n",
            "def f(session: Session, asked: Asked):\n    return {}\n",
        ],
    ),
    (
        beside_the_table,
        [
            TABLE + "def shaped(order):\n    return order\n",
            TABLE + "class Second:\n    pass\n",
            TABLE + "if TOGETHER:\n    PACE = 1\n",
        ],
    ),
]


@pytest.mark.parametrize("check", [check for check, _ in CHECKS], ids=lambda check: check.__name__)
def test_services_hand_on_in_one_manner(check: Callable[[Path], list[str]]) -> None:
    assert check(ROOT) == []


def test_every_service_is_counted() -> None:
    assert set(per_hundred(ROOT)) == {"customer", "sales", "workshop", "followup", "reporting"}
    assert len(tables(ROOT)) == 5


PLANTED = [(check, text) for check, planted in CHECKS for text in planted]


@pytest.mark.parametrize(
    ("check", "text"), PLANTED, ids=[f"{check.__name__}-{number}" for number, (check, _) in enumerate(PLANTED)]
)
def test_a_planted_violation_is_found(tmp_path: Path, check: Callable[[Path], list[str]], text: str) -> None:
    plant(tmp_path, "services/sales/service.py", text)
    found = check(tmp_path)
    assert found, f"{check.__name__} did not see it"
    assert all("services/sales" in one for one in found)


INNOCENT = [
    (copying, COPY + LINES * 160),
    (copying, "def f(row):\n    return shape(a=row.a, b=row.b, c=1, d=row.e)\n"),
    (renamed, "from services.sales import queries, usecases\n"),
    (no_rows, TABLE + "    x = does(operations.x, usecases.x)\n    y = hears((A, B), partial(f, g=H), batch=BATCH)\n"),
    (beside_the_table, "BATCH = 100\n" + TABLE),
    (answering_anything, "def f(session: Session, asked: Asked) -> Answer:\n    pass\n"),
    (answering_anything, "def _row(session: Session) -> Any:\n    pass\ndef read(text: str) -> Any:\n    pass\n"),
]


@pytest.mark.parametrize(("check", "text"), INNOCENT)
def test_what_only_looks_like_it_is_left_alone(tmp_path: Path, check: Callable[[Path], list[str]], text: str) -> None:
    plant(tmp_path, "services/sales/service.py", text)
    assert check(tmp_path) == []


def test_a_migration_is_not_counted(tmp_path: Path) -> None:
    plant(tmp_path, "services/sales/migrations/versions/0001_x.py", COPY)
    assert copying(tmp_path) == []
