"""What the console is told of the API: shapes of requests and answers, who may do what, words that contracts hold.

The files are committed; `make console-types` writes them, and `tests/contract/test_console_types.py` compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contracts import access
from contracts.followup.policies import VISITS
from contracts.gateway.live import LIVE
from contracts.workshop.jobs import FaultGroup, JobClass
from gateway import openapi
from gateway.routes import TABLE
from gateway.routing import BASE

_SAID_TO_PEOPLE = ("description", "summary")


def document() -> dict[str, Any]:
    """The API's document as far as types follow from it: a wording that changes makes no other types."""
    whole = openapi.document(TABLE)
    return {
        "openapi": whole["openapi"],
        "info": {"title": whole["info"]["title"], "version": whole["info"]["version"]},
        "paths": {
            path.removeprefix(BASE): {method: _typed(one) for method, one in of.items()}
            for path, of in whole["paths"].items()
        },
        "components": {part: _bare(whole["components"][part]) for part in ("schemas", "parameters")},
    }


def rights() -> str:
    """`rights.gen.ts`: operation → role → reach, and kind of field → role → reach, as the access matrix says.

    Sets that are alike are written once.
    """
    matrix = access.matrix()
    sets: list[dict[str, str]] = []
    rows = []
    for name in sorted({route.operation.name for route in TABLE.routes if not route.public}):
        reaches = matrix.operations.get(name, {})
        allowed = _sorted({role: reach for role, reach in reaches.items() if role in matrix.roles})
        if allowed not in sets:
            sets.append(allowed)
        rows.append(f"  {json.dumps(name)}: SETS[{sets.index(allowed)}],")
    roles = " | ".join(json.dumps(role) for role in sorted(matrix.roles))
    lines = [
        "// Made by `make console-types` of contracts/access.toml; not to be edited.",
        f"export type Role = {roles};",
        'export type Reach = "own" | "team" | "store" | "dealer" | "group";',
        "const SETS = [",
        *(f"  {json.dumps(one)}," for one in sets),
        "] as const satisfies readonly Partial<Record<Role, Reach>>[];",
        "export const RIGHTS = {",
        *rows,
        "} as const;",
        "export type Operation = keyof typeof RIGHTS;",
        "export const SEEN = {",
        *(f"  {json.dumps(kind)}: {json.dumps(_sorted(matrix.fields[kind]))}," for kind in sorted(matrix.fields)),
        "} as const satisfies Record<string, Partial<Record<Role, Reach>>>;",
        "export type FieldKind = keyof typeof SEEN;",
    ]
    return "\n".join(lines) + "\n"


def _sorted(reaches: Mapping[str, access.Reach]) -> dict[str, str]:
    return {role: str(reaches[role]) for role in sorted(reaches)}


def touches() -> str:
    """`touches.gen.ts`: event → who tells it, and the queries that may answer otherwise after it."""
    rows = [
        f"  {json.dumps(row.event.declaration.name)}: {{ by: {json.dumps(row.event.declaration.producer)}, "
        f"touches: {json.dumps([operation.name for operation in row.touches])} }},"
        for row in LIVE
    ]
    head = "// Made by `make console-types` of contracts/gateway/live.py; not to be edited."
    return "\n".join([head, "export const TOUCHES = {", *rows, "} as const;"]) + "\n"


def purposes(language: str) -> str:
    """`purposes.gen.json`: what visits are made for, in words; a new occasion has them in its contract already."""
    words = {kind.code: kind.zh if language == "zh" else kind.en for kind in VISITS}
    return json.dumps(words, ensure_ascii=False, indent=2) + "\n"


def jobs(language: str) -> str:
    """`jobs.gen.json`: kinds of work and parts of the vehicle in words; a new one has them in its row already."""
    lists: dict[str, list[JobClass | FaultGroup]] = {"jobClass": [*JobClass], "faultGroup": [*FaultGroup]}
    words = {name: {one.value: one.zh if language == "zh" else one.en for one in of} for name, of in lists.items()}
    return json.dumps(words, ensure_ascii=False, indent=2) + "\n"


def _typed(operation: dict[str, Any]) -> dict[str, Any]:
    """An operation with its good answers; every other one is a problem, and looks alike."""
    kept = {name: operation[name] for name in ("operationId", "parameters", "requestBody") if name in operation}
    answers = operation["responses"].items()
    good = {code: {"description": "", **_bare(answer)} for code, answer in answers if code.isdigit()}
    return {**_bare(kept), "responses": good}


def _bare(value: Any) -> Any:
    """Without what is said to people; a field that is called so stays."""
    if isinstance(value, dict):
        return {
            name: _bare(inner)
            for name, inner in value.items()
            if not (name in _SAID_TO_PEOPLE and isinstance(inner, str)) and not name.startswith("x-")
        }
    return [_bare(inner) for inner in value] if isinstance(value, list) else value
