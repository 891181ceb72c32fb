"""What the gateway is put together from, and its place in nameko's container."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from nameko.extensions import Entrypoint, SharedExtension
from sqlalchemy.orm import Session

from chassis.bus.listening import Listener
from chassis.bus.rpc import Caller
from chassis.process import clock, logs
from chassis.process.actors import Signer
from chassis.process.settings import Settings
from chassis.store.database import Database
from chassis.store.scheduled import run_scheduled
from gateway import searching
from gateway.access_log import AccessLog
from gateway.accounts import Accounts
from gateway.answering import Answering
from gateway.arrivals import Arrivals
from gateway.clock import Clock
from gateway.console_files import ConsoleFiles
from gateway.directory import Directory
from gateway.dispatch import Dispatcher
from gateway.http import Server
from gateway.local import LocalOperations
from gateway.pages import Pages
from gateway.passwords import Hashing
from gateway.policies import KeptPolicies
from gateway.routes import TABLE
from gateway.searching import Searches
from gateway.sessions import Sessions
from gateway.streams import Streams
from gateway.throttle import Throttle
from gateway.visitors import Visitors
from gateway.wire import Request, Response

log = logs.get("gateway")

SWEEP_EVERY = 600.0


class Runtime(SharedExtension):
    """The gateway's caller, and the dispatcher made of it and the database.

    That is closed, and looked after, where any service's is: what the gateway hears is a row like theirs.
    """

    settings: Settings
    database: Database
    dispatcher: Dispatcher

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        assert settings.http is not None
        self.settings = settings
        self.stopping = threading.Event()
        self.database = self.container.config["database"]
        self.caller = Caller(settings.amqp_uri, user=settings.service, heartbeat=settings.heartbeat)
        signer = Signer(settings.service, settings.signing_key)
        self.sessions = Sessions(self.database, signer)
        self.access_log = AccessLog(self.database, reveals_per_hour=settings.http.reveals_per_hour)
        self.searches = Searches(self.database, secret=settings.signing_key)
        self.clock = Clock(
            database=self.database,
            caller=self.caller,
            signer=signer,
            test_mode=settings.test_mode,
        )
        self.streams = Streams(self.sessions, most=settings.http.most_streams)
        self.listener = Listener(settings.amqp_uri, heartbeat=settings.heartbeat, hearer=self.streams)
        accounts = Accounts(self.database, self.sessions, Throttle(self.database), Hashing())
        self.dispatcher = Dispatcher(
            table=TABLE,
            pages=Pages(TABLE, self.container.config["health"], ConsoleFiles(settings.http.console_dir)),
            access_log=self.access_log,
            searches=self.searches,
            visitors=Visitors(),
            caller=self.caller,
            sessions=self.sessions,
            local=LocalOperations(
                database=self.database,
                accounts=accounts,
                searches=self.searches,
                clock=self.clock,
                kept=KeptPolicies(database=self.database, caller=self.caller),
                arrivals=Arrivals(database=self.database, caller=self.caller, secret=settings.signing_key),
                streams=self.streams,
            ),
            streams=self.streams,
            answering=Answering(self.caller, Directory(self.database)),
            clock=self.clock,
            test_mode=settings.test_mode,
            trusted_proxy=settings.http.trusted_proxy,
        )

    def start(self) -> None:
        self.container.spawn_managed_thread(self.caller.link.run, identifier="caller")
        self.container.spawn_managed_thread(self.listener.link.run, identifier="live changes")
        self.container.spawn_managed_thread(partial(self.streams.run, self.stopping), identifier="streams")
        self.container.spawn_managed_thread(partial(self.streams.wake, self.stopping), identifier="news")
        self.container.spawn_managed_thread(self._look_after, identifier="sweep")
        self.container.spawn_managed_thread(partial(self.searches.run, self.stopping), identifier="searches")
        if self.settings.test_mode:
            self.container.spawn_managed_thread(partial(self.clock.run, self.stopping), identifier="clock")
        self.container.config["health"].watch(self)

    def stop(self) -> None:
        self.stopping.set()
        self.listener.link.stop()
        self.caller.link.stop()
        self._try("searches", self.searches.write)

    def problems(self) -> list[str]:
        """Why the gateway is not ready; empty when it is."""
        found = []
        if self.stopping.is_set():
            found.append("stopping")
        return found + [f"calls: {problem}" for problem in self.caller.problems()]

    def _look_after(self) -> None:
        while True:
            self._try("access log head", partial(self.access_log.tell_head, now=clock.now()))
            if self.stopping.wait(SWEEP_EVERY):
                return
            self._try("sweep", self._sweep)

    def _sweep(self) -> int:
        def work(session: Session) -> int:
            searching.sweep(session, now=clock.now())
            return self.sessions.sweep(session, now=clock.now())

        return run_scheduled(self.database, "gateway.sweep", work)

    def _try(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # what is done by the clock must not end the process
            log.warning("not done, next turn will try again", what=what, error=logs.describe(error))


class HttpApi(Entrypoint):
    """The method `(self, request, dispatcher)` answers every request of the server."""

    runtime = Runtime()
    server = Server()

    def setup(self) -> None:
        self.method = getattr(self.container.service_cls(), self.method_name)
        self.server.register_provider(self)
        self.server.handler, self.server.body_limit = self._answer, TABLE.body_limit

    def _answer(self, request: Request) -> Response:
        answer: Response = self.method(request, self.runtime.dispatcher)
        return answer

    def stop(self) -> None:
        """Before anything else of the container is stopped."""
        self.runtime.stopping.set()
        self.runtime.streams.deaf()  # and nobody begins another
        self.server.pause()
        self.server.unregister_provider(self)


http_api = HttpApi.decorator
