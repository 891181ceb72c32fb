"""Made-up customers with names, numbers, plates and VINs that validate; the same seed makes the same people.

`python -m simulator.people 200 > simulator/data/customers.csv` made the demo's file.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

from contracts.vin import with_check_digit

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志文辉玲红梅斌宇浩凯嘉欣怡晨宁雪琳鹏飞"
COMPANIES = (
    "深圳市宏远物流有限公司",
    "深圳南方电子有限公司",
    "鹏城建设集团有限公司",
    "华强贸易有限公司",
    "海天实业股份有限公司",
)
MODELS = ("新世纪", "GL", "G", "GS", "GL8", "赛欧")
STORES = ("HN", "HN", "HN", "FT", "BA")
_PLATE = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Made:
    """One customer with his vehicle, as a desk would type them."""

    kind: str
    name: str
    mobile: str
    store: str
    model: str
    vin: str
    plate: str


def people(count: int, *, seed: int) -> Iterator[Made]:
    """`count` customers, each with a vehicle; no two share a number, plate or VIN."""
    chance = random.Random(seed)
    numbers = chance.sample(range(10_000_000, 99_999_999), count)
    for index, number in enumerate(numbers):
        company = chance.random() < 0.08
        yield Made(
            kind="company" if company else "person",
            name=chance.choice(COMPANIES) if company else _name(chance),
            mobile=f"13{chance.choice('56789')}{number:08d}",
            store=chance.choice(STORES),
            model=chance.choice(MODELS),
            vin=with_check_digit(
                f"LSG{chance.choice(('DC82C', 'SJ52U', 'WL52D'))}0{chance.choice('123')}S{seed % 10}{index:05d}"
            ),
            plate=f"粤B{''.join(chance.choice(_PLATE) for _ in range(2))}{index % 1000:03d}",
        )


def _name(chance: random.Random) -> str:
    given = chance.choice((1, 2, 2, 2))
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(given))


def main() -> None:
    """Write customers as CSV to standard output."""
    writer = csv.DictWriter(sys.stdout, [field.name for field in fields(Made)])
    writer.writeheader()
    for made in people(int(sys.argv[1]), seed=2002):
        writer.writerow(asdict(made))


if __name__ == "__main__":
    main()
