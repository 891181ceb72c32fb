"""The database of one service: one transaction per command or event, autocommit for reads.

Use cases never commit; the entrypoints do, before the message is acknowledged
(nameko tells its providers of a result only after that, which would be too late).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import orjson
import sqlalchemy
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.process import faults
from chassis.store.rows import write_last

T = TypeVar("T")

_BEAT = text(
    """
    INSERT INTO pulse (beat, beaten_at) VALUES (1, clock_timestamp())
    ON CONFLICT (beat) DO UPDATE SET beaten_at = excluded.beaten_at
    """
)

_OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "statement_timeout=8000",
        "lock_timeout=3000",
        "idle_in_transaction_session_timeout=15000",
        "timezone=Asia/Shanghai",
    )
)
CONNECT_ARGUMENTS = {
    "options": _OPTIONS,
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

_NO_WRITES = "25006"
_OUTAGES = ("08", "57P", "53300", "53100", "58030", "25006")
"""Beginnings of the SQLSTATEs of a database that is away, full, or takes no writes."""
_DOUBTFUL = ("57014", "53200", "55P03")
"""A cancelled statement, a lack of memory, a lock not got: the statement's own fault, unless nothing else works."""
_CONTENTION = ("40001", "40P01", "55P03")
CONTENTION_TRIES = 4


def driver_url(url: str) -> str:
    """SQLAlchemy's form of a `postgresql://` URL."""
    return "postgresql+psycopg://" + url.partition("://")[2]


_TABLES_FREE = text(
    """
    DO $$ BEGIN
        SET LOCAL lock_timeout = '500ms';
        LOCK TABLE inbox, inbox_suspect, outbox, command_log IN ROW EXCLUSIVE MODE;
    END $$
    """
)
"""Somebody who holds one of them for himself stops a service as a database that is away does."""


class Database:
    """A service's PostgreSQL database: two small pools, one for transactions, one for single statements."""

    def __init__(self, url: str, *, service: str = "", pool_size: int = 10) -> None:
        self._service = service
        self._url = driver_url(url)
        self._writers = self._engine(pool_size)
        self._readers = self._engine(pool_size, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)

    def _engine(self, pool_size: int, **settings: object) -> Engine:
        engine = create_engine(
            self._url,
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,
            pool_timeout=3,
            connect_args=CONNECT_ARGUMENTS,
            hide_parameters=True,
            json_deserializer=orjson.loads,
            **settings,
        )
        event.listen(engine, "handle_error", _leave_what_takes_no_writes)
        return engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends, and rolled back when it raises."""
        session = Session(self._writers, expire_on_commit=False)
        try:
            yield session
            session.flush()
            write_last(session)
            faults.point("before_commit", process=self._service)
            session.commit()
        except Exception:
            session.rollback()
            raise
        except BaseException:  # a deadline struck in mid-query: the connection's state is unknown
            session.invalidate()
            raise
        finally:
            session.close()

    def run(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction; as a whole again after a deadlock, a lock timeout or a lost connection.

        Only for work that may be repeated after an unclear commit: commands may by their key, handlers by the inbox.
        """
        for attempt in range(1, CONTENTION_TRIES + 1):
            try:
                with self.transaction() as session:
                    return work(session)
            except DBAPIError as error:
                if attempt == CONTENTION_TRIES or not (is_contention(error) or error.connection_invalidated):
                    raise
                time.sleep(0.01 * 2**attempt)
        raise AssertionError("unreachable")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in autocommit: one statement, one round trip."""
        with self._readers.connect() as connection:
            yield connection

    def read(self, query: Callable[[Connection], T]) -> T:
        """Run a read; once more if the connection turned out to be dead."""
        try:
            with self.reading() as connection:
                return query(connection)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self.reading() as connection:
            return query(connection)

    def probe(self) -> None:
        """Raise unless the database answers a question and takes a small row."""
        with self.reading() as connection:
            connection.execute(_BEAT)
            connection.execute(_TABLES_FREE)

    def is_away(self, error: BaseException) -> bool:
        """True if this error tells that the database is away, full or takes no writes: nobody's message is at fault.

        Asks the database itself where the error alone could be either.
        """
        if is_outage(error):
            return True
        if not (isinstance(error, DBAPIError) and _sqlstate(error) in _DOUBTFUL):
            return False
        try:
            self.probe()
        except Exception:  # noqa: BLE001  # however it fails, it does not work
            return True
        return False

    def in_use(self) -> int:
        """Connections checked out right now."""
        pools = (self._writers.pool, self._readers.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, sqlalchemy.QueuePool))

    def close(self) -> None:
        """Close every connection."""
        self._writers.dispose()
        self._readers.dispose()


def _leave_what_takes_no_writes(context: ExceptionContext) -> None:
    """A connection keeps the server it was made to and the default it was made under; new ones know better."""
    if getattr(context.original_exception, "sqlstate", None) == _NO_WRITES:
        context.is_disconnect = True


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def is_outage(error: BaseException) -> bool:
    """True if the database is away, restarting, full or takes no writes: nobody's message is at fault."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or _sqlstate(error).startswith(_OUTAGES):
        return True
    return isinstance(error, sqlalchemy.exc.OperationalError) and not _sqlstate(error)


def is_contention(error: BaseException) -> bool:
    """True after a deadlock, a serialisation failure or a lock timeout: the whole transaction may be tried again."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _CONTENTION


def is_lock_timeout(error: BaseException) -> bool:
    """True if somebody else held a row or key for too long."""
    return isinstance(error, DBAPIError) and _sqlstate(error) == "55P03"


def is_duplicate(error: BaseException) -> bool:
    """True if a row with this key is there already; a row that breaks another rule of its table is a defect."""
    return isinstance(error, DBAPIError) and _sqlstate(error) == "23505"
