"""Tables of two systems measured by turns."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.figures import Figures, require_sound
from tests.bench.report import Comparison, shown


@dataclass(frozen=True)
class Compared:
    """One line: ours and the peer's, by turns, and the bare limit where there is one."""

    name: str
    comparison: Comparison
    limit: Figures | None = None


def compared_table(rows: Sequence[Compared], *, ours: str, peer: str, limit: str = "") -> str:
    """A Markdown table; the three names head the columns. A column that no line fills is left out.

    A ratio of rates stands with the interval that holds its median at 95 % (below six rounds: the extremes).
    `cpu` is processor time per call of everything behind the measuring client.
    `BenchFailed` for a figure with an error in it.
    """
    head = (
        *("measured", f"{ours}: rate/s", "p50", "p99", "cpu"),
        *(f"{peer}: rate/s", "p50", "p99", "cpu"),
        *("rate, ours to its", "p50, ours to its", f"rate of {limit}", "others busy"),
    )
    columns = [column for column in zip(head, *map(cells, rows), strict=True) if any(column[1:])]
    measured, *lines = zip(*columns, strict=True)
    text = [measured, ("---", *["---:"] * (len(measured) - 1)), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in text) + "\n\nLatencies and `cpu` in milliseconds."


def cells(row: Compared) -> tuple[str, ...]:
    """Every cell of a line; empty where nothing was measured."""
    compared = row.comparison
    return (
        row.name,
        *four(require_sound(compared.a, name=row.name)),
        *four(require_sound(compared.b, name=row.name)),
        f"{compared.rate_ratio:.2f} ({compared.low:.2f} to {compared.high:.2f})",
        f"{compared.p50_ratio:.2f}",
        share(compared.a, require_sound(row.limit, name=f"{row.name}, bare")) if row.limit else "",
        f"{compared.busy:.0%}",
    )


def share(figures: Figures, limit: Figures) -> str:
    return f"{figures.rate / limit.rate:.1%} of {shown(limit.rate)}"


def four(figures: Figures) -> tuple[str, ...]:
    return shown(figures.rate), shown(figures.p50), shown(figures.p99), shown(figures.cpu_ms)
