"""Turns measurements into the tables of `docs/benchmarks.md`, and compares two by turns.

Each table lives between `<!-- bench:NAME:start -->` and `<!-- bench:NAME:end -->`; only what stands
between such markers is ever rewritten, so the prose around them is the author's.
"""

import importlib.metadata
import math
import os
import platform
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from tests.bench.figures import Figures, require_sound
from tests.bench.limits import connected
from tests.bench.processor import Meter

BENCHMARKS = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
PACKAGES = ("nameko", "kombu", "amqp", "eventlet", "sqlalchemy", "psycopg", "flask", "gunicorn")
HEADING = "# Benchmarks\n"


@dataclass(frozen=True)
class Comparison:
    """Two measurements taken by turns.

    `a` and `b` hold the medians of the rounds; `rate_ratio` and `p50_ratio` are a's median over b's
    (a rate above 1 and a p50 below 1 are in a's favour). `low` to `high` holds, at 95 %, the median
    of the single rounds' rate ratios: when 1 lies between them, no difference was shown. Below six
    rounds it is only their extremes. `busy` is the share of the machine (0 to 1, median) that
    others were using during the measurements.
    """

    a: Figures
    b: Figures
    rate_ratio: float
    p50_ratio: float
    low: float
    high: float
    rounds: int
    busy: float


def alternate(a: Callable[[], Figures], b: Callable[[], Figures], *, rounds: int) -> Comparison:
    """Measure a, b, a, b, … so that a noisy machine disturbs both alike; any error ends it."""
    taken: list[tuple[Figures, Figures]] = []
    busy: list[float] = []
    for number in range(1, rounds + 1):
        meter = Meter()
        ours = require_sound(a(), name=f"a, round {number}")
        theirs = require_sound(b(), name=f"b, round {number}")
        busy.append(meter.read().others)
        taken.append((ours, theirs))
    middle_a = median_figures([ours for ours, _ in taken])
    middle_b = median_figures([theirs for _, theirs in taken])
    low, high = median_interval([ours.rate / theirs.rate for ours, theirs in taken])
    return Comparison(
        a=middle_a,
        b=middle_b,
        rate_ratio=middle_a.rate / middle_b.rate,
        p50_ratio=middle_a.p50 / middle_b.p50,
        low=low,
        high=high,
        rounds=rounds,
        busy=median(busy),
    )


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the median, by order statistics; the extremes below six values."""
    ordered, count = sorted(values), len(values)
    cut, tail = 0, 1 / 2**count
    while 2 * (tail := tail + math.comb(count, cut + 1) / 2**count) <= 0.05:
        cut += 1
    return ordered[cut], ordered[count - 1 - cut]


def median_figures(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure by itself; calls and errors are summed."""
    return Figures(
        rate=median(figures.rate for figures in rounds),
        p50=median(figures.p50 for figures in rounds),
        p95=median(figures.p95 for figures in rounds),
        p99=median(figures.p99 for figures in rounds),
        calls=sum(figures.calls for figures in rounds),
        errors=sum(figures.errors for figures in rounds),
        first_error=next((f.first_error for f in rounds if f.errors), ""),
        client_cpu=median(figures.client_cpu for figures in rounds),
        server_cpu=median(figures.server_cpu for figures in rounds),
    )


def shown(figure: float) -> str:
    """Three significant digits, thousands apart; nothing for what was not measured."""
    if math.isnan(figure):
        return ""
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"


def surroundings(*, database_url: str, amqp_url: str) -> str:
    """A Markdown list of the machine and of every version that a figure depends on."""
    facts = machine() | versions(database_url=database_url, amqp_url=amqp_url)
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def machine() -> dict[str, str]:
    """The processor, the cores and memory this process may use, the kernel."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "processor": cpu.group(1) if cpu else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(memory.group(1)) / 2**20:.0f} GiB" if memory else "unknown",
        "kernel": f"{platform.system()} {platform.release()}",
    }


def versions(*, database_url: str, amqp_url: str) -> dict[str, str]:
    """What the two servers and the installed packages say of themselves."""
    with psycopg.connect(database_url) as database:
        postgres = database.execute("SHOW server_version").fetchone()
    with connected(amqp_url) as broker:
        rabbitmq = broker.server_properties["version"]
    return {
        "Python": platform.python_version(),
        "PostgreSQL": postgres[0].split()[0] if postgres else "unknown",
        "RabbitMQ": rabbitmq,
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def write(section: str, *, text: str, path: Path = BENCHMARKS) -> None:
    """Put `text` between the markers of `section`; a missing file or section is added."""
    before = path.read_text() if path.exists() else HEADING
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(with_section(before, section=section, text=text))


def with_section(document: str, *, section: str, text: str) -> str:
    """The document with `text` as the whole content of one section, all else untouched."""
    start, end = f"<!-- bench:{section}:start -->", f"<!-- bench:{section}:end -->"
    content = f"{start}\n{text.strip()}\n{end}"
    if document.count(start) > 1 or document.count(start) != document.count(end):
        raise ValueError(f"section {section} is marked more than once or is not closed")
    if start not in document:
        return f"{document.rstrip()}\n\n{content}\n"
    head, rest = document.split(start)
    if end not in rest:
        raise ValueError(f"section {section} ends before it starts")
    return head + content + rest.split(end)[1]
