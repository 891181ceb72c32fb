"""Without a browser nothing is skipped: the run fails, and says why in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.polling import patience
from tests.support.source import ROOT

BROKEN = "#!/bin/sh\necho 'no display, no nothing' >&2\nexit 1\n"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A run where the only browser cannot start."""
    program = folder / "chromium"
    program.write_text(BROKEN)
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={folder / 'inner'}", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=patience(120), check=False
    )


@pytest.mark.parametrize("chosen", ["tests/console/test_figures.py", "tests/console/test_logging_in.py"])
def test_a_browser_that_cannot_start_fails_the_run_with_one_line_and_no_test_is_skipped(
    tmp_path: Path, chosen: str
) -> None:
    ran = run(tmp_path, chosen)
    told = [line for line in (ran.stdout + ran.stderr).splitlines() if "browser" in line]
    assert ran.returncode == 1, ran.stdout
    assert len(told) == 1 and "the browser cannot start" in told[0], ran.stdout
    assert "skipped" not in ran.stdout and "passed" not in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_in_workers_it_ends_the_run_as_well_and_says_why(tmp_path: Path) -> None:
    ran = run(tmp_path, "-n", "1", "-m", "day", "tests/console/test_logging_in.py", "tests/console/test_reception.py")
    assert ran.returncode not in (0, 5), ran.stdout
    assert "Interrupted: the browser cannot start" in ran.stdout, ran.stdout
    assert "skipped" not in ran.stdout and "passed" not in ran.stdout
    assert "Traceback" not in ran.stdout and "Call log" not in ran.stdout, ran.stdout


@pytest.mark.parametrize(("chosen", "code", "said"), [("day", 0, "skipped"), ("console", 1, "there is no browser")])
def test_where_none_can_be_fetched_the_gate_goes_on_without_its_journeys_and_a_run_of_journeys_fails(
    tmp_path: Path, chosen: str, code: int, said: str
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("apt-get", "apt-cache"):
        (tools / tool).write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 100\n")
        (tools / tool).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{Path(sys.executable).parent}:/bin", "CRM_CACHE_DIR": str(tmp_path)}
    words = ("-q", "-rs", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'inner'}")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "-m", chosen, "tests/console/test_logging_in.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=patience(120), check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout
    assert said in ran.stdout + ran.stderr and "no route to host" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
