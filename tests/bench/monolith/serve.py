"""Runs the monolith under gunicorn, as the peer figures are taken: two workers of eight threads."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.ports import any_free

WORKERS = 2
THREADS = 8
START_LIMIT_SECONDS = 20.0
REPOSITORY = Path(__file__).resolve().parents[3]


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The base URL of a running monolith on a free port; it is gone afterwards."""
    port = any_free()
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "tests.bench.monolith.app:create_app()"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--bind", f"127.0.0.1:{port}", "--keep-alive", "30", "--log-level", "warning"]
    settings = {"MONOLITH_DATABASE_URL": database_url, "MONOLITH_THREADS": str(THREADS)}
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | settings) as process:
        try:
            wait_until_up(base_url, process=process)
            yield base_url
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_until_up(base_url: str, *, process: subprocess.Popen[bytes]) -> None:
    last_seen = "nothing"
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base_url}/healthz", timeout=1):
                return
        except OSError as error:
            last_seen = repr(error)
            time.sleep(0.05)
    raise RuntimeError(f"the monolith did not start (exit {process.poll()}, last seen {last_seen})")
