"""What departments' files say of odometers are readings as any other (R20, R25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import uuid_utils.compat as uuids

from chassis.process.clock import LOCAL
from contracts.customer.imports import Department
from contracts.customer.vehicles import VehicleById
from contracts.odometer import ReadingStatus
from contracts.vehicle_identity import vehicle_id
from contracts.workshop.events import RepairOrderOpened
from services.customer.importing.usecases import matching
from services.customer.vehicles import queries
from services.customer.view.usecases import timeline
from tests.integration.customer.conftest import NOW
from tests.integration.customer.uploads import Office, as_csv
from tests.support import randoms
from tests.support.events import made, received

SERVICE = ("送修人", "电话", "车牌", "VIN", "里程", "最近来厂")
OK, LOWER = ReadingStatus.OK, ReadingStatus.LOWER


@pytest.fixture
def office(desk) -> Office:
    found = Office(desk)
    found.finish()
    return found


def serviced(office: Office, *rows: list[str], headings: tuple[str, ...] = SERVICE, **said) -> UUID:
    return office.bring_in(as_csv(rows, headings=headings), department=Department.SERVICE, **said)


def row(vin: str = "", km: str = "", day: str = "", *, plate: str = "", mobile: str = "") -> list[str]:
    return ["张伟", mobile or randoms.mobile(), plate, vin, km, day]


def odometer(office: Office, vin: str) -> list[tuple[str, int, str, ReadingStatus]]:
    """Day, kilometres, source and verdict of each reading on the vehicle's card, the newest first."""
    card = office.desk.read(lambda found: queries.vehicle(found, VehicleById(vehicle_id(vin)), now=NOW))
    return [(f"{one.at.astimezone(LOCAL):%m-%d}", one.km, one.source, one.status) for one in card.odometer]


def test_kilometres_of_a_file_are_a_reading_on_the_day_he_was_here(office):
    vin = randoms.vin()
    import_id = serviced(office, row(vin, "1.2万公里", "2026-10-01"))
    assert office.report(import_id)[0].warnings == []
    assert odometer(office, vin) == [("10-01", 12_000, "import", OK)]


def test_without_a_day_the_reading_is_of_the_imports_start(office):
    vin = randoms.vin()
    serviced(office, row(vin, "12000"))
    (one,) = office.desk.rows("SELECT at, km FROM odometer WHERE vehicle_id = :id", id=vehicle_id(vin))
    assert one == {"at": NOW, "km": 12_000}


def test_imported_again_or_by_another_department_a_reading_is_kept_once(office):
    vin, mobile = randoms.vin(), randoms.mobile()
    rows = [row(vin, "12000", "2026-10-01", mobile=mobile)]
    serviced(office, *rows)
    serviced(office, *rows, filename="again.csv")
    office.bring_in(as_csv(rows, headings=SERVICE), department=Department.PARTS)
    serviced(office, row(vin, "12000", "2026-10-01", mobile=randoms.mobile()))
    assert odometer(office, vin) == [("10-01", 12_000, "import", OK)]


def test_two_files_on_one_day_are_both_kept_the_lower_first(office):
    vin = randoms.vin()
    serviced(office, row(vin, "10000", "2026-10-01"), row(vin, "9900", "2026-10-01"))
    assert odometer(office, vin) == [("10-01", 10_000, "import", OK), ("10-01", 9_900, "import", OK)]


def test_a_reading_that_runs_backwards_is_kept_and_said_to(office):
    vin = randoms.vin()
    serviced(office, row(vin, "9000", "2026-08-01"), row(vin, "8000", "2026-09-01"), row(vin, "9500", "2026-10-01"))
    assert odometer(office, vin) == [
        ("10-01", 9_500, "import", OK), ("09-01", 8_000, "import", LOWER), ("08-01", 9_000, "import", OK),
    ]  # fmt: skip


def test_on_one_day_it_is_the_file_that_must_fit_what_the_workshop_read(office):
    vin, day = randoms.vin(), datetime(2026, 10, 1, 10, 0, tzinfo=LOCAL)
    serviced(office, row(vin, "9000", "2026-10-01"))
    opened = made(RepairOrderOpened, vehicle_id=vehicle_id(vin), customer_id=uuids.uuid7(), km=9_020)
    with office.desk.transaction() as session:
        timeline.tell(session, [received(opened, subject_id=opened.ro_id, occurred_at=day)])
    assert odometer(office, vin) == [
        ("10-01", 9_000, "import", LOWER), ("10-01", 9_020, "repair_order_opened", OK),
    ]  # fmt: skip


def test_a_row_that_knows_the_plate_alone_tells_of_the_vehicle_that_bears_it(office):
    vin, plate = randoms.vin(), f"粤B{randoms.number() % 10**5:05d}"
    serviced(office, row(vin, plate=plate))
    serviced(office, row(plate=plate, km="7000", day="2026-10-01"))
    assert odometer(office, vin) == [("10-01", 7_000, "import", OK)]
    serviced(office, row(plate=f"粤B{randoms.number() % 10**5:05d}", km="7000", day="2026-10-02"))
    assert len(odometer(office, vin)) == 1


@pytest.mark.parametrize(
    ("km", "day", "warning"),
    [
        ("很多", "2026-10-01", "KM_INVALID"),
        ("6000000", "2026-10-01", "KM_INVALID"),
        ("7000", f"{NOW + timedelta(days=1):%Y-%m-%d}", "DATE_AHEAD"),
    ],
)
def test_what_cannot_be_a_reading_is_left_out_and_said(office, km, day, warning):
    vin = randoms.vin()
    (told,) = office.report(serviced(office, row(vin, km, day)))
    assert (told.outcome, told.warnings) == ("created", [warning])
    assert odometer(office, vin) == []


def test_batches_of_any_size_come_to_the_same(office, monkeypatch):
    cars = [randoms.vin() for _ in range(3)]
    rows = [row(vin, str(km), "2026-10-01") for vin in cars for km in (500, 400, 500)]
    monkeypatch.setattr(matching, "AT_ONCE", 2)
    serviced(office, *rows)
    for vin in cars:
        assert odometer(office, vin) == [("10-01", 500, "import", OK), ("10-01", 400, "import", OK)]
