"""What a part of the bench hands back: a section of `docs/benchmarks.md`, and the targets it was held to."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A figure and the bound it must keep."""

    name: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """False also for what is not a number."""
        low, high = self.at_least, self.at_most
        return (low is None or self.measured >= low) and (high is None or self.measured <= high)

    @property
    def bound(self) -> str:
        """In words: `at least 1.8 ×`."""
        words = [
            f"{word} {bound:g} {self.unit}".rstrip()
            for word, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        return ", ".join(words)

    @property
    def line(self) -> str:
        """One line for a terminal."""
        verdict = "met   " if self.is_met else "MISSED"
        return f"{verdict}  {self.name}: {self.measured:.3g} {self.unit}".rstrip() + f" ({self.bound})"


@dataclass(frozen=True)
class Outcome:
    """One part's result. `table` is Markdown."""

    section: str
    table: str
    targets: Sequence[Target]

    @property
    def text(self) -> str:
        """The section: the table, then the targets."""
        lines = ["| target | measured | wanted | |", "|---|---:|---|---|"]
        lines += [
            f"| {target.name} | {target.measured:.3g} {target.unit} | {target.bound} "
            f"| {'met' if target.is_met else '**missed**'} |"
            for target in self.targets
        ]
        return "\n\n".join([self.table, "\n".join(lines)] if self.targets else [self.table])
