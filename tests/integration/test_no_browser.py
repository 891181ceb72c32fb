"""Without a browser nothing is skipped: the run fails, and says why in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT

BROKEN = "#!/bin/sh\necho 'no display, no nothing' >&2\nexit 1\n"


@pytest.mark.parametrize("chosen", ["tests/console/test_figures.py", "tests/console/test_logging_in.py"])
def test_a_browser_that_cannot_start_fails_the_run_with_one_line_and_no_test_is_skipped(
    tmp_path: Path, chosen: str
) -> None:
    program = tmp_path / "chromium"
    program.write_text(BROKEN)
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'inner'}",
        chosen,
    ]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    told = [line for line in (ran.stdout + ran.stderr).splitlines() if "browser" in line]
    assert ran.returncode == 1, ran.stdout
    assert len(told) == 1 and "the browser cannot start" in told[0], ran.stdout
    assert "skipped" not in ran.stdout and "passed" not in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
