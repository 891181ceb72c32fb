"""Lists come in the order that was asked for, and go on where a page ended."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.client import ApiProblem
from tests.support import randoms
from tests.support.system import System


def test_a_list_is_sorted_and_goes_on_after_what_was_done_of_it(system: System) -> None:
    desk = system.hired("consultant")
    customer = {"name": "米芾", "store_id": "HN", "mobile": randoms.mobile()}
    customer_id = system.as_("receptionist").post("/customers", customer)["customer_id"]
    new = {"customer_id": customer_id, "store_id": "HN", "model": "GL8", "total_fen": 100}
    written = [desk.post("/orders", new)["order_id"] for _ in range(5)]

    def page(**asked: Any) -> tuple[list[str], str | None]:
        told = desk.get("/orders", status="approved", sort="created_at", size=2, **asked)
        return [order["order_id"] for order in told["items"]], told["next"]

    first, after = page()
    assert first == written[:2]
    for order_id in first:
        desk.post(f"/orders/{order_id}/sign", {"contract_no": "C", "signer": "米芾", "promised_date": "2098-01-01"})
    assert page(page=2)[0] == written[4:], "by number two are missed"
    second, after = page(after=after)
    assert (second, page(after=after)) == (written[2:4], (written[4:], None))


@pytest.mark.parametrize("path", ["/orders", "/board", "/repair-orders", "/visits", "/stock-vehicles"])
@pytest.mark.parametrize(("field", "odd"), [("sort", "price"), ("sort", ""), ("after", "mine")])
def test_another_order_and_what_is_no_cursor_are_refused(system: System, path: str, field: str, odd: str) -> None:
    with pytest.raises(ApiProblem) as caught:
        system.as_("general_manager").get(path, **{field: odd})
    assert (caught.value.status, list(caught.value.problem["errors"])) == (422, [field])
