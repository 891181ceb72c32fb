"""A request with one value in one place, and as JSON: also what Python would not write."""

from __future__ import annotations

import json
from typing import Any

from contracts.declared import Declared
from tests.support.kinds import Example, good, parts_of
from tests.support.wrong_values import LEFT_OUT, Attempt, Raw


def placed(request: Any, attempt: Attempt, shape: type, example: Example) -> Any:
    """The request with this value in its place; what leads there is made if it is missing."""
    if not attempt.place:
        return attempt.value
    whole = json.loads(json.dumps(request))
    inner, kind = whole, Declared(shape)
    for step, following in zip(attempt.place[:-1], attempt.place[1:], strict=True):
        inner, kind = _into(inner, step, kind, following, example)
    _put(inner, attempt.place[-1], attempt.value, kind, example)
    return whole


def _into(inner: Any, step: str | int, kind: Declared, following: str | int, example: Example) -> tuple[Any, Declared]:
    kind = _kind_at(kind, step)
    if isinstance(inner, list):
        assert isinstance(step, int)
        while len(inner) <= step:
            inner.append(good(kind, "", example))
    elif step not in inner or inner[step] is None:
        inner[step] = [] if isinstance(following, int) else good(kind, str(step), example)
    return inner[step], kind


def _put(inner: Any, step: str | int, value: Any, kind: Declared, example: Example) -> None:
    if isinstance(inner, list):
        assert isinstance(step, int)
        while len(inner) < step:
            inner.append(good(_kind_at(kind, 0), "", example))
        if len(inner) == step:
            inner.append(None)
    if value is LEFT_OUT:
        inner.pop(step, None) if isinstance(inner, dict) else inner.pop(step)
    else:
        inner[step] = value


def _kind_at(kind: Declared, step: str | int) -> Declared:
    if kind.member is not None:
        return kind.member
    if kind.is_shape:
        return next((found for name, found, _ in parts_of(kind.type) if name == step), Declared(dict))
    return Declared(dict)


def written(value: Any) -> bytes:
    """JSON, with what Python would not write."""
    raws: list[Raw] = []

    def kept(raw: object) -> str:
        if not isinstance(raw, Raw):
            raise TypeError(f"{raw!r} is not JSON")
        raws.append(raw)
        return f"\ue000{len(raws) - 1}\ue000"

    text = json.dumps(value, default=kept)
    for number, raw in enumerate(raws):
        text = text.replace(json.dumps(f"\ue000{number}\ue000"), raw.text)
    return text.encode("utf-8", "surrogateescape")
