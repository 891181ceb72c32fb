"""What a layer costs is counted whole and told, and a run fails for a layer that costs more than its share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.layers import (
    AROUND,
    LAYERS,
    SERVERS,
    SHARES,
    YARDSTICK,
    covered,
    layer_of,
    over,
    shares_at,
    yardstick,
)
from tests.support.source import ROOT

TABLE = """
from tests.support import layers
layers.SHARES = {{"unit": {share}, layers.AROUND: 60, layers.SERVERS: 60}}
layers.YARDSTICK = 60  # no machine is as slow
pytest_plugins = ["tests.support.layers"]
"""
TESTS = """
import subprocess, sys
from pathlib import Path
from tests.support.polling import eventually

BURN = "import time\\nwhile time.process_time() < 0.5: pass\\nopen(\\"burnt\\", \\"w\\")"


def test_waits_for_its_child():
    subprocess.run([sys.executable, "-c", BURN], check=True)
    Path("burnt").unlink()
    print("measured: a value of its own")


def test_leaves_a_child_without_a_parent():
    start = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"
    subprocess.run([sys.executable, "-c", start, BURN], check=True)
    eventually(Path("burnt").exists, within=30)
"""
BOTH = 1.0
"""Processor seconds of the two children."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A tree with two tests whose children use the processor."""
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "tests" / "unit" / "test_planted.py").write_text(TESTS, "utf-8")
    return tmp_path


def run(place: Path, *words: str, share: float) -> subprocess.CompletedProcess[str]:
    """Run them with this share."""
    (place / "conftest.py").write_text(TABLE.format(share=share), "utf-8")
    without = (f"-pno:{name}" for name in ("pytest_nameko", "cacheprovider", "hypothesispytest", "timeout"))
    options = (*without, "--import-mode=importlib", "--rootdir=.")
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pytest", *options, *words, "tests"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def told(ran: subprocess.CompletedProcess[str], layer: str) -> tuple[float, float]:
    """Wall and processor seconds of a layer, as printed."""
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith(layer))
    wall, processor = line.removeprefix(layer).split()[:2]
    return float(wall), float(processor)


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist", "loadfile")], ids=["alone", "in workers"])
def test_a_layer_over_its_share_fails_the_run_and_is_named(place: Path, workers: tuple[str, ...]) -> None:
    """The one without a parent too: were it forgotten, the share would be kept."""
    ran = run(place, "--within-shares", *workers, share=BOTH - 0.1)

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
    assert "unit is over its share: " in ran.stdout
    assert "\na value of its own\n" in ran.stdout, "what was measured is told, whoever measured it"


def test_within_its_share_it_passes_and_is_told_with_its_seconds(place: Path) -> None:
    ran = run(place, "--within-shares", share=30)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    wall, processor = told(ran, "unit")
    assert BOTH <= processor < 30
    assert wall > BOTH / 2


def test_a_run_that_was_not_asked_for_shares_is_not_judged_by_them(place: Path) -> None:
    assert run(place, share=0.1).returncode == 0


def test_a_layer_that_has_no_share_is_named_too() -> None:
    assert over({"unit": 3.0, "console": 1.0}, {"unit": 3.0}) == ["console has no share: 1.0 processor seconds"]


def test_shares_grow_with_a_slower_machine_and_do_not_shrink_with_a_faster_one() -> None:
    assert shares_at(2 * YARDSTICK) == {layer: 2 * share for layer, share in SHARES.items()}
    assert shares_at(YARDSTICK / 2) == shares_at(YARDSTICK) == SHARES
    assert YARDSTICK / 10 < yardstick() < YARDSTICK * 10


def test_seconds_in_which_two_tests_ran_count_once() -> None:
    assert covered([(5.0, 6.0), (1.0, 3.0), (2.0, 4.0), (2.5, 2.6)]) == 4.0


def test_every_folder_of_tests_has_a_share() -> None:
    folders = {path.parent.relative_to(ROOT).parts[1] for path in (ROOT / "tests").rglob("test_*.py")}

    assert folders == set(LAYERS)
    assert set(SHARES) == {*LAYERS, SERVERS, AROUND}
    assert layer_of("tests/e2e/test_merge.py::test_x") == "e2e"
    assert layer_of("tests/conftest.py") == layer_of("elsewhere/e2e/test_x.py") == ""
