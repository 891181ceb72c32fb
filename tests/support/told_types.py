"""What the source says of a value's type, without running it: from annotations, signatures and the models.

It knows as much as uses of `picked` need, and raises Untold for the rest: whoever reads the source knows no more.
"""

from __future__ import annotations

import ast
import dataclasses
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from tests.support.source import dotted


class Untold(Exception):
    """The source does not say; an annotation would."""


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the module's names, the class around it, the functions around it, innermost last."""

    names: dict[str, Any]
    inside: type | None
    functions: tuple[ast.FunctionDef | ast.Lambda, ...]


def places(tree: ast.Module, names: dict[str, Any]) -> Iterator[tuple[ast.Call, Place]]:
    """Every call of a module with the place where it stands."""

    def walk(node: ast.AST, place: Place) -> Iterator[tuple[ast.Call, Place]]:
        if isinstance(node, ast.ClassDef):
            place = dataclasses.replace(place, inside=names.get(node.name))
        elif isinstance(node, ast.FunctionDef | ast.Lambda):
            place = dataclasses.replace(place, functions=(*place.functions, node))
        elif isinstance(node, ast.Call):
            yield node, place
        for child in ast.iter_child_nodes(node):
            yield from walk(child, place)

    yield from walk(tree, Place(names, None, ()))


def named(node: ast.expr, place: Place) -> Any:
    """The object of the module that a dotted name stands for. Raises Untold for what is none."""
    head, *rest = dotted(node).split(".")
    if head == "cls" and place.inside is not None:
        found: Any = place.inside
    elif head in place.names:
        found = place.names[head]
    else:
        raise Untold(f"{ast.unparse(node)} is no name of the module")
    for one in rest:
        try:
            found = getattr(found, one)
        except AttributeError:
            raise Untold(f"{ast.unparse(node)} is nothing") from None
    return found


def type_of(node: ast.expr, place: Place) -> Any:
    """The type of an expression. Raises Untold."""
    if isinstance(node, ast.Name):
        return _of_name(node.id, place)
    if isinstance(node, ast.Call):
        return _of_call(node, place)
    if isinstance(node, ast.Attribute):
        return _of_attribute(type_of(node.value, place), node.attr)
    if isinstance(node, ast.Subscript):
        whole = type_of(node.value, place)
        return whole if isinstance(node.slice, ast.Slice) else _member(whole)
    raise Untold(f"{ast.unparse(node)}: nothing says what it is")


def _of_name(name: str, place: Place) -> Any:
    for function in reversed(place.functions):
        arguments = function.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if one.arg == name:
                return _of_argument(one, place)
        for node in ast.walk(function):
            if isinstance(node, ast.AnnAssign) and dotted(node.target) == name:
                return _evaluated(node.annotation, place)
            if isinstance(node, ast.Assign) and any(dotted(target) == name for target in node.targets):
                return type_of(node.value, place)
            if isinstance(node, ast.For | ast.comprehension):
                if dotted(node.target) == name:
                    return _member(type_of(node.iter, place))
                if isinstance(node.target, ast.Tuple) and name in map(dotted, node.target.elts):
                    parts = typing.get_args(_member(type_of(node.iter, place)))
                    return parts[[dotted(one) for one in node.target.elts].index(name)]
    raise Untold(f"{name}: nothing says what it is")


def _of_argument(argument: ast.arg, place: Place) -> Any:
    if argument.arg == "self" and place.inside is not None:
        return place.inside
    if argument.annotation is None:
        raise Untold(f"{argument.arg} has no annotation")
    return _evaluated(argument.annotation, place)


def _evaluated(annotation: ast.expr, place: Place) -> Any:
    try:
        return eval(ast.unparse(annotation), dict(place.names))  # noqa: S307  # an annotation of our own source
    except Exception as error:
        raise Untold(f"{ast.unparse(annotation)}: {error}") from error


def _of_call(node: ast.Call, place: Place) -> Any:
    if dotted(node.func) == "session.get" and node.args:
        return named(node.args[0], place)
    called = named(node.func, place)
    if isinstance(called, type):
        return called
    try:
        answer = typing.get_type_hints(called)["return"]
    except Exception as error:
        raise Untold(f"{ast.unparse(node.func)} does not say what it returns") from error
    return answer


def _of_attribute(owner: Any, name: str) -> Any:
    told = getattr(owner, name, None)
    if isinstance(told, property) and told.fget is not None:
        return typing.get_type_hints(told.fget)["return"]
    try:
        hint = typing.get_type_hints(owner)[name]
    except Exception as error:
        raise Untold(f"{owner}.{name}: nothing says what it is") from error
    return typing.get_args(hint)[0] if getattr(typing.get_origin(hint), "__name__", "") == "Mapped" else hint


def _member(whole: Any) -> Any:
    parts = typing.get_args(whole)
    if not parts:
        raise Untold(f"{whole}: nothing says what it holds")
    return parts[0]


def lacking(source: Any, wanted: Iterable[str]) -> list[str]:
    """The names among these that a value of this type (of a union: of any of its types) lacks. Raises Untold."""
    if isinstance(source, types.UnionType) or typing.get_origin(source) is typing.Union:
        each = [one for one in typing.get_args(source) if one is not type(None)]
        return sorted({name for one in each for name in lacking(one, wanted)})
    known = _attributes(source)
    return [name for name in wanted if name not in known]


def _attributes(source: Any) -> set[str]:
    if source is Any or source is object:
        raise Untold("Any has whatever one hopes for")
    if typing.get_origin(source) is Row:
        (row,) = typing.get_args(source)
        model, *more = typing.get_args(row) or (None, None)
        if more or not hasattr(model, "__table__"):
            raise Untold(f"{source}: a row of one model is told as Row[tuple[Model]]")
        return {column.name for column in model.__table__.columns}
    source = typing.get_origin(source) or source  # of a generic class, `PolicyKind[Any]`, the class
    if not isinstance(source, type):
        raise Untold(f"{source} is no class")
    return {*dir(source), *typing.get_type_hints(source)}
