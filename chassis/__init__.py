"""The microservice chassis: how any service meets its database and the bus.

psycopg's own C wait loop would stop every greenlet of a process, heartbeats too,
so one that does not is named here, before anything can import psycopg, and a process of greenlets takes a cheaper one
when it starts (`chassis.store.waiting`; fault 4 of `docs/decisions/0002-nameko.md`; `chassis.runner` proves it).
eventlet is told not to load a resolver of its own: `chassis.process.names` looks names up.
"""

import os

os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
