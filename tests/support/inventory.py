"""What the services implement, as JSON: `python -m tests.support.inventory`.

A process of its own, because nameko's extensions want eventlet's patches, and the tests do without.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

from tests.support.source import ROOT


@cache
def inventory() -> dict[str, Any]:
    """Service → what its class implements: operations, subscriptions, scheduled work; and the gateway's routes."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.support.inventory"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class _Anything:
    """Stands in for what the gateway's table of local operations only holds on to."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


def _collect() -> dict[str, Any]:
    import eventlet

    eventlet.monkey_patch()
    from chassis.entrypoints import EventEntrypoint, OperationEntrypoint, ScheduledEntrypoint
    from chassis.process.settings import SERVICES
    from chassis.runner import service_class
    from gateway.local import LocalOperations
    from gateway.routes import TABLE

    found: dict[str, Any] = {}
    for service in SERVICES:
        methods = vars(service_class(service)).values()
        entrypoints = [one for method in methods for one in getattr(method, "nameko_entrypoints", ())]
        asked = [one for one in entrypoints if isinstance(one, OperationEntrypoint)]
        found[service] = {
            "operations": [
                [one.operation.name, one.operation.kind] for one in asked if one.allowed_by == one.operation.name
            ],
            "of_the_gateway": sorted(one.operation.name for one in asked if one.allowed_by != one.operation.name),
            "asking": [
                one.method_name
                for one in entrypoints
                if isinstance(one, OperationEntrypoint | ScheduledEntrypoint) and one.first
            ],
            "subscriptions": [one.event.declaration.topic for one in entrypoints if isinstance(one, EventEntrypoint)],
            "scheduled": [one.name for one in entrypoints if isinstance(one, ScheduledEntrypoint)],
        }
    anything: Any = _Anything()
    local = LocalOperations(
        database=anything,
        accounts=anything,
        searches=anything,
        clock=anything,
        kept=anything,
        arrivals=anything,
        streams=anything,
    )
    found["gateway"]["operations"] = [[name, ""] for name in local.table]
    found["routes"] = [
        {
            "method": route.method,
            "path": route.path,
            "operation": route.operation.name,
            "public": route.public,
            "zh": route.zh,
            "parameters": route.parameters,
            "logs_access": route.logs_access,
            "rationed": route.rationed,
            "searches": route.searches is not None,
            "gives_file": route.gives_file,
            "sheet": any(form.whole for form in route.forms),
        }
        for route in TABLE.routes
    ]
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_collect()))
