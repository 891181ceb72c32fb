"""Make the four files of a dealer's departments about people who do not exist, and the truth about them.

`python -m simulator.generate --persons 10000 --seed 7 --out DIR` writes `sales.csv`, `sales_support.xlsx`,
`finance.csv` and `service.csv` (what they hold: `simulator/files/departments.py`) with `truth.csv`, `pairs.csv`,
`truth_persons.csv` and `truth_vehicles.csv` (`simulator/files/truth.py`). How much goes wrong in them, and what the
shares are of: `simulator/files/rates.py`. The same arguments write the same bytes.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from simulator.files.circles import circles
from simulator.files.departments import Clerk
from simulator.files.folder import Folder
from simulator.files.profiles import PROFILES
from simulator.files.truth import TruthWriter


def generate(out: Path, *, persons: int, seed: int, profile: str = "2002") -> None:
    """Write the files about `persons` parties (people and companies, 1 to millions) into the folder `out`.

    `profile` is `2002` or `modern`. Files of the same names are replaced.
    """
    if persons < 1:
        raise ValueError(f"at least one person, not {persons}")
    times = PROFILES[profile]
    chance = random.Random(f"{seed} {profile}")
    clerk = Clerk(times, chance)
    with TruthWriter(out) as truth, Folder(out, chance=chance, wrote=truth.wrote) as folder:
        for circle in circles(persons, profile=times, chance=chance):
            records = [clerk.record(encounter) for encounter in circle.encounters]
            truth.circle(circle, records)
            for record in records:
                folder.put(record)


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(prog="python -m simulator.generate", description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000, help="people and companies in all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="2002")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    asked = parser.parse_args()
    generate(asked.out, persons=asked.persons, seed=asked.seed, profile=asked.profile)
    print(f"{asked.persons} persons in {asked.out}")


if __name__ == "__main__":
    main()
