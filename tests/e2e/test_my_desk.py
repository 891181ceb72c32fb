"""What a person keeps at his own desk: sessions and views, in the running system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from simulator.client import ApiProblem, Client
from tests.support.system import System


@contextmanager
def two_machines(system: System, role: str) -> Iterator[tuple[Client, Client]]:
    """One person is logged in on both."""
    account, password = system.account(role)
    one, other = (Client.log_in(system.base_url, account, password, store="HN") for _ in range(2))
    with closing(one), closing(other):
        yield one, other


def test_a_view_that_was_saved_is_what_its_list_is_asked_on_another_machine(system: System) -> None:
    view = {"name": "等着交的", "asked": {"stage": "ready", "sort": "opened_at"}}
    with two_machines(system, "service_manager") as (here, there):
        here.send("PUT", "/me/views", {"of": "workshop.list_repair_orders", "views": [view]})
        (mine,) = there.get("/me/views")["items"]
        assert mine["views"] == [view]
        assert there.get("/repair-orders", **mine["views"][0]["asked"])["page"] == 1


def test_a_machine_that_was_left_logged_in_is_logged_out_from_another(system: System) -> None:
    with two_machines(system, "cr_agent") as (left, here):
        (his,) = (one for one in left.get("/me/sessions")["items"] if one["current"])
        assert his["network"] == "127.0.0.0/24"
        here.send("DELETE", f"/me/sessions/{his['session_id']}")
        with pytest.raises(ApiProblem) as caught:
            left.get("/me")
        assert (caught.value.status, caught.value.code) == (401, "SESSION_REQUIRED")
        assert here.get("/me")["staff_id"] == system.staff_id("cr_agent")
