"""Who comes to the dealer, with whom and with which car: one circle of parties after the other.

A circle is a party that owns a car, or several, together with whoever is easily taken for it: the wife on the same
phone, the driver of a company's car, the next owner, somebody whose name sounds alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from simulator.files import names, rates
from simulator.files.numbers import Numbers
from simulator.files.parties import Party, Phone, Registrar, Vehicle
from simulator.files.profiles import Profile

BOUGHT_HERE = 0.80  # the others bought elsewhere and know only our workshop
COMES_TO_SERVICE = 0.72
MISSED_BY_SUPPORT = 0.05  # registered his car himself
MISSED_BY_FINANCE = 0.02


@dataclass(frozen=True, slots=True)
class Encounter:
    """Once a department dealt with a party about a car, and wrote it down."""

    department: str
    party: Party
    vehicle: Vehicle
    role: str
    """The party's role towards the car: buyer, payer, owner, or bringer."""
    day: date
    phone: str
    relation: str = ""
    """What the service desk noted of a bringer: 车主, 配偶, 司机, or nothing."""
    misheard: str = ""
    """The surname as it was heard, if it was heard wrong."""
    classes: tuple[str, ...] = ()
    """What this encounter is an example of (F3), beside the slips of the pen."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties of a circle (or one, twice) that a benchmark asks about."""

    kind: str
    one: Party
    other: Party
    expectation: str


@dataclass(slots=True)
class Circle:
    """Parties, their cars, and what the departments saw of them."""

    parties: list[Party]
    vehicles: list[Vehicle] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


def circles(count: int, *, profile: Profile, chance: random.Random) -> Iterator[Circle]:
    """Circles of `count` parties in all."""
    registrar = Registrar(profile, chance, Numbers(chance, profile.prefixes))
    kinds = _kinds(profile)
    while (left := count - registrar.parties) > 0:
        kind = chance.choices(list(kinds), list(kinds.values()))[0]
        yield _alone(registrar) if kind in _OF_TWO and left == 1 else kind(registrar)


def _kinds(profile: Profile) -> dict[Callable[[Registrar], Circle], float]:
    """Every kind of circle with its share; whoever is nothing special is alone."""
    driven = min(rates.DRIVER * rates.PER_CIRCLE, profile.company_share)
    kinds: dict[Callable[[Registrar], Circle], float] = {
        _driven_company: driven,
        _company: profile.company_share - driven,
        _couple: rates.SPOUSE * rates.PER_CIRCLE,
        _second_hand: rates.SECOND_OWNER * rates.PER_CIRCLE,
        _sounding_alike: rates.ACCENT_PAIR * rates.PER_CIRCLE,
        _misheard: rates.ACCENT_HEARD * rates.PER_CIRCLE,
        _hong_kong: rates.HONG_KONG * rates.PER_CIRCLE,
        _new_phone: rates.NEW_PHONE * rates.PER_CIRCLE,
    }
    kinds[_alone] = 1 - sum(kinds.values())
    return kinds


def _alone(registrar: Registrar) -> Circle:
    circle = Circle([registrar.person()])
    _owns(circle, circle.parties[0], registrar)
    return circle


def _company(registrar: Registrar) -> Circle:
    circle = Circle([registrar.company()])
    _owns(circle, circle.parties[0], registrar)
    return circle


def _hong_kong(registrar: Registrar) -> Circle:
    circle = Circle([registrar.person(hong_kong=True)])
    _owns(circle, circle.parties[0], registrar, bought=True)
    return circle


def _new_phone(registrar: Registrar) -> Circle:
    """Somebody who bought with one number and comes to the workshop with another; he keeps both."""
    owner = registrar.person()
    vehicle = _sold(registrar, owner, before=90)
    changed = registrar.day(vehicle.delivered + timedelta(days=10), registrar.profile.last_day - timedelta(days=40))
    owner.phones.append(Phone(registrar.numbers.mobile(), changed))
    circle = Circle([owner], [vehicle], _purchase(registrar, vehicle, owner))
    visit = _visit(registrar, vehicle, owner, since=changed, relation="车主")
    circle.encounters.append(replace(visit, phone=owner.phones[-1].number, classes=("new_phone",)))
    return circle


def _misheard(registrar: Registrar) -> Circle:
    """Somebody whose surname the service desk heard wrong, on the phone that the others know."""
    owner = registrar.person(family=_southern(registrar.chance))
    vehicle = _sold(registrar, owner, before=60)
    circle = Circle([owner], [vehicle], _purchase(registrar, vehicle, owner))
    visit = _visit(registrar, vehicle, owner, relation="车主")
    circle.encounters.append(replace(visit, misheard=names.ACCENT[owner.family], classes=("accent_heard",)))
    return circle


def _sounding_alike(registrar: Registrar) -> Circle:
    """Two strangers, 黄志强 and 王志强: two phones, two cars."""
    one = registrar.person(family=_southern(registrar.chance))
    other = registrar.person(gender=one.gender, family=names.ACCENT[one.family], given=one.given)
    circle = Circle([one, other], pairs=[Pair("accent_pair", one, other, "must_not_merge")])
    _owns(circle, one, registrar)
    _owns(circle, other, registrar)
    return circle


def _couple(registrar: Registrar) -> Circle:
    """Two people on one phone: one brings the other's car, or has a car of his own."""
    owner = registrar.person()
    spouse = registrar.person(gender="female" if owner.gender == "male" else "male")
    spouse.phones, spouse.district, spouse.address = list(owner.phones), owner.district, owner.address
    vehicle = _sold(registrar, owner, before=60)
    circle = Circle([owner, spouse], [vehicle], _purchase(registrar, vehicle, owner))
    circle.pairs.append(Pair("spouse", owner, spouse, "must_not_merge"))
    if registrar.chance.random() < 0.5:
        circle.encounters.append(
            replace(_visit(registrar, vehicle, spouse, relation="配偶"), classes=("shared_phone",))
        )
        if registrar.chance.random() < 0.3:
            circle.encounters.append(_visit(registrar, vehicle, owner, relation="车主"))
    else:
        own = _sold(registrar, spouse)
        circle.vehicles.append(own)
        bought = _purchase(registrar, own, spouse)
        circle.encounters += [replace(encounter, classes=(*encounter.classes, "shared_phone")) for encounter in bought]
    return circle


def _driven_company(registrar: Registrar) -> Circle:
    """A company and the driver who brings its car; two of five companies are reached on the driver's phone."""
    chance = registrar.chance
    company = registrar.company()
    driver = registrar.person(gender="male" if chance.random() < 0.95 else "female")
    if chance.random() < 0.4:
        company.phones = list(driver.phones)
    circle = Circle([company, driver], pairs=[Pair("driver", company, driver, "relation")])
    for _ in range(_cars(company, chance)):
        vehicle = _sold(registrar, company, before=60)
        circle.vehicles.append(vehicle)
        circle.encounters += _purchase(registrar, vehicle, company)
        circle.encounters.append(replace(_visit(registrar, vehicle, driver, relation="司机"), classes=("driver",)))
    return circle


def _second_hand(registrar: Registrar) -> Circle:
    """A car that we sold to one person and that another one brings."""
    chance, last = registrar.chance, registrar.profile.last_day
    seller, buyer = registrar.person(), registrar.person()
    vehicle = _sold(registrar, seller, before=270)
    circle = Circle([seller, buyer], [vehicle], _purchase(registrar, vehicle, seller))
    sold = registrar.day(vehicle.delivered + timedelta(days=180), last - timedelta(days=60))
    if chance.random() < 0.4:
        circle.encounters.append(_visit(registrar, vehicle, seller, until=sold, relation="车主"))
    vehicle.change_owner(buyer, day=sold, plate=registrar.numbers.plate() if chance.random() < 0.6 else None)
    visit = _visit(registrar, vehicle, buyer, since=sold, relation="车主")
    circle.encounters.append(replace(visit, classes=("second_owner",)))
    circle.pairs.append(Pair("second_owner", seller, buyer, "must_not_merge"))
    return circle


def _owns(circle: Circle, owner: Party, registrar: Registrar, *, bought: bool = False) -> None:
    """Give the owner cars, bought from us or elsewhere, and let the departments see him."""
    chance = registrar.chance
    for _ in range(_cars(owner, chance)):
        if bought or chance.random() < BOUGHT_HERE:
            vehicle = _sold(registrar, owner)
            circle.encounters += _purchase(registrar, vehicle, owner)
            served = (registrar.profile.last_day - vehicle.delivered).days > 40 and chance.random() < COMES_TO_SERVICE
        else:
            delivered = registrar.day(registrar.profile.first_day, registrar.profile.last_day - timedelta(days=60))
            vehicle, served = registrar.vehicle(owner, delivered=delivered, sold_here=False), True
        circle.vehicles.append(vehicle)
        if served:
            circle.encounters.append(_visit(registrar, vehicle, owner, relation="车主"))


def _cars(owner: Party, chance: random.Random) -> int:
    return chance.choices((1, 2, 3, 4), (70, 20, 7, 3) if owner.company else (95, 5, 0, 0))[0]


def _sold(registrar: Registrar, owner: Party, *, before: int = 0) -> Vehicle:
    """A car that we delivered at least `before` days ago; later days are likelier, since the dealer grows."""
    first, last = registrar.profile.first_day, registrar.profile.last_day - timedelta(days=before)
    vehicle = registrar.vehicle(
        owner, delivered=max(registrar.day(first, last), registrar.day(first, last)), sold_here=True
    )
    if registrar.chance.random() < rates.TEMPORARY_PLATE:
        (plate, since, until) = vehicle.plates[0]
        fitted = since + timedelta(days=registrar.chance.randint(21, 29))
        vehicle.plates = [(registrar.numbers.temporary_plate(), since, fitted), (plate, fitted, until)]
    return vehicle


def _purchase(registrar: Registrar, vehicle: Vehicle, buyer: Party) -> list[Encounter]:
    """What sales, finance and sales support write down of one sale."""
    chance, profile, phone = registrar.chance, registrar.profile, buyer.phones[0].number
    day = vehicle.delivered
    found = [Encounter("sales", buyer, vehicle, "buyer", day, phone)]
    if chance.random() >= MISSED_BY_SUPPORT:
        registered = min(profile.last_day, day + timedelta(days=chance.randint(1, 20)))
        worn = ("temporary_plate",) if vehicle.plate_on(registered).endswith("临") else ()
        found.append(Encounter("support", buyer, vehicle, "owner", registered, phone, classes=worn))
    if chance.random() >= MISSED_BY_FINANCE:
        paid = max(profile.first_day, day - timedelta(days=chance.randint(0, 5)))
        found.append(Encounter("finance", buyer, vehicle, "payer", paid, phone))
    return found


def _visit(
    registrar: Registrar,
    vehicle: Vehicle,
    bringer: Party,
    *,
    relation: str,
    since: date | None = None,
    until: date | None = None,
) -> Encounter:
    """The last time that this party brought the car; the desk notes what he is to it three times of four."""
    earliest = max(vehicle.delivered + timedelta(days=30), since or registrar.profile.first_day)
    day = registrar.day(earliest, (until or registrar.profile.last_day + timedelta(days=1)) - timedelta(days=1))
    noted = relation if registrar.chance.random() < 0.75 else ""
    role = "owner" if relation == "车主" else "bringer"
    return Encounter("service", bringer, vehicle, role, day, bringer.phones[0].number, noted)


def _southern(chance: random.Random) -> str:
    """A surname that the accent confuses, as often as it occurs."""
    while (family := names.surname(chance)) not in names.ACCENT:
        pass
    return family


_OF_TWO = {_driven_company, _couple, _second_hand, _sounding_alike}
