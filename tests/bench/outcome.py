"""What a part of the bench hands back: a section of `docs/benchmarks.md`, and the targets it was held to.

A target is a ratio to something measured in the same run: milliseconds and megabytes are those of a machine,
so they are printed and never judged (decision 0022).
"""

from collections.abc import Sequence
from dataclasses import dataclass

NOTEWORTHY = 0.1
"""From this share on, what others use of the machine is told with the figure."""


@dataclass(frozen=True)
class Target:
    """A ratio and the bound it must keep. `others` is the share of the machine that others used meanwhile."""

    name: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    others: float = 0.0

    @property
    def is_met(self) -> bool:
        """False also for what is not a number."""
        low, high = self.at_least, self.at_most
        return (low is None or self.measured >= low) and (high is None or self.measured <= high)

    @property
    def bound(self) -> str:
        """In words: `at least 1.8 ×`."""
        words = [
            f"{word} {bound:g} ×"
            for word, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        return ", ".join(words)

    @property
    def line(self) -> str:
        """One line for a terminal."""
        verdict = "met   " if self.is_met else "MISSED"
        return f"{verdict}  {self.name}: {self.measured:.3g} × ({self.bound}){self.excuse}"

    @property
    def excuse(self) -> str:
        """What a reader must know of the machine, if it was not ours alone."""
        return f", others used {self.others:.0%} of the machine" if self.others >= NOTEWORTHY else ""


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
            f"| {target.name} | {target.measured:.3g} × | {target.bound} "
            f"| {'met' if target.is_met else '**missed**'}{target.excuse} |"
            for target in self.targets
        ]
        return "\n\n".join([self.table, "\n".join(lines)] if self.targets else [self.table])
