"""Where is my car? Among 10,000 orders of a store, 290 of them open: an order with its steps, what will be late, a step
done (C5, R44–R48).

Each stands beside its bare statements, what the service asks of the database for it, by psycopg in as many threads, and
beside a look-up by plate over the same way, all by turns. It is held to the look-up: on a machine with other work both
wait alike, and bare statements wait less. That each is one read of an index is a test's to prove
(`tests/integration/sales/test_delivery_risk.py`).
"""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from uuid import UUID

import psycopg

from contracts.sales.policies import DELIVERY_STEPS, FULL
from contracts.shapes import plain
from simulator.client import Client
from tests.bench import limits, traffic
from tests.bench.figures import Figures, require_sound
from tests.bench.load import Request, Requests, RequestsFactory, request
from tests.bench.load import measure as drive
from tests.bench.outcome import Outcome, Target
from tests.bench.processor import Meter, counted
from tests.bench.report import median_figures, shown
from tests.bench.running import CLIENTS, CUSTOMERS, Running
from tests.bench.settled import rows, settle
from tests.bench.traffic import BASE, Headers
from tests.support.business import STORE, Desk, prepare

ORDERS, OPEN = 10_000, 290
ROUNDS = 5
WINDOW = {"seconds": 1.5, "warmup": 0.3}
PAGE, LIST, STEP = 3.9, 7.4, 5.9
"""Times as long as 95 of 100 look-ups by plate that 95 of 100 answers may take: 80, 150 and 120 ms to the 20.2 ms
within which 99 of 100 of them were answered (2026-11-23)."""

CLONES = """
    CREATE TEMPORARY TABLE clone AS
    SELECT n, gen_random_uuid() AS id, n <= %(open)s AS open, (%(customers)s::uuid[])[n] AS customer_id,
           n %% 40 - 10 AS left_over
      FROM generate_series(1, %(count)s) n;
    INSERT INTO sales_order
    SELECT (jsonb_populate_record(o, jsonb_build_object(
               'id', c.id, 'number', 'BENCH-' || c.n, 'customer_id', c.customer_id,
               'vin', 'BENCH' || lpad(c.n::text, 12, '0'), 'vehicle_id', gen_random_uuid(),
               'status', CASE WHEN c.open THEN o.status ELSE 'delivered' END,
               'delivered_at', CASE WHEN NOT c.open THEN now() END))).*
      FROM clone c, sales_order o WHERE o.id = %(like)s;
    INSERT INTO delivery_plan
    SELECT (jsonb_populate_record(p, jsonb_build_object(
               'order_id', c.id, 'days_left', c.left_over, 'look_at', NULL, 'untold', false, 'told_risk', 'late',
               'risk', CASE WHEN c.left_over < 0 THEN 'late' WHEN c.left_over < 1 THEN 'at_risk' ELSE 'on_track' END,
               'ended_at', CASE WHEN NOT c.open THEN now() END))).*
      FROM clone c, delivery_plan p WHERE p.order_id = %(like)s;
    INSERT INTO delivery_step
    SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'order_id', c.id))).*
      FROM clone c, delivery_step s WHERE s.order_id = %(like)s;
    INSERT INTO step_change
    SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(), 'order_id', c.id))).*
      FROM clone c, step_change h WHERE h.order_id = %(like)s;
    ANALYZE sales_order, delivery_plan, delivery_step, step_change
"""
"""An order that went through the service, as often as it takes: whatever columns there are, it has them as the service
writes them."""

STEPS = "SELECT * FROM delivery_step WHERE order_id = %s"
ONE = (
    "SELECT * FROM sales_order WHERE id = %s",
    "SELECT * FROM delivery_plan WHERE order_id = %s",
    STEPS,
    "SELECT * FROM handover_check WHERE order_id = %s",
    "SELECT * FROM promise_change WHERE order_id = %s ORDER BY at, id",
)
LATE = """
    SELECT p.*, o.number, o.customer_id, o.consultant_id, o.model, o.vin, o.first_promise
      FROM delivery_plan p JOIN sales_order o ON o.id = p.order_id
     WHERE p.ended_at IS NULL AND p.store_id = %s AND p.risk = 'late' ORDER BY p.days_left, p.order_id LIMIT 51
"""
HOW_MANY = "SELECT count(*) FROM delivery_plan WHERE ended_at IS NULL AND store_id = %s AND risk = 'late'"
DONE = (
    "SELECT * FROM sales_order WHERE id = %s FOR UPDATE",
    "SELECT * FROM delivery_plan WHERE order_id = %s",
    STEPS,
    "UPDATE delivery_step SET version = version + 1 WHERE order_id = %s AND code = 'PDI'",
    "UPDATE delivery_plan SET days_left = days_left WHERE order_id = %s",
    "UPDATE sales_order SET version = version + 1 WHERE id = %s",
    """
    INSERT INTO step_change (id, order_id, code, at, by, act, from_state, to_state, reason)
    VALUES (gen_random_uuid(), %s, 'PDI', now(), 'bench', 'start', 'pending', 'done', '')
    """,
)

_keys = itertools.count()


@dataclass(frozen=True)
class Job:
    """Something that is asked, by how many clients at once, and its bare statements."""

    name: str
    at_most: float
    ours: RequestsFactory
    bare: Callable[[psycopg.Connection, str, int], None]


@dataclass(frozen=True)
class Measured:
    """What a job's clients saw, what its bare statements and a look-up took, and what others used meanwhile."""

    job: Job
    ours: Figures
    bare: Figures
    lookup: Figures
    busy: float

    @property
    def ratio(self) -> float:
        """Our p95 as so many look-ups'."""
        return self.ours.p95 / self.lookup.p95

    @property
    def line(self) -> str:
        """A row of the table."""
        ours, bare = self.ours, self.bare
        figures = [ours.rate, ours.p50, ours.p95, ours.p99, ours.cpu_ms, bare.rate, bare.p50, bare.p95]
        to_bare = f"{ours.p95 / bare.p95:.1f} × | {shown(self.lookup.p95)} | {self.ratio:.1f} × | {self.busy:.0%}"
        return f"| {self.job.name} | {' | '.join(map(shown, figures))} | {to_bare} |"

    @property
    def target(self) -> Target:
        """The bound it is held to."""
        name = f"p95 of {self.job.name} to that of a look-up by plate"
        return Target(name, self.ratio, at_most=self.job.at_most, others=self.busy)


def measure(running: Running) -> Outcome:
    """16 clients, by turns with the bare statements and look-ups."""
    ours, others = loaded(running), running.organisation
    managers = [others.headers(token) for token in others.tokens("sales_manager", count=CLIENTS)]
    settle(running.database)
    measured = [taken(running, job) for job in jobs(running.base_url, ours, managers)]
    head = (
        "| asked | rate/s | p50 | p95 | p99 | cpu | bare statements: rate/s | p50 | p95 | p95 to theirs "
        "| look-up: p95 | p95 to its | others busy |"
    )
    table = [f"{ORDERS:,} orders of a store, {OPEN} open; {CLIENTS} clients.", "", head, f"|---|{'---:|' * 12}"]
    table += [one.line for one in measured]
    text = "\n".join([*table, "", "Latencies and `cpu` in milliseconds."])
    return Outcome("deliveries", text, [one.target for one in measured])


def loaded(running: Running) -> list[UUID]:
    """The open orders of a store that keeps all steps, among as many as it takes; each its own customer's."""
    boss = Client.log_in(running.base_url, *running.organisation.accounts["leader"])
    about = {"code": DELIVERY_STEPS.code, "store_id": STORE}
    boss.post("/policies", {**about, "value": plain(FULL)})
    desk = Desk(running.organisation.accounts, running.base_url)
    _, delivery = prepare(desk, count=2)
    boss.post("/policies", {**about, "value": None})
    boss.close()
    customers = [one.customer_id for one in running.people[:ORDERS]]
    asked = {"like": UUID(delivery.document), "count": ORDERS, "open": OPEN, "customers": customers}
    with psycopg.connect(running.database("sales"), autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(CLONES, asked)
    found = rows(
        running.database("sales"), "SELECT order_id FROM delivery_plan WHERE ended_at IS NULL AND look_at IS NULL"
    )
    return [order_id for (order_id,) in found]


def jobs(base_url: str, ours: Sequence[UUID], managers: Sequence[Headers]) -> list[Job]:
    """What desks ask all day."""

    def pages(client: int) -> Requests:
        chance, headers = random.Random(client), managers[client]
        while True:
            path = f"{BASE}/orders/{chance.choice(ours)}/delivery"
            yield request("GET", path=path, base_url=base_url, headers=headers, contains=b'"HANDOVER"')

    def lists(client: int) -> Requests:
        path = f"{BASE}/deliveries?risk=late&store_id={STORE}&size=50&expand=customer"
        asked = request("GET", path=path, base_url=base_url, headers=managers[client], contains=b'"customer_name"')
        while True:
            yield asked

    # each has orders of its own, whose inspection is done, sent back, and done again, from round to round
    turns = [
        itertools.cycle([(order_id, act) for order_id in ours[client::CLIENTS] for act in ("finish", "redo")])
        for client in range(CLIENTS)
    ]

    def steps(client: int) -> Requests:
        for order_id, act in turns[client]:
            yield step(base_url, order_id, act, headers=managers[client])

    def one(connection: psycopg.Connection, _: str, turn: int) -> None:
        each(connection, ONE, ours[turn * 7919 % len(ours)])

    def late(connection: psycopg.Connection, _: str, turn: int) -> None:
        connection.execute(LATE, (STORE,)).fetchall()
        connection.execute(HOW_MANY, (STORE,)).fetchall()

    def done(connection: psycopg.Connection, _: str, turn: int) -> None:
        with connection.transaction():
            each(connection, DONE, ours[turn % len(ours)])

    return [
        Job("an order with its steps", PAGE, pages, one),
        Job("the open orders that will be late", LIST, lists, late),
        Job("a step done", STEP, steps, done),
    ]


def each(connection: psycopg.Connection, statements: Sequence[str], order_id: UUID) -> None:
    """These statements, about one order."""
    for statement in statements:
        cursor = connection.execute(statement.encode(), (order_id,))
        if cursor.description is not None:
            cursor.fetchall()


def step(base_url: str, order_id: UUID, act: str, *, headers: Headers) -> Request:
    """What is done to the inspection of an order, as a frontend sends it: with an idempotency key."""
    keyed = {**headers, "Idempotency-Key": f"bench-step-{next(_keys)}"}
    path = f"{BASE}/orders/{order_id}/steps/PDI"
    return request("PATCH", path=path, base_url=base_url, headers=keyed, body={"act": act, "reason": "复检"})


def taken(running: Running, job: Job) -> Measured:
    """Ours, the bare statements and look-ups by turns; each figure is the median of its rounds, any error ends it."""

    def asking(what: RequestsFactory) -> Figures:
        return drive(running.base_url, what, clients=CLIENTS, **WINDOW)

    plates = traffic.lookups_by_plate(running.base_url, sessions=running.sessions, customers=CUSTOMERS)
    ours, bare, lookups, busy = [], [], [], []
    for _ in range(ROUNDS):
        meter = Meter()
        ours.append(require_sound(counted(partial(asking, job.ours)), name=job.name))
        bare.append(limits.in_threads(job.bare, running.database("sales"), clients=CLIENTS, **WINDOW))
        lookups.append(require_sound(asking(plates), name="look-up"))
        busy.append(meter.read().others)
    return Measured(job, median_figures(ours), median_figures(bare), median_figures(lookups), median(busy))
