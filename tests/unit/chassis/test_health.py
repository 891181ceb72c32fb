"""Health: alive, ready, and why not."""

from __future__ import annotations

import orjson

from chassis.process.health import Health


class Part:
    def __init__(self, *problems: str) -> None:
        self.found = list(problems)

    def problems(self) -> list[str]:
        return self.found


def ready(health: Health) -> tuple[int, dict]:
    status, _, body = health.answer("/readyz")
    return status, orjson.loads(body)


def test_a_process_without_parts_is_still_starting():
    assert ready(Health()) == (503, {"ready": False, "problems": ["starting"]})


def test_a_process_is_ready_when_every_part_is():
    health = Health()
    health.watch(Part())
    health.watch(Part())
    assert ready(health) == (200, {"ready": True, "problems": []})


def test_one_part_with_a_problem_makes_the_process_not_ready_and_is_told():
    health = Health()
    health.watch(Part())
    health.watch(Part("no broker"))
    assert ready(health) == (503, {"ready": False, "problems": ["no broker"]})


def test_a_process_that_is_not_ready_is_alive():
    health = Health()
    health.watch(Part("no broker"))
    assert health.answer("/healthz")[0] == 200


def test_metrics_are_in_prometheus_form():
    status, content_type, body = Health().answer("/metrics")
    assert status == 200
    assert content_type.startswith("text/plain")
    assert b"crm_deliveries_total" in body


def test_other_paths_are_not_there():
    assert Health().answer("/admin")[0] == 404
