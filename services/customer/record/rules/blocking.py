"""Blocking: which records are looked at together at all (E7)."""

from __future__ import annotations

from services.customer.record.rules.company_names import CompanyName
from services.customer.record.rules.facts import Facts
from services.customer.record.rules.names import Name
from services.customer.record.rules.phone import STRONG
from services.customer.record.rules.sounds import sounds, surname_readings


def blocking_keys(facts: Facts) -> frozenset[tuple[str, str]]:
    """Every (kind of key, value) of a record; two records that have none in common are never compared (E7).

    A name with two readings has a key for each. Landlines, service numbers and temporary plates are no keys.
    """
    keys = {("mobile", phone.number) for phone in facts.phones if phone.kind in STRONG}
    keys.update(("vin", vehicle.vin) for vehicle in facts.vehicles)
    keys.update(("plate", plate.number) for plate in facts.plates if plate.identifies)
    if facts.id18:
        keys.add(("id18", facts.id18))
    if organisation := facts.organisation:
        keys.add(("organisation", organisation))
    if isinstance(facts.name, Name) and (born := facts.born):
        keys.update(("surname_birth", f"{surname} {born}") for surname in surname_readings(facts.name.surname))
    if facts.address is not None and facts.address.district:
        keys.update(("sound_district", f"{said} {facts.address.district}") for said in _said(facts.name))
    return frozenset(keys)


def _said(name: Name | CompanyName | None) -> frozenset[str]:
    """How a whole name may be said; a surname alone says too little to look for."""
    if isinstance(name, CompanyName):
        return sounds(name.core, person=False).full - {""}
    if name is None or name.partial:
        return frozenset()
    return name.sounds.full - {""}
