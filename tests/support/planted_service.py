"""A service whose calls fail where their correlation id says: `python -m tests.support.planted_service sales`.

`plant/<step>/<kind>/…` fails at that step with that kind, once; every other call is served as ever.
"""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Run the service of the command line, with its faults."""
    import eventlet

    eventlet.monkey_patch()
    plant()
    from chassis.runner import run

    run((sys.argv[1],))


def plant() -> None:
    """Let every step of a call's way fail for the calls that ask for it."""
    from contextvars import ContextVar

    import amqp
    import orjson
    from sqlalchemy.orm import Session

    from chassis.bus.context import CallContext
    from chassis.entrypoints import OperationEntrypoint
    from chassis.process.actors import Verifier
    from contracts import shapes
    from contracts.refusals import Refusal
    from tests.support.planting import error

    current: ContextVar[str] = ContextVar("current", default="")
    struck: set[str] = set()

    def strike(call: str, step: str) -> None:
        if call.startswith(f"plant/{step}/") and call not in struck:
            struck.add(call)
            raise error(call.split("/")[2])

    def before(step: str, owner: Any, name: str) -> None:
        function = getattr(owner, name)

        def planted(*arguments: Any, **named: Any) -> Any:
            strike(current.get(), step)
            return function(*arguments, **named)

        setattr(owner, name, planted)

    parse, serve, setup = CallContext.parse, OperationEntrypoint.serve, OperationEntrypoint.setup

    def planted_parse(raw: bytes | str) -> CallContext:
        strike(orjson.loads(raw)["correlation_id"], "parse")
        return parse(raw)

    def planted_serve(self: OperationEntrypoint, incoming: Any) -> None:
        current.set(incoming.context.correlation_id)
        serve(self, incoming)

    def planted_setup(self: OperationEntrypoint) -> None:
        setup(self)
        before("method", self, "method")

    CallContext.parse = planted_parse  # type: ignore[method-assign]
    OperationEntrypoint.serve = planted_serve  # type: ignore[method-assign]
    OperationEntrypoint.setup = planted_setup  # type: ignore[method-assign]
    before("verify", Verifier, "verify")
    before("load", shapes, "load")
    before("commit", Session, "commit")
    before("dump", shapes, "dump")
    before("wire", Refusal, "wire")
    before("answer", amqp.Channel, "basic_publish")


if __name__ == "__main__":
    main()
