"""A million customers in the customer service's database within minutes, made by SQL on the server.

Names are those of `simulator.people`, the first surnames as much more frequent as they are in China;
what a name is found by comes from the service's own rules, once for each of the hundred thousand different names.
Everybody owns a car we sold and brought it once; every five-hundredth is an old customer with 60 lines on his timeline.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import psycopg

from services.customer.record.rules import names
from services.customer.view.usecases.folding import FOLD
from simulator.people import GIVEN, SURNAMES
from tests.bench.monolith.seed import copy
from tests.bench.people import PLATE_SIGNS, VIN_VALUES, VIN_WEIGHTS

BRACKET = 20_000
"""Customers whose glances are folded by one statement."""

OLD_ONES = 500
LINES = 60
SURNAME_SKEW = 1.5
"""Above 1 the first surnames are more frequent; at 1.5 the first ten are half of all, as in the census."""

MODELS = (("GL8", "DC82C"), ("Regal", "WL52D"), ("Sail", "SJ52U"), ("Century", "WG52X"))

_ID = "(lpad(to_hex(1000000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid"
"""The customer of a number; identifiers grow with time, as the service's do."""
_CAR = "(lpad(to_hex(n), 12, '0') || '50008000' || lpad(to_hex(n), 12, '0'))::uuid"
_MOBILE = "'138' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0')"
_SOLD = "timestamptz '2002-01-01 10:00+08' + n % 8000 * interval '1 day'"


def _open_sum(vin: str) -> int:
    """The weighted sum of a VIN, of which the check character is the remainder (E4)."""
    return sum(VIN_VALUES[sign] * weight for sign, weight in zip(vin, VIN_WEIGHTS, strict=True))


_BUILT = ", ".join(
    f"({place}, '{model}', '{code}', {_open_sum(f'LSG{code}02S000000')})" for place, (model, code) in enumerate(MODELS)
)

PEOPLE = f"""
    CREATE TABLE made AS
    SELECT n, floor(power(chance[1], {SURNAME_SKEW}) * {len(SURNAMES)})::int * {len(GIVEN) * (len(GIVEN) + 1)}
              + CASE WHEN chance[2] < 0.25 THEN floor(chance[3] * {len(GIVEN)})::int
                     ELSE {len(GIVEN)} + floor(chance[3] * {len(GIVEN) ** 2})::int END AS name_no
      FROM (SELECT n, ARRAY[random(), random(), random()] AS chance FROM generate_series(0, %s - 1) n) drawn
"""
CUSTOMERS = f"""
    INSERT INTO customer (id, kind, name, mobile, phones, source, store_id, registered_at, updated_at, version)
    SELECT {_ID}, 'person', name, {_MOBILE},
           jsonb_build_array(jsonb_build_object('number', {_MOBILE}, 'kind', 'MOBILE', 'extension', '', 'shared', false,
                             'since', {_SOLD}, 'until', null, 'department', 'receptionist')),
           'desk', 'HN', {_SOLD}, {_SOLD}, 1
      FROM made JOIN made_name USING (name_no)
"""
KEYS = f"""
    INSERT INTO search_key (kind, key, customer_id)
    SELECT kind, key, {_ID} FROM made JOIN made_key USING (name_no)
    UNION ALL SELECT 'phone', {_MOBILE}, {_ID} FROM made
    UNION ALL SELECT 'mobile', {_MOBILE}, {_ID} FROM made
    UNION ALL SELECT 'phone_tail', reverse({_MOBILE}), {_ID} FROM made
"""
CARS = f"""
    INSERT INTO vehicle (id, vin, model, registered_at)
    SELECT {_CAR}, 'LSG' || code || substr('0123456789X', 1 + (constant + digits) % 11, 1) || '2S' || serial,
           model, {_SOLD}
      FROM (SELECT n, lpad(n::text, 6, '0') AS serial, 7 * (n / 100000) + 6 * (n / 10000 % 10) + 5 * (n / 1000 % 10)
                   + 4 * (n / 100 % 10) + 3 * (n / 10 % 10) + 2 * (n % 10) AS digits FROM made) numbered
      JOIN (VALUES {_BUILT}) AS built(place, model, code, constant) ON place = n % {len(MODELS)}
"""
PLATES = f"""
    INSERT INTO vehicle_plate (vehicle_id, plate, kind, since)
    SELECT {_CAR}, '粤B' || substr(signs, 1 + k % 34, 1) || substr(signs, 1 + k / 34 % 34, 1)
           || substr(signs, 1 + k / 1156 % 34, 1) || substr(signs, 1 + k / 39304 % 34, 1)
           || substr(signs, 1 + k / 1336336, 1), 'CIVIL', {_SOLD}
      FROM (SELECT n, (n::bigint * 7919 % 45435424)::int AS k, '{PLATE_SIGNS}' AS signs FROM made) numbered
"""
PARTIES = f"""
    INSERT INTO vehicle_party (vehicle_id, customer_id, role, since) SELECT {_CAR}, {_ID}, 'owner', {_SOLD} FROM made
"""
LINES_TOLD = f"""
    INSERT INTO timeline_entry (event_id, customer_id, event_type, source, source_type, source_id, source_version,
                                store_id, occurred_at, summary)
    SELECT gen_random_uuid(), {_ID}, 'vehicle_delivered', 'sales', 'order', 'S' || n, 5, 'HN', {_SOLD},
           jsonb_build_object('vin', v.vin, 'model', v.model, 'consultant_id', 's1', 'km', 12, 'total_fen', 18800000)
      FROM made JOIN vehicle v ON v.id = {_CAR}
    UNION ALL
    SELECT gen_random_uuid(), {_ID}, 'vehicle_returned', 'workshop', 'repair_order', 'R' || n || '-' || visit, 8, 'HN',
           {_SOLD} + visit * interval '90 days',
           jsonb_build_object('number', 'R' || n || '-' || visit, 'vehicle_id', {_CAR}, 'km', visit * 5000)
      FROM made CROSS JOIN generate_series(1, CASE WHEN n % {OLD_ONES} = 0 THEN {LINES - 1} ELSE 1 END) visit
"""
INDEXED_LAST = {
    "search_key": (
        "ALTER TABLE search_key DROP CONSTRAINT search_key_pkey",
        "ALTER TABLE search_key ADD CONSTRAINT search_key_pkey PRIMARY KEY (kind, key, customer_id)",
    ),
    "search_key by customer": (
        "DROP INDEX search_key_by_customer",
        "CREATE INDEX search_key_by_customer ON search_key (customer_id)",
    ),
}


def load(database_url: str, *, customers: int) -> None:
    """Fill the empty database of the customer service; the URL is its administrator's."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        _name(connection)
        connection.execute("SELECT setseed(0.2002)")
        connection.execute(PEOPLE.encode(), (customers,))
        for taken_away, _ in INDEXED_LAST.values():
            connection.execute(taken_away.encode())
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(part, database_url) for part in (_keys, _rest)]:
            done.result()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE made, made_name, made_key")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def customer_of(number: int) -> str:
    """The identifier of a customer."""
    time, serial = f"{1_000_000_000_000 + number:012x}", f"{number:012x}"
    return f"{time[:8]}-{time[8:]}-7000-8000-{serial}"


def mobile_of(number: int) -> str:
    """His phone."""
    return f"138{number * 7919 % 10**8:08d}"


def plate_of(number: int) -> str:
    """The plate of his car."""
    left, signs = number * 7919 % 34**5, ""
    for _ in range(5):
        left, rest = divmod(left, 34)
        signs += PLATE_SIGNS[rest]
    return "粤B" + signs


def vin_of(number: int) -> str:
    """The VIN of his car."""
    code = MODELS[number % len(MODELS)][1]
    vin = f"LSG{code}02S{number:06d}"
    return vin[:8] + "0123456789X"[_open_sum(vin) % 11] + vin[9:]


def _name(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE made_name (name_no int, name text)")
    connection.execute("CREATE TABLE made_key (name_no int, kind text, key text)")
    every = list(enumerate(every_name()))
    copy(connection, "made_name", ("name_no", "name"), every)
    copy(connection, "made_key", ("name_no", "kind", "key"), (row for no, name in every for row in _found_by(no, name)))


def every_name() -> Iterator[str]:
    """Every name there is in the crowd, in the order of its number."""
    for surname in SURNAMES:
        for given in chain(GIVEN, (one + other for one in GIVEN for other in GIVEN)):
            yield surname + given


def _found_by(number: int, name: str) -> Iterator[tuple[int, str, str]]:
    read = names.read(name)
    yield number, "name", read.simplified
    said = read.sounds
    for kind, readings in (("pinyin", said.full), ("initials", said.initials), ("folded", said.folded)):
        yield from ((number, kind, reading) for reading in readings)


def _keys(database_url: str) -> None:
    with _quickly(database_url) as connection:
        connection.execute(KEYS.encode())
        for _, given_back in INDEXED_LAST.values():
            connection.execute(given_back.encode())


def _rest(database_url: str) -> None:
    with _quickly(database_url) as connection:
        connection.execute(CUSTOMERS.encode())
        for statement in (CARS, PLATES, PARTIES, LINES_TOLD):
            connection.execute(statement.encode())
        ids = [row[0] for row in connection.execute("SELECT id FROM customer ORDER BY id")]
        fold = str(FOLD).replace(":customers", "%(customers)s").encode()
        for start in range(0, len(ids), BRACKET):
            connection.execute(fold, {"customers": ids[start : start + BRACKET]})


def _quickly(database_url: str) -> psycopg.Connection:
    settings = "-c synchronous_commit=off -c maintenance_work_mem=1GB -c work_mem=256MB"
    return psycopg.connect(database_url, autocommit=True, options=settings)
