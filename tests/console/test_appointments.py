"""A booked car, from the call to the repair order; what one desk does with it another sees at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support import randoms
from tests.support.desk import Desk
from tests.support.polling import eventually
from tests.support.system import System

SitDown = Callable[..., Desk]
STORE = "BA"
"""Not the store of the other tests: where there are bays, work is given at one of them."""


def test_a_customer_books_by_telephone_and_is_taken_in_when_he_comes(sit_down: SitDown, system: System) -> None:
    bay = randoms.code("B")
    system.as_("service_manager", store=STORE).post("/bays", {"store_id": STORE, "code": bay})
    person = {"name": "欧阳修", "mobile": randoms.mobile(), "store_id": STORE}
    car = {"vin": randoms.vin(), "plate": randoms.plate(), "model": "GL8"}
    customer = system.as_("receptionist", store=STORE).post("/customers", {**person, "vehicle": car})
    path = f"customers/{customer['customer_id']}?tab=vehicles"

    receptionist = sit_down("receptionist", store=STORE)
    with receptionist.page.expect_response(lambda answer: "/appointments/free" in answer.url):
        receptionist.open(path)
    receptionist.page.get_by_role("button", name="预约进厂").click()
    receptionist.field("项目").fill("首保")
    receptionist.press("Control+Enter")
    booked: dict[str, Any] = eventually(lambda: of(system, customer), what="the appointment")
    assert (booked["state"], booked["vehicle_id"]) == ("booked", customer["vehicle_id"])

    day = f"appointments?day={booked['starts_at'][:10]}"
    advisor = sit_down("advisor", store=STORE).open(day)
    advisor.see("欧阳修")
    receptionist.open(day)
    receptionist.page.locator(f'[data-row="{booked["appointment_id"]}"]').focus()
    receptionist.see("首保")
    receptionist.press("Space")
    advisor.page.locator(f'[data-row="{booked["appointment_id"]}"]').get_by_text("已到店").wait_for()

    advisor.page.locator(f'[data-row="{booked["appointment_id"]}"]').focus()
    advisor.keys = 0
    advisor.press("Enter")
    advisor.page.locator('[name="km"]:focus').wait_for()
    advisor.type("9800")
    advisor.press("Tab")
    advisor.type("首保")
    advisor.press("Control+Enter")
    taken: dict[str, Any] = eventually(
        lambda: (one := of(system, customer)) and one["ro_id"] and one, what="the repair order"
    )
    assert taken["state"] == "converted"
    assert system.as_("advisor", store=STORE).get(f"/repair-orders/{taken['ro_id']}")["bay"] == taken["bay"]
    system.note(f"a booked car is taken in with {advisor.keys} keys")
    assert advisor.keys <= 10
    receptionist.page.locator(f'[data-row="{booked["appointment_id"]}"]').get_by_text("已接车").wait_for()


def of(system: System, customer: dict[str, Any]) -> dict[str, Any] | None:
    """His appointment, whenever it is."""
    wanted = "SELECT id, starts_at::date FROM appointment WHERE customer_id = %s"
    rows = system.rows("workshop", wanted, customer["customer_id"])
    if not rows:
        return None
    found = system.as_("advisor", store=STORE).get("/appointments", store_id=STORE, day=rows[0][1].isoformat())["items"]
    return next((one for one in found if one["appointment_id"] == str(rows[0][0])), None)
