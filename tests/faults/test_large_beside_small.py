"""People who look something up do not wait for those who send files: a large message never holds up the small ones."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.client import Client
from tests.faults.test_nothing_lost import READY_WITHIN, ROUNDS
from tests.support.polling import patience
from tests.support.system import System

LOOKERS, UPLOADERS = 8, 2
PART = 512 * 1024
PARTS = 20
SECONDS = 5.0 if ROUNDS == 1 else 15.0
SLOWEST = 2.0
"""Seconds. A frozen link took twenty."""


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_look_ups_beside_uploads_are_answered_at_once(system: System, round_: int) -> None:
    part = os.urandom(PART)
    system.as_("sales_manager"), system.as_("receptionist")  # both have logged in
    until = time.monotonic() + SECONDS

    def look_up(_: int) -> list[float]:
        client, took = another(system, "receptionist"), []
        while (begun := time.monotonic()) < until:
            client.get("/customers/lookup", q="陈")
            took.append(time.monotonic() - begun)
        client.close()
        return took

    def upload(_: int) -> int:
        client, sent = another(system, "sales_manager"), 0
        while time.monotonic() < until:
            file = {"department": "sales", "filename": "a.csv", "size": PARTS * PART, "sha256": "0" * 64}
            made = client.post("/imports", {**file, "store_id": "HN"})
            for number in range(1, PARTS + 1):
                client.upload(f"/imports/{made['import_id']}/parts/{number}", part)
                sent += 1
                if time.monotonic() > until:
                    break
        client.close()
        return sent

    with ThreadPoolExecutor(LOOKERS + UPLOADERS) as pool:
        uploads = [pool.submit(upload, number) for number in range(UPLOADERS)]
        looked = [pool.submit(look_up, number) for number in range(LOOKERS)]
        took = [seconds for each in looked for seconds in each.result()]
        parts = sum(each.result() for each in uploads)

    p99 = statistics.quantiles(took, n=100)[-1]
    system.note(f"{len(took)} look-ups beside {parts} parts: p99 {p99 * 1000:.0f} ms, slowest {max(took):.1f} s")
    assert parts > UPLOADERS, "nothing large was sent, so it tested nothing"
    assert max(took) < patience(SLOWEST)
    system.ready_again(within=READY_WITHIN)


def another(system: System, role: str) -> Client:
    """A connection of its own in a role's session."""
    return Client(system.base_url, token=system.as_(role).token, store="HN")
