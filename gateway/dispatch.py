"""The one handler of the API: who asks, may he, what does he ask, who answers, what may he see of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat as uuids
from eventlet.timeout import Timeout
from prometheus_client import Histogram

from chassis.bus.context import CallContext, moment
from chassis.bus.rpc import Caller, Refused
from chassis.process import clock, logs
from contracts import shapes
from contracts.access import NO_SCOPE, NOBODY, Scope, matrix
from contracts.operation import Kind, Operation
from contracts.refusals import InvalidRequest, Refusal
from contracts.sayings import Saying
from gateway import encoding, filing, problems, reading, visitors
from gateway.access_log import Access, AccessLog, Left, headers_of
from gateway.answering import Answering
from gateway.asking import LocalCall, Tell, ask, nobody_listens
from gateway.clock import Clock
from gateway.errors import PasswordChangeRequired
from gateway.household import household
from gateway.local import LocalOperations
from gateway.pages import Pages
from gateway.routing import Route, Table
from gateway.searching import Asking, Searches
from gateway.sessions import Live, Sessions
from gateway.streams import Streams, wants_stream
from gateway.visitors import Visitors
from gateway.wire import Request, Response

log = logs.get("http")

DEADLINE = 8.0
"""Seconds a request may take in all."""
WITH_INITIAL_PASSWORD = frozenset(("gateway.change_password", "gateway.log_out"))

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_STORE = re.compile(r"[A-Z0-9]{1,12}")
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

SECONDS = Histogram(
    "crm_http_seconds",
    "Requests answered, from their last byte to the first of the answer",
    ["operation", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 8),
)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Answers requests."""

    table: Table
    pages: Pages
    access_log: AccessLog
    searches: Searches
    visitors: Visitors
    caller: Caller
    sessions: Sessions
    local: LocalOperations
    streams: Streams
    answering: Answering
    clock: Clock
    test_mode: bool
    trusted_proxy: str

    def answer(self, request: Request) -> Response:
        """The answer to any request; whatever goes wrong is an answer too."""
        started = time.perf_counter()
        given = request.headers.get("x-request-id")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else str(uuids.uuid7())
        route: Route | None = None
        live: Live | None = None
        try:
            page = self.pages.find(request)
            if page is not None:
                return page
            route, path_values = self.table.find(request.method, request.path)
            with Timeout(request.left_of(DEADLINE)):  # whoever else is asked on the way
                if not route.public:
                    live = self._who(request, route)
                response = self._operate(request, route, path_values, live, request_id)
            # a token is never packed: with a text of the caller's beside it its length would tell of it
            if not route.public and encoding.worth_it(response) and encoding.takes_gzip(request.headers):
                response = encoding.packed(response)
        except (Exception, Timeout) as error:  # noqa: BLE001  # whatever went wrong is an answer; it is logged there
            language = language_of(request.headers.get("accept-language", ""))
            response = problems.answer(error, language=language, request_id=request_id)
        if route and route.operation.by_link:
            response = visitors.shown(response, on_page=route.page(request.path) is not None)
        seconds = time.perf_counter() - started
        name = route.operation.name if route else "-"
        SECONDS.labels(name, response.status).observe(seconds)
        log.info(
            "request",
            operation=name,
            status=response.status,
            staff_id=live.actor.staff_id if live else "",
            correlation_id=request_id,
            ms=round(seconds * 1000, 2),
        )
        return response

    def _who(self, request: Request, route: Route) -> Live:
        background = _by_itself(request.headers.get("x-background"), route.operation)
        live = self.sessions.find(request.headers.get("authorization"), background=background)
        if live.must_change_password and route.operation.name not in WITH_INITIAL_PASSWORD:
            raise PasswordChangeRequired
        return live

    def _operate(
        self, request: Request, route: Route, path_values: dict[str, str], live: Live | None, request_id: str
    ) -> Response:
        operation, headers = route.operation, request.headers
        actor = live.actor if live else NOBODY
        scope = matrix().scope(operation.name, actor) if live else NO_SCOPE
        page = route.page(request.path)
        if page is not None:  # whoever passes a link on may hang his own words on it, as chats and mailers do
            request = replace(request, query="")
        store_id = _store(headers.get("x-store-id"), scope) if live else None
        asked, expand = reading.read(
            request,
            operation=operation,
            path_values=path_values,
            store_id=store_id,
            takes_bytes=route.takes_bytes,
            as_form=page is not None,
        )
        reading.expect_version(asked, header=headers.get("if-match"), shape=operation.request)
        trace = headers.get("traceparent")
        context = CallContext(
            correlation_id=request_id,
            deadline=request.arrived + DEADLINE,
            actor_token=self.sessions.signed(live) if live else None,
            store_id=store_id or _store_asked(asked),
            language=language_of(headers.get("accept-language", "")),
            idempotency_key=_key(headers.get("idempotency-key")) if operation.kind is Kind.COMMAND else None,
            now=self.clock.moment,
            trace=trace if trace and _TRACE.fullmatch(trace) else None,
        )
        if route.streams and live and wants_stream(request):
            return self.streams.answer(live, last_event_id=headers.get("last-event-id", ""))
        asking = Asking(actor.staff_id, operation.name, request_id)

        def answered(tell: Tell = nobody_listens) -> bytes:
            if operation.service != "gateway":
                return self._call(operation, asked, context)
            return self._answer_here(request, operation, asked, scope=scope, live=live, context=context, tell=tell)

        if operation.by_link:
            with self.visitors.turn(asked, address=self._address(request), now=clock.now()):
                body = self._call(operation, asked, context)
        elif route.guesses:
            body = self._guess(route, asked, asking, answered)
        elif route.files:
            body = self._file(route, asked, asking, answered)
        else:
            body = answered()
        item = orjson.loads(body) if route.searches else None
        if route.searches and item is not None and (search := route.searches(asked, item)):
            self.searches.admit(search, asking, now=clock.now())
        left: Left | None = None
        if route.logs_access:
            left = self._log_access(asked, route, body=body, staff_id=actor.staff_id, request_id=request_id)
        response = self.answering.show(
            body, item=item, route=route, actor=actor, context=context, expand=expand, form=page or route.form(asked)
        )
        return replace(response, extra=(*response.extra, *headers_of(left, now=clock.now()))) if left else response

    def _call(self, operation: Operation, asked: dict[str, Any], context: CallContext) -> bytes:
        return ask(self.caller, operation, reading.dump(asked), context)

    def _guess(self, route: Route, asked: dict[str, Any], asking: Asking, answered: Callable[[], bytes]) -> bytes:
        """Ask what says by its refusals whose a number is. Raises SearchLimit, before and instead."""
        self.searches.require_guess(asking, now=clock.now())
        try:
            return answered()
        except Refused as refusal:
            if route.guesses and (search := route.guesses(asked, refusal.wire["code"])):
                self.searches.admit(search, asking, now=clock.now())
            raise

    def _file(self, route: Route, asked: dict[str, Any], asking: Asking, answered: Callable[[Tell], bytes]) -> bytes:
        """Ask what tells by its answer whether somebody has the numbers it files. Raises SearchLimit."""
        filed = route.files(asked) if route.files else ()
        if not filed:
            return answered(nobody_listens)
        done: list[Mapping[str, Any]] = []
        with self.searches.filing(filed, asking, now=clock.now()) as told:
            try:
                body = answered(done.append)
            except (Refused, Refusal) as refusal:
                if not done:
                    told(filing.told_by_refusal(refusal.wire if isinstance(refusal, Refused) else refusal.wire()))
                raise
            else:
                done.append(orjson.loads(body))
                return body
            finally:
                if done:
                    told(filing.told_by(done[-1]))

    def _answer_here(
        self,
        request: Request,
        operation: Operation,
        asked: dict[str, Any],
        *,
        scope: Scope,
        live: Live | None,
        context: CallContext,
        tell: Tell,
    ) -> bytes:
        address = self._address(request)
        self.local.admit(operation, asked, address=address)
        call = LocalCall(
            actor=live.actor if live else NOBODY,
            scope=scope,
            store_id=context.store_id,
            now=moment(context, test_mode=self.test_mode),
            context=context,
            arrived=clock.now(),
            address=address,
            token_hash=live.token_hash if live else None,
            tell=tell,
        )
        return self.local.answer(operation, _loaded(operation, asked), call)

    def _log_access(
        self, asked: dict[str, Any], route: Route, *, body: bytes, staff_id: str, request_id: str
    ) -> Left | None:
        """Write down the access; of a file also why it was asked for, and whom it holds.

        What is left of a ration, where there is one. Raises RevealLimit.
        """
        file = orjson.loads(body) if route.gives_file else None
        entry = Access(
            staff_id=staff_id,
            operation=route.operation.name,
            subject_id=str(UUID(asked[route.parameters[0]])),  # in one form, however it was typed
            reason=f"{file['reason']} ({file['rows']} rows)" if file else asked.get("reason", route.zh),
            request_id=request_id,
            customers=tuple(map(UUID, file["customer_ids"])) if file else (),
        )
        return self.access_log.write_down(entry, rationed=route.rationed, now=clock.now())

    def _address(self, request: Request) -> str:
        """Where it comes from, as the brakes count it."""
        forwarded = request.headers.get("x-forwarded-for")
        if forwarded and self.trusted_proxy and request.address == self.trusted_proxy:
            return household(forwarded.rpartition(",")[2].strip()[:64])
        return household(request.address)


def _by_itself(header: str | None, operation: Operation) -> bool:
    """Whether a page asks by itself, so that nobody need be there; whoever changes something is there."""
    if header not in (None, "1"):
        raise InvalidRequest(errors={"X-Background": [Saying.NO_BACKGROUND()]})
    return header is not None and operation.kind is Kind.QUERY


def _loaded(operation: Operation, asked: dict[str, Any]) -> Any:
    try:
        return shapes.load(operation.request, asked)
    except shapes.InvalidShape as error:
        raise InvalidRequest(errors=error.errors) from None


def _store(header: str | None, scope: Scope) -> str | None:
    if header is None:
        return None
    if not _STORE.fullmatch(header):
        raise InvalidRequest(errors={"X-Store-Id": [Saying.NO_STORE_CODE()]})
    scope.require_store(header)
    return header


def _store_asked(asked: dict[str, Any]) -> str | None:
    """The store a request names itself, so that it goes to that store's pool."""
    store_id = asked.get("store_id")
    return store_id if isinstance(store_id, str) and _STORE.fullmatch(store_id) else None


def _key(header: str | None) -> str:
    """The caller's idempotency key, or one for our own retries."""
    if header is None:
        return str(uuids.uuid7())
    if not _KEY.fullmatch(header):
        raise InvalidRequest(errors={"Idempotency-Key": [Saying.NO_KEY()]})
    return header


@lru_cache(maxsize=512)
def language_of(accepted: str) -> str:
    """`zh` unless the caller likes English better (`Accept-Language`)."""
    wanted = {"zh": 0.0, "en": 0.0}
    for part in accepted.split(","):
        tag, _, quality = part.strip().partition(";")
        name = tag.partition("-")[0].lower()
        if name in wanted:
            wanted[name] = max(wanted[name], _quality(quality))
    return "en" if wanted["en"] > wanted["zh"] else "zh"


def _quality(text: str) -> float:
    if not text:
        return 1.0
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", text)
    return float(found[1]) if found else 0.0
