"""What every measurement of the bench returns, whatever it measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


class BenchFailed(Exception):
    """A measurement saw something unexpected, so its figures are not to be used."""


@dataclass(frozen=True)
class Figures:
    """One measurement.

    `rate` is good calls per second, the percentiles are milliseconds per good call.
    `client_cpu` is the processor time of the measuring process per second of measurement
    (1.0 is one core), so that a reader sees how much of a small machine the client itself took.
    `server_cpu` is the same of everything that was measured, where it was counted (`processor.py`).
    """

    rate: float
    p50: float
    p95: float
    p99: float
    calls: int
    errors: int = 0
    first_error: str = ""
    client_cpu: float = 0.0
    server_cpu: float = 0.0

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds the measured processes spent per good call: what no other load changes much."""
        return self.server_cpu / self.rate * 1000 if self.server_cpu and self.rate else math.nan


def percentile(ordered: Sequence[float], *, share: float) -> float:
    """The nearest-rank percentile of an ascending sequence; `share` is 0.5 for the median."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figures_of(
    latencies: Sequence[float],
    *,
    seconds: float,
    errors: int = 0,
    first_error: str = "",
    client_cpu: float = 0.0,
) -> Figures:
    """Figures from the latencies (in seconds) of the good calls completed within `seconds`."""
    if not latencies:
        no_call = first_error or "no call was completed"
        return Figures(0.0, math.nan, math.nan, math.nan, 0, max(errors, 1), no_call, client_cpu)
    ordered = sorted(latencies)
    return Figures(
        rate=len(ordered) / seconds,
        p50=percentile(ordered, share=0.50) * 1000,
        p95=percentile(ordered, share=0.95) * 1000,
        p99=percentile(ordered, share=0.99) * 1000,
        calls=len(ordered),
        errors=errors,
        first_error=first_error,
        client_cpu=client_cpu,
    )


def require_sound(figures: Figures, *, name: str) -> Figures:
    """The same figures, or `BenchFailed` if even one call went wrong."""
    if figures.errors:
        raise BenchFailed(f"{name}: {figures.errors} errors, the first: {figures.first_error}")
    return figures


def line_of(name: str, *, figures: Figures) -> str:
    """One line for a terminal."""
    text = (
        f"{name:<44} {figures.rate:>9,.0f}/s   p50 {figures.p50:7.2f}   p95 {figures.p95:7.2f}"
        f"   p99 {figures.p99:7.2f} ms   errors {figures.errors}"
    )
    return f"{text} ({figures.first_error})" if figures.errors else text
