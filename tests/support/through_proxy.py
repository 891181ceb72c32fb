"""The servers of a system whose links to the broker can be made half dead."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from deploy.local.infrastructure import Infrastructure
from tests.support.tcp_proxy import TcpProxy


class ThroughProxy(Infrastructure):
    """The private servers, with the broker behind a proxy."""

    proxy: TcpProxy | None = None

    def start(self) -> None:
        super().start()
        if self.proxy is None:
            uri = urlsplit(super().amqp_uri)
            self.proxy = TcpProxy(uri.hostname or "127.0.0.1", uri.port or 5672)
            self.proxy.__enter__()

    def stop(self) -> None:
        super().stop()
        if self.proxy is not None:
            self.proxy.__exit__()

    @property
    def amqp_uri(self) -> str:
        uri = urlsplit(super().amqp_uri)
        if self.proxy is None:
            return urlunsplit(uri)
        login = uri.netloc.rpartition("@")[0]
        return urlunsplit(uri._replace(netloc=f"{login}@127.0.0.1:{self.proxy.port}"))
