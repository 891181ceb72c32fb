"""Who exists: people, companies and cars with their numbers and periods. This is the truth; no system is shown it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.files import names
from simulator.files.numbers import Numbers
from simulator.files.profiles import Model, Profile

_STREETS = {
    "福田": ("深南中路", "福华一路", "彩田路", "莲花路", "新洲路", "景田路", "振华路"),
    "罗湖": ("人民南路", "宝安南路", "东门南路", "春风路", "翠竹路", "文锦北路", "红岭中路"),
    "南山": ("南海大道", "桃园路", "后海路", "南新路", "蛇口太子路", "学府路"),
    "盐田": ("沙盐路", "深盐路", "海景路"),
    "宝安": ("新安一路", "宝民路", "前进路", "创业一路", "龙华人民路"),
    "龙岗": ("龙翔大道", "深惠路", "布吉路", "吉华路", "坪山东纵路"),
}
_DISTRICTS, _DISTRICT_WEIGHTS = tuple(_STREETS), (28, 22, 18, 3, 16, 13)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number and the days it was in use; `until` is exclusive, None while it is kept."""

    number: str
    since: date
    until: date | None = None


@dataclass(slots=True)
class Party:
    """A person or a company: one and the same, however often it is written down."""

    truth_id: str
    company: bool
    family: str
    """The surname, or the whole name of a company."""
    given: str
    gender: str
    """`male`, `female`, empty for a company."""
    birth: date | None
    identity: str
    """Resident ID of 18 characters, empty for most people of Hong Kong; a company's organisation code."""
    credit_code: str
    phones: list[Phone]
    district: str
    address: str
    """From the district on: without the city."""
    hong_kong: bool = False

    @property
    def name(self) -> str:
        return self.family + self.given


@dataclass(slots=True)
class Vehicle:
    """A car with its plates and owners by period; `until` is exclusive, None while it lasts."""

    truth_id: str
    vin: str
    model: Model
    delivered: date
    sold_here: bool
    plates: list[tuple[str, date, date | None]]
    owners: list[tuple[Party, date, date | None]]

    def plate_on(self, day: date) -> str:
        """What it wears on that day."""
        return next(plate for plate, since, until in reversed(self.plates) if since <= day)

    def change_owner(self, owner: Party, *, day: date, plate: str | None) -> None:
        """A new owner from that day on, perhaps with a new plate."""
        before, since, _ = self.owners[-1]
        self.owners[-1] = (before, since, day)
        self.owners.append((owner, day, None))
        if plate:
            worn, fitted, _ = self.plates[-1]
            self.plates[-1] = (worn, fitted, day)
            self.plates.append((plate, day, None))


@dataclass(slots=True)
class Registrar:
    """Brings parties and cars into being, each with an identifier and numbers of its own."""

    profile: Profile
    chance: random.Random
    numbers: Numbers
    parties: int = 0
    vehicles: int = 0

    def person(
        self, *, gender: str | None = None, family: str | None = None, given: str | None = None, hong_kong: bool = False
    ) -> Party:
        """A person; what is not given is drawn."""
        chance = self.chance
        gender = gender or ("male" if chance.random() < self.profile.male_share else "female")
        family = family or names.surname(chance)
        given = given or names.given_name(gender, chance)
        while hong_kong and (family + given).translate(names.TRADITIONAL) == family + given:
            family, given = names.surname(chance), names.given_name(gender, chance)
        birth = self._birth()
        identity = self.numbers.resident_id(birth, gender, region="810000" if hong_kong else None)
        if hong_kong and not self.profile.credit_codes:
            identity = ""  # residence permits with a number of GB 11643 came in 2018
        number = self.numbers.hong_kong_mobile() if hong_kong and chance.random() < 0.5 else self.numbers.mobile()
        district, address = self._address()
        return Party(
            truth_id=self._next_party(),
            company=False,
            family=family,
            given=given,
            gender=gender,
            birth=birth,
            identity=identity,
            credit_code="",
            phones=[Phone(number, self.profile.first_day)],
            district=district,
            address=address,
            hong_kong=hong_kong,
        )

    def company(self) -> Party:
        """A company; one in four is reached by a landline."""
        code = self.numbers.organisation_code()
        number = self.numbers.landline() if self.chance.random() < 0.25 else self.numbers.mobile()
        district, address = self._address()
        return Party(
            truth_id=self._next_party(),
            company=True,
            family=names.company_name(self.numbers.company(), self.chance),
            given="",
            gender="",
            birth=None,
            identity=code,
            credit_code=self.numbers.credit_code(code) if self.profile.credit_codes else "",
            phones=[Phone(number, self.profile.first_day)],
            district=district,
            address=address,
        )

    def vehicle(self, owner: Party, *, delivered: date, sold_here: bool) -> Vehicle:
        """A new car of that owner with its lasting plate; it is registered one to twenty days after delivery."""
        models = [model for model in self.profile.models if model.from_year <= delivered.year]
        model = self.chance.choices(models, [model.weight for model in models])[0]
        if owner.hong_kong and self.chance.random() < 0.3:
            plate = self.numbers.border_plate()
        elif model.electric:
            plate = self.numbers.electric_plate()
        else:
            plate = self.numbers.plate()
        self.vehicles += 1
        return Vehicle(
            truth_id=f"V{self.vehicles:08d}",
            vin=self.numbers.vin(model.code, delivered.year),
            model=model,
            delivered=delivered,
            sold_here=sold_here,
            plates=[(plate, delivered, None)],
            owners=[(owner, delivered, None)],
        )

    def day(self, earliest: date, latest: date) -> date:
        """A day from `earliest` to `latest`, both included; `earliest` if they have passed each other."""
        return earliest + timedelta(days=self.chance.randint(0, max(0, (latest - earliest).days)))

    def _birth(self) -> date:
        """The birth date of somebody of 36 ± 8 years, 20 to 70, on the last day of the profile."""
        age = self.chance.gauss(36, 8)
        while not 20 < age < 70:
            age = self.chance.gauss(36, 8)
        return self.profile.last_day - timedelta(days=int(age * 365.2425))

    def _address(self) -> tuple[str, str]:
        chance = self.chance
        district = chance.choices(_DISTRICTS, _DISTRICT_WEIGHTS)[0]
        house = f"{chance.choice(_STREETS[district])}{chance.randint(1, 3200)}号"
        if chance.random() < 0.6:
            house += f"{chance.randint(1, 12)}栋{chance.randint(1, 32)}{chance.randint(1, 8):02d}室"
        return district, f"{district}区{house}"

    def _next_party(self) -> str:
        self.parties += 1
        return f"P{self.parties:08d}"
