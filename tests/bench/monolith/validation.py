"""What a new customer and his vehicle must look like."""

import re
import unicodedata
from typing import Any

from tests.bench.monolith.errors import Refused

KINDS = ("person", "company")
MOBILE = re.compile(r"1[3-9]\d{9}")
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5,6}")
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
VIN_LETTERS = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def normal_mobile(text: str) -> str:
    digits = re.sub(r"[^\d]", "", unicodedata.normalize("NFKC", text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def normal_plate(text: str) -> str:
    return re.sub(r"[\s·•.-]", "", unicodedata.normalize("NFKC", text)).upper()


def vin_is_valid(vin: str) -> bool:
    if not VIN.fullmatch(vin):
        return False
    values = (int(VIN_LETTERS.get(sign, sign)) for sign in vin)
    total = sum(value * weight for value, weight in zip(values, VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11] == vin[8]


def new_customer(body: Any) -> dict[str, Any]:
    """The cleaned request of `POST /customers`, or a refusal that lists every wrong field."""
    if not isinstance(body, dict) or not isinstance(body.get("vehicle"), dict):
        raise Refused(422, "INVALID", "a customer with a vehicle is needed")
    vehicle = body["vehicle"]
    cleaned = {
        "name": str(body.get("name", "")).strip(),
        "kind": body.get("kind", "person"),
        "mobile": normal_mobile(str(body.get("mobile", ""))),
        "plate": normal_plate(str(vehicle.get("plate", ""))),
        "vin": str(vehicle.get("vin", "")).strip().upper(),
        "model": str(vehicle.get("model", "")).strip(),
    }
    faults = {
        "name": not 1 <= len(cleaned["name"]) <= 60,
        "kind": cleaned["kind"] not in KINDS,
        "mobile": not MOBILE.fullmatch(cleaned["mobile"]),
        "vehicle.plate": not PLATE.fullmatch(cleaned["plate"]),
        "vehicle.vin": not vin_is_valid(cleaned["vin"]),
        "vehicle.model": not cleaned["model"],
    }
    wrong = [name for name, fault in faults.items() if fault]
    if wrong:
        raise Refused(422, "INVALID", "some fields are not valid", errors=wrong)
    return cleaned


def new_repair_order(body: Any) -> dict[str, Any]:
    """The cleaned request of `POST /repair-orders`."""
    wanted = {
        "store": str,
        "customer_id": str,
        "vehicle_id": str,
        "request": str,
        "odometer_km": int,
    }
    if not isinstance(body, dict):
        raise Refused(422, "INVALID", "a repair order is needed")
    wrong = [name for name, kind in wanted.items() if not isinstance(body.get(name), kind)]
    if wrong:
        raise Refused(422, "INVALID", "some fields are not valid", errors=wrong)
    return {name: body[name] for name in wanted}
