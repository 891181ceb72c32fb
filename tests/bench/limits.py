"""The bare limits: what PostgreSQL and RabbitMQ give to plain Python with nothing in between.

python -m tests.bench.limits --database-url postgresql://… --amqp-url amqp://…
"""

import argparse
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count, takewhile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import amqp
import psycopg

from tests.bench.figures import Figures, figures_of, line_of

REPOSITORY = Path(__file__).resolve().parents[2]
CALL_BYTES = 200
EVENT_BYTES = 600
ROWS = 10_000
DIRECT_REPLY = "amq.rabbitmq.reply-to"


def bare_calls(amqp_url: str, *, in_flight: int, seconds: float, warmup: float, direct_reply: bool = False) -> Figures:
    """Calls over AMQP and nothing else: a request queue, a reply queue, an echo in another process.

    Transient and unconfirmed, 200 bytes there and back, `in_flight` calls open at any time.
    With `direct_reply` the answer comes by RabbitMQ's `amq.rabbitmq.reply-to` instead of a queue.
    """
    with echo_process(amqp_url) as queue, connected(amqp_url) as connection:
        channel = connection.channel()
        replies = DIRECT_REPLY
        if not direct_reply:
            replies = channel.queue_declare(exclusive=True, durable=False).queue
        body = "x" * CALL_BYTES
        sent: dict[str, float] = {}
        latencies: list[float] = []
        opens = time.perf_counter() + warmup
        closes = opens + seconds

        def call() -> None:
            number = uuid.uuid4().hex
            sent[number] = time.perf_counter()
            message = amqp.Message(body, correlation_id=number, reply_to=replies, delivery_mode=1)
            channel.basic_publish(message, routing_key=queue)

        def take(reply: amqp.Message) -> None:
            arrived = time.perf_counter()
            started = sent.pop(reply.properties["correlation_id"])
            if opens <= arrived <= closes:
                latencies.append(arrived - started)
            if arrived < closes:
                call()

        channel.basic_consume(replies, no_ack=True, callback=take)
        cpu = time.process_time()
        for _ in range(in_flight):
            call()
        while sent:
            connection.drain_events(timeout=10)
        cpu = time.process_time() - cpu
    return figures_of(latencies, seconds=seconds, client_cpu=cpu / (seconds + warmup))


@contextmanager
def echo_process(amqp_url: str) -> Iterator[str]:
    """An echo server in a process of its own; yields its request queue."""
    queue = f"bench.echo.{uuid.uuid4().hex}"
    command = [sys.executable, "-c", f"from tests.bench.limits import echo; echo({queue!r})"]
    environment = os.environ | {"BENCH_AMQP_URL": amqp_url}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise RuntimeError("the echo process did not start")
            yield queue
        finally:
            process.terminate()


def echo(queue: str) -> None:
    """Say `ready`, then answer every request with its own body until the process is ended."""
    with connected(os.environ["BENCH_AMQP_URL"]) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, exclusive=True, durable=False)

        def answer(request: amqp.Message) -> None:
            asked = request.properties
            reply = amqp.Message(request.body, correlation_id=asked["correlation_id"], delivery_mode=1)
            channel.basic_publish(reply, routing_key=asked["reply_to"])

        channel.basic_consume(queue, no_ack=True, callback=answer)
        print("ready", flush=True)
        while True:
            connection.drain_events()


def relayed(amqp_url: str, *, batch: int = 200, seconds: float, warmup: float) -> Figures:
    """What a relay could reach: persistent 600-byte messages to a quorum queue, confirmed.

    Each batch is published at once and then awaited; the latency is from the publish of a message
    to the confirm that covers it.
    """
    latencies: list[float] = []
    with connected(amqp_url) as connection, quorum_queue(connection) as queue:
        channel = confirming_channel(connection)
        opens = time.perf_counter() + warmup
        closes = opens + seconds
        cpu = time.process_time()
        tags = count(1, batch)
        while (now := time.perf_counter()) < closes:
            waits = publish_batch(channel, queue=queue, first=next(tags), size=batch)
            if now >= opens:
                latencies.extend(waits)
        ended = time.perf_counter()
        cpu = time.process_time() - cpu
    return figures_of(latencies, seconds=ended - opens, client_cpu=cpu / (ended - opens + warmup))


def consumed(amqp_url: str, *, database_url: str, messages: int = 5000, prefetch: int = 200) -> Figures:
    """What a consumer could reach: one inserted and committed row, then one ack, per message.

    The quorum queue is filled first; the latency is from the delivery to the sent ack.
    """
    latencies: list[float] = []
    with (
        connected(amqp_url) as connection,
        quorum_queue(connection) as queue,
        limit_table(database_url) as table,
        psycopg.connect(database_url, autocommit=True) as database,
    ):
        filling = confirming_channel(connection)
        publish_batch(filling, queue=queue, first=1, size=messages)
        channel = connection.channel()
        channel.basic_qos(0, prefetch, False)
        insert = f"INSERT INTO {table} (body) VALUES (%s)"

        def take(message: amqp.Message) -> None:
            started = time.perf_counter()
            database.execute(insert, (message.body,))
            channel.basic_ack(message.delivery_tag)
            latencies.append(time.perf_counter() - started)

        consumer = channel.basic_consume(queue, callback=take)
        began, cpu = time.perf_counter(), time.process_time()
        while len(latencies) < messages:
            connection.drain_events(timeout=10)
        spent, cpu = time.perf_counter() - began, time.process_time() - cpu
        channel.basic_cancel(consumer)  # before the queue goes, or its deletion is an error
    return figures_of(latencies, seconds=spent, client_cpu=cpu / spent)


def selected(database_url: str, *, clients: int, seconds: float, warmup: float) -> Figures:
    """SELECT of one row by key with psycopg in autocommit; `clients` threads of one process."""

    def work(connection: psycopg.Connection, table: str, turn: int) -> None:
        key = turn * 7919 % ROWS + 1
        row = connection.execute(f"SELECT body FROM {table} WHERE id = %s", (key,)).fetchone()
        if row is None:
            raise LookupError(key)

    return in_threads(work, database_url, clients=clients, seconds=seconds, warmup=warmup)


def inserted(database_url: str, *, clients: int, seconds: float, warmup: float) -> Figures:
    """INSERT of one 600-byte row and commit with psycopg; `clients` threads of one process."""
    body = "x" * EVENT_BYTES

    def work(connection: psycopg.Connection, table: str, turn: int) -> None:
        connection.execute(f"INSERT INTO {table} (body) VALUES (%s)", (body,))

    return in_threads(work, database_url, clients=clients, seconds=seconds, warmup=warmup)


def in_threads(
    work: Callable[[psycopg.Connection, str, int], None],
    database_url: str,
    *,
    clients: int,
    seconds: float,
    warmup: float,
) -> Figures:
    """Repeat `work(connection, table, turn)` in `clients` threads, a connection each."""

    def loop(number: int, table: str, opens: float) -> list[float]:
        turn, latencies, closes = number, [], opens + seconds
        with psycopg.connect(database_url, autocommit=True) as connection:
            while (started := time.perf_counter()) < closes:
                work(connection, table, turn)
                ended = time.perf_counter()
                turn += clients
                if opens <= ended <= closes:
                    latencies.append(ended - started)
        return latencies

    with limit_table(database_url) as table, ThreadPoolExecutor(clients) as threads:
        cpu = time.process_time()
        opens = time.perf_counter() + warmup
        loops = [threads.submit(loop, number, table, opens) for number in range(clients)]
        latencies = [latency for one in loops for latency in one.result()]
        cpu = time.process_time() - cpu
    return figures_of(latencies, seconds=seconds, client_cpu=cpu / (seconds + warmup))


@contextmanager
def limit_table(database_url: str) -> Iterator[str]:
    """A table of 10,000 rows of 600 bytes, dropped afterwards; yields its name."""
    table = f"bench_limit_{uuid.uuid4().hex}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            f"CREATE TABLE {table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)"
        )
        try:
            connection.execute(
                f"INSERT INTO {table} (body) SELECT repeat('x', %s) FROM generate_series(1, %s)",
                (EVENT_BYTES, ROWS),
            )
            connection.execute(f"VACUUM ANALYZE {table}")
            yield table
        finally:
            connection.execute(f"DROP TABLE {table}")


@contextmanager
def connected(amqp_url: str) -> Iterator[amqp.Connection]:
    """A plain py-amqp connection to an `amqp://user:password@host:port/vhost` URL."""
    parts = urlsplit(amqp_url)
    with amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
    ) as connection:
        yield connection


@contextmanager
def quorum_queue(connection: amqp.Connection) -> Iterator[str]:
    queue = f"bench.quorum.{uuid.uuid4().hex}"
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    try:
        yield queue
    finally:
        channel.queue_delete(queue)


def confirming_channel(connection: amqp.Connection) -> amqp.Channel:
    """A channel whose publishes are confirmed, without waiting at each."""
    channel = connection.channel()
    channel.confirm_select()
    return channel


def publish_batch(channel: amqp.Channel, *, queue: str, first: int, size: int) -> list[float]:
    """Publish `size` messages, wait for every confirm; the wait of each in seconds.

    `first` is the delivery tag of the first of them: a channel counts its publishes from 1.
    """
    body = "x" * EVENT_BYTES
    sent: dict[int, float] = {}
    waits: list[float] = []

    def confirm(delivery_tag: int, multiple: bool) -> None:
        arrived = time.perf_counter()
        covered = [delivery_tag]
        if multiple:
            covered = list(takewhile(lambda tag: tag <= delivery_tag, sent))
        waits.extend(arrived - sent.pop(tag) for tag in covered)

    def refuse(delivery_tag: int, multiple: bool) -> None:
        raise RuntimeError(f"the broker refused message {delivery_tag}")

    channel.events["basic_ack"] = {confirm}
    channel.events["basic_nack"] = {refuse}
    for tag in range(first, first + size):
        sent[tag] = time.perf_counter()
        channel.basic_publish(amqp.Message(body, delivery_mode=2), routing_key=queue)
    while sent:
        channel.connection.drain_events(timeout=10)
    return waits


def all_limits(
    *, database_url: str | None, amqp_url: str | None, seconds: float, warmup: float
) -> dict[str, Callable[[], Figures]]:
    """Every limit that the given URLs allow, by name, ready to be called."""
    limits: dict[str, Callable[[], Figures]] = {}
    for clients in (1, 16):
        if amqp_url:
            calls = partial(bare_calls, amqp_url, in_flight=clients, seconds=seconds, warmup=warmup)
            limits[f"bare AMQP call, {clients} in flight"] = calls
            limits[f"bare AMQP call, direct reply, {clients} in flight"] = partial(calls, direct_reply=True)
        if database_url:
            limits[f"SELECT by key, {clients}"] = partial(
                selected, database_url, clients=clients, seconds=seconds, warmup=warmup
            )
            limits[f"INSERT + commit, {clients}"] = partial(
                inserted, database_url, clients=clients, seconds=seconds, warmup=warmup
            )
    if amqp_url:
        limits["publish, confirmed by 200"] = partial(relayed, amqp_url, seconds=seconds, warmup=warmup)
    if amqp_url and database_url:
        limits["consume, insert + commit each"] = partial(consumed, amqp_url, database_url=database_url)
    return limits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database-url")
    parser.add_argument("--amqp-url")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--warmup", type=float, default=0.5)
    asked = parser.parse_args()
    for name, limit in all_limits(**vars(asked)).items():
        figures = limit()
        print(line_of(name, figures=figures), f"client {figures.client_cpu:.2f}")


if __name__ == "__main__":
    main()
