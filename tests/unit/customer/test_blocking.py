"""Which records are looked at together (E7)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts import plate
from contracts.customer.operations import CustomerKind
from services.customer.record.rules import address, company_names, names
from services.customer.record.rules.blocking import blocking_keys
from services.customer.record.rules.facts import Facts, KnownPhone, KnownVehicle, Role
from services.customer.record.rules.phone import PhoneKind

PERSON, COMPANY = CustomerKind.PERSON, CustomerKind.COMPANY
FUTIAN = address.read("深圳市福田区深南大道1001号")


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        pytest.param(Facts(PERSON), set(), id="nothing known"),
        pytest.param(Facts(PERSON, names.read("张伟")), set(), id="a name is no key"),
        pytest.param(Facts(PERSON, id18="440301197510200018"), {("id18", "440301197510200018")}, id="id"),
        pytest.param(
            Facts(PERSON, names.read("张伟"), id18="440301197510200018"),
            {("id18", "440301197510200018"), ("surname_birth", "zhang 1975-10-20")},
            id="the birth date of an id",
        ),
        pytest.param(Facts(COMPANY, uscc="91440300708461136T"), {("organisation", "708461136")}, id="credit code"),
        pytest.param(Facts(COMPANY, organisation_code="708461136"), {("organisation", "708461136")}, id="old code"),
        pytest.param(
            Facts(PERSON, phones=(KnownPhone("13800138000", PhoneKind.MOBILE, shared=True),)),
            {("mobile", "13800138000")},
            id="mobile, even a shared one",
        ),
        pytest.param(
            Facts(PERSON, phones=(KnownPhone("+85291234567", PhoneKind.HONG_KONG),)),
            {("mobile", "+85291234567")},
            id="mobile of hong kong",
        ),
        pytest.param(
            Facts(
                PERSON,
                phones=(
                    KnownPhone("075583201234", PhoneKind.LANDLINE),
                    KnownPhone("4008001234", PhoneKind.SERVICE),
                ),
            ),
            set(),
            id="weak numbers",
        ),
        pytest.param(
            Facts(PERSON, vehicles=(KnownVehicle("LSGDC82CX2E000001", Role.BRINGER),)),
            {("vin", "LSGDC82CX2E000001")},
            id="vin in any role",
        ),
        pytest.param(
            Facts(PERSON, plates=(plate.read("粤B12345"), plate.read("粤B54321临"), plate.read("临牌"))),
            {("plate", "粤B12345")},
            id="current plate, no temporary one",
        ),
        pytest.param(
            Facts(PERSON, names.read("覃伟"), birth_date=date(1970, 1, 2)),
            {("surname_birth", "qin 1970-01-02"), ("surname_birth", "tan 1970-01-02")},
            id="both readings of a surname",
        ),
        pytest.param(
            Facts(PERSON, names.read("张先生"), birth_date=date(1970, 1, 2), address=FUTIAN),
            {("surname_birth", "zhang 1970-01-02")},
            id="a surname alone is not looked for in a district",
        ),
        pytest.param(
            Facts(PERSON, names.read("张伟"), address=FUTIAN),
            {("sound_district", "zhangwei 福田")},
            id="sound and district",
        ),
        pytest.param(
            Facts(COMPANY, company_names.read("深圳市华联有限公司"), address=FUTIAN),
            {("sound_district", "hualian 福田")},
            id="a company's sound and district",
        ),
        pytest.param(Facts(PERSON, names.read("先生"), address=FUTIAN), set(), id="no sound"),
        pytest.param(Facts(PERSON, names.read("张伟"), address=address.read("深南大道1号")), set(), id="no district"),
    ],
)
def test_a_record_is_found_by(facts, keys):
    assert blocking_keys(facts) == keys


def test_homophones_in_one_district_are_looked_at_together():
    one, other = (Facts(PERSON, names.read(name), address=FUTIAN) for name in ("张伟", "章威"))
    assert blocking_keys(one) & blocking_keys(other)
