"""From a response to an HTTP answer: masked for its reader, named, with status and ETag."""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from eventlet.timeout import Timeout

from chassis.bus.context import CallContext
from chassis.bus.rpc import Caller, CallFailed
from chassis.process import logs
from chassis.process.aside import aside
from contracts.access import Actor, matrix
from contracts.declared import fields_of
from contracts.operation import Operation
from gateway import faults
from gateway.directory import Directory
from gateway.errors import SheetNotWhole
from gateway.expanding import Expansion, expansions_of
from gateway.faults import HttpFault
from gateway.masking import Found, Reader, apply, plan_of
from gateway.routing import MEDIA_TYPES, Form, Route
from gateway.wire import Response

log = logs.get("http")


@dataclass(frozen=True, slots=True)
class Answering:
    """Shows responses."""

    caller: Caller
    directory: Directory

    def show(
        self,
        body: bytes,
        *,
        route: Route,
        actor: Actor,
        context: CallContext,
        item: dict[str, Any] | None = None,
        expand: tuple[Expansion, ...] = (),
        form: Form | None = None,
    ) -> Response:
        """The answer that carries this response; without marks in its declaration the bytes pass as they are.

        `item` is the body, if somebody has read it already. Raises SheetNotWhole, and what a form cannot be made of.
        """
        shape = route.operation.response
        plan, versioned = plan_of(shape, actor.roles, route.operation.name), "version" in fields_of(shape)
        extra: tuple[tuple[str, str], ...] = (("X-Request-Id", context.correlation_id),)
        status = route.status
        if route.gives_file:
            return _file(orjson.loads(body), status=status, extra=extra)
        if plan.is_needed or expand or versioned or route.found or form:
            item = orjson.loads(body) if item is None else item
            if versioned:
                extra = (*extra, ("ETag", f'"{item["version"]}"'))
            if route.found and not item["created"]:
                status = route.found
            whole = form is not None and form.whole
            if plan.is_needed or expand or whole:
                found = Found([], [])
                apply(plan, item, found=found, reader=_reader(actor, route.operation))
                if whole:
                    _require_unmasked(item, orjson.loads(body))
                self._name(found)
                for each in expansions_of(shape) if whole else expand:
                    self._expand(found, each, actor=actor, context=context, needed=whole)
                body = orjson.dumps(item)
            if form:
                return _in_form(form, item, status=status, extra=extra, seconds=context.remaining())
        return Response(status, body, extra=extra)

    def _name(self, found: Found) -> None:
        if not found.named:
            return
        wanted: dict[str, set[str]] = defaultdict(set)
        for _, identifier, named in found.named:
            wanted[named.what].add(identifier)
        names = {what: self.directory.names(what, identifiers) for what, identifiers in wanted.items()}
        for item, identifier, named in found.named:
            item[named.beside] = names[named.what][identifier]

    def _expand(self, found: Found, expansion: Expansion, *, actor: Actor, context: CallContext, needed: bool) -> None:
        """Fill in what this call tells; nothing if the service does not answer, unless it is `needed`.

        Raises OperationNotAllowed, CallFailed, SheetNotWhole.
        """
        matrix().scope(expansion.asks.name, actor)
        items = [item for item, each in found.expanding if each is expansion]
        beside = (*expansion.gives, *expansion.on_paper) if needed else expansion.gives
        told: dict[str, dict[str, Any]] = {}
        if ids := sorted({item[expansion.field] for item in items} - {None}):
            try:
                told = self._ask(expansion, ids, actor=actor, context=context, needed=needed)
            except CallFailed as error:
                if needed:
                    raise
                log.warning("not expanded", by=expansion.name, error=repr(error), correlation_id=context.correlation_id)
        for item in items:
            one = told.get(item[expansion.field], {})
            item.update({as_named: one.get(name) for as_named, name in beside})

    def _ask(
        self, expansion: Expansion, ids: list[str], *, actor: Actor, context: CallContext, needed: bool
    ) -> dict[str, dict[str, Any]]:
        asks = expansion.asks
        # what stands beside an answer takes a part of its time: else there is none left for the answer itself
        onward = context.onward(at_most=context.remaining()) if needed else context.onward()
        answer = self.caller.call(asks, orjson.dumps({expansion.ids: ids}), onward)
        shown = orjson.loads(answer)
        plan = plan_of(asks.response, actor.roles, asks.name)
        apply(plan, shown, found=Found([], []), reader=_reader(actor, asks))
        if needed and shown != orjson.loads(answer):
            raise SheetNotWhole(fields=", ".join(beside for beside, _ in expansion.gives))
        return {one[expansion.field]: one for one in shown["items"]}


def _reader(actor: Actor, operation: Operation) -> Reader:
    return Reader(actor.roles, actor.stores, actor.dealer_stores, actor.staff_id, actor.teammates, operation.name)


def _require_unmasked(shown: dict[str, Any], told: dict[str, Any]) -> None:
    """Raise SheetNotWhole if anything of it is masked: an amount, or a number in what somebody typed."""
    if masked := sorted(field for field, value in told.items() if shown[field] != value):
        raise SheetNotWhole(fields=", ".join(masked))


def _file(item: dict[str, Any], *, status: int, extra: tuple[tuple[str, str], ...]) -> Response:
    content, media_type = b64decode(item["content"]), MEDIA_TYPES[item["format"]]
    return Response(status, content, media_type.encode(), (*extra, _saved_as(item["file_name"])))


def _in_form(
    form: Form, item: dict[str, Any], *, status: int, extra: tuple[tuple[str, str], ...], seconds: float
) -> Response:
    """A file may be long and is made beside the event loop, within `seconds`; a page takes some milliseconds."""
    if form.saved_as is None:
        return Response(status, form.render(item), form.media_type.encode(), extra, form.policy)
    extra = (*extra, _saved_as(form.saved_as(item)))
    try:
        with Timeout(max(seconds, 0.001)):
            content = aside(partial(form.render, item))
    except Timeout:
        raise HttpFault(faults.TIMED_OUT) from None
    return Response(status, content, form.media_type.encode(), extra, form.policy)


def _saved_as(name: str) -> tuple[str, str]:
    return ("Content-Disposition", f'attachment; filename="{name}"')
