"""Every use of `picked` and `attributes` finds the names it takes, before anything runs.

The shape and the source's type are read off the source: a parameter's annotation, the return annotation of the function
called, the model or row, the class whose method it is. A use of which that cannot be told is a failure too.
"""

from __future__ import annotations

import ast
import dataclasses
import sys
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from contracts import picked as picking
from tests.support.source import ROOT, Source, plant, sources
from tests.support.told_types import Place, Untold, lacking, named, places, type_of


def wrong(root: Path) -> list[str]:
    """What uses of `picked` and `attributes` below a root take that is not there."""
    found: list[str] = []
    for source in sources(root, "contracts", "chassis", "services", "gateway"):
        if source.name != "contracts/picked.py" and "picked" in source.text:
            found += [f"{source.name}:{line} {fault}" for line, fault in _faults(source)]
    return found


def uses(root: Path) -> int:
    """How many uses there are."""
    return sum(
        name in ("contracts.picked.picked", "contracts.picked.attributes")
        for source in sources(root, "contracts", "chassis", "services", "gateway")
        for name, _ in source.resolved_calls()
    )


def _faults(source: Source) -> list[tuple[int, str]]:
    names = vars(_module(source))
    found = []
    for call, place in places(source.tree, names):
        try:
            for fault in _of_call(call, place):
                found.append((call.lineno, fault))  # noqa: PERF401  # a later one may be untold
        except Untold as untold:
            found.append((call.lineno, f"annotate: {untold}"))
    return found


def _module(source: Source) -> ModuleType:
    """The module as it runs; a planted one is run here."""
    dotted_name = source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if source.root == ROOT:
        return import_module(dotted_name)
    module = sys.modules["planted"] = ModuleType("planted")
    exec(compile(source.text, source.name, "exec", dont_inherit=True), vars(module))  # noqa: S102  # what this test wrote itself
    return module


def _of_call(call: ast.Call, place: Place) -> list[str]:
    spread = [each.value for each in call.keywords if each.arg is None]
    found = [fault for value in spread if _is(value, picking.attributes, place) for fault in _taken(call, value, place)]
    if _is(call, picking.picked, place):
        found += _picked(call, place)
    return found


def _is(node: ast.expr, function: Any, place: Place) -> bool:
    if not isinstance(node, ast.Call):
        return False
    try:
        return named(node.func, place) is function
    except Untold:
        return False


def _picked(call: ast.Call, place: Place) -> list[str]:
    shape: Any = named(call.args[0], place)
    if not dataclasses.is_dataclass(shape):
        raise Untold(f"{ast.unparse(call.args[0])} is no shape")
    fields = [field.name for field in dataclasses.fields(shape)]
    given = [each.arg for each in call.keywords]
    if None in given:
        raise Untold("keywords are written out")
    source = type_of(call.args[1], place)
    lacks = lacking(source, [name for name in fields if name not in given])
    return [f"{ast.unparse(call.args[1])} has no {name}" for name in lacks] + [
        f"{ast.unparse(call.args[0])} has no {name}" for name in given if name not in fields
    ]


def _taken(outer: ast.Call, inner: ast.expr, place: Place) -> list[str]:
    """`Model(**attributes(asked), …)`: the model (or function) takes every field, and none is given twice."""
    assert isinstance(inner, ast.Call)
    shape: Any = type_of(inner.args[0], place)
    if not dataclasses.is_dataclass(shape):
        raise Untold(f"{ast.unparse(inner.args[0])} is no shape")
    left_out = [ast.literal_eval(each.value) for each in inner.keywords if each.arg == "but"]
    but = set(left_out[0]) if left_out else set()
    fields = [field.name for field in dataclasses.fields(shape) if field.name not in but]
    given = [each.arg for each in outer.keywords]
    made = named(outer.func, place)
    taken = set(signature(made).parameters) if isfunction(made) else None
    lacks = [name for name in fields if name not in taken] if taken else lacking(made, fields)
    return (
        [f"{made.__name__} has no {name}" for name in lacks]
        + [f"{name} is given twice" for name in fields if name in given]
        + [f"{ast.unparse(inner.args[0])} has no {name}" for name in but - {f.name for f in dataclasses.fields(shape)}]
    )


def test_every_use_finds_the_names_it_takes() -> None:
    assert wrong(ROOT) == []


def test_there_are_uses_to_look_at() -> None:
    assert uses(ROOT) >= 20


HEAD = """
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from sqlalchemy import Row
from contracts.picked import attributes, picked
from contracts.sales import operations
from services.sales.orders.models import Order

T = TypeVar("T")

@dataclass(frozen=True)
class Shape:
    number: str
    balance_fen: int

@dataclass(frozen=True)
class Payment:
    order: Order
    id: int
    order_id: str
    amount_fen: int
    external_ref: str
    kind: str
    channel: str
    confirmed: bool
    payer_id: str

@dataclass(frozen=True)
class Wider:
    number: str
    nothing: int

@dataclass(frozen=True)
class Of(Generic[T]):
    number: T
    balance_fen: int

def made() -> Order: ...
def silent(): ...
def taking(*, order_id, more): ...
def pairs() -> list[tuple[Order, int]]: ...
"""

RIGHT = [
    "def f(of: Of[str]): return picked(Shape, of)\n",
    "def f(order: Order): return picked(Shape, order)\n",
    "def f(order: Order | None): return picked(Shape, order)\n",
    "def f(): return picked(Shape, made())\n",
    "def f():\n    order = made()\n    return picked(Wider, order, nothing=1)\n",
    "def f(session):\n    order = session.get(Order, 1)\n    return picked(Shape, order)\n",
    "def f(row: Row[tuple[Order]]): return picked(Shape, row, balance_fen=1)\n",
    "def f(): return [picked(Shape, order) for order, _ in pairs()[:9]]\n",
    "def f(payment: Payment): return picked(Shape, payment.order)\n",
    "class C:\n    number: str\n    balance_fen: int\n    def f(self): return picked(Shape, self)\n",
    "def f(asked: operations.PayOrder): return Payment(**attributes(asked), id=1)\n",
    "def f(asked: operations.OrderById): return taking(**attributes(asked), more=1)\n",
    "def f(asked: operations.PayOrder): return Payment(**attributes(asked, but=('kind',)), kind=1)\n",
]
WRONG = [
    ("def f(of: Of[Any]): return picked(Wider, of)\n", "of has no nothing"),
    ("def f(order: Order): return picked(Wider, order)\n", "order has no nothing"),
    ("def f(): return picked(Wider, made())\n", "made() has no nothing"),
    ("def f():\n    order = made()\n    return picked(Wider, order)\n", "order has no nothing"),
    ("def f(session):\n    order = session.get(Order, 1)\n    return picked(Wider, order)\n", "order has no nothing"),
    ("def f(row: Row[tuple[Order]]): return picked(Shape, row)\n", "row has no balance_fen"),
    ("def f(it: Order | Row[tuple[Order]]): return picked(Shape, it)\n", "it has no balance_fen"),
    ("def f(): return [picked(Wider, order) for order, _ in pairs()]\n", "order has no nothing"),
    ("def f(payment: Payment): return picked(Wider, payment.order)\n", "payment.order has no nothing"),
    ("class C:\n    number: str\n    def f(self): return picked(Shape, self)\n", "self has no balance_fen"),
    ("def f(order: Order): return picked(Shape, order, more=1)\n", "Shape has no more"),
    ("def f(order): return picked(Shape, order)\n", "annotate"),
    ("def f(order: Any): return picked(Shape, order)\n", "annotate"),
    ("def f(order: object): return picked(Shape, order)\n", "annotate"),
    ("def f(row: Row[Any]): return picked(Shape, row)\n", "annotate"),
    ("def f(): return picked(Shape, silent())\n", "annotate"),
    ("def f():\n    order = silent()\n    return picked(Shape, order)\n", "annotate"),
    ("def f(shape, order: Order): return picked(shape, order)\n", "annotate"),
    ("def f(order: Order, **more): return picked(Shape, order, **more)\n", "annotate"),
    ("def f(asked: operations.SignOrder): return Payment(**attributes(asked))\n", "Payment has no contract_no"),
    ("def f(asked: operations.PayOrder): return Payment(**attributes(asked), kind=1)\n", "kind is given twice"),
    ("def f(asked): return Payment(**attributes(asked))\n", "annotate"),
    ("def f(asked: operations.PayOrder): return taking(**attributes(asked))\n", "taking has no amount_fen"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_there_is_found(tmp_path: Path, text: str) -> None:
    plant(tmp_path, "services/sales/planted.py", HEAD + text)
    assert wrong(tmp_path) == []


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_not_there_is_told(tmp_path: Path, text: str, told: str) -> None:
    plant(tmp_path, "services/sales/planted.py", HEAD + text)
    found = wrong(tmp_path)
    assert found, "it was not seen"
    assert any(told in one for one in found), found
