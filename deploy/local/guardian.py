"""The guardian: a tiny process that ends our children if we are killed.

The kernel's parent-death signal reaches a child at once, but only once and only as that one signal.
The guardian makes sure: it holds the other end of a pipe, and when the pipe closes because we are gone,
it ends whatever still lives (see `guardian.sh`).
"""

import signal
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("guardian.sh")


class Guardian:
    """Lives as long as this process, and a few seconds longer when there is something left to end."""

    def __init__(self) -> None:
        self._script = subprocess.Popen(  # noqa: S603  # our own script
            ["/bin/sh", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def watch(self, pid: int, *, started: int, death_signal: signal.Signals) -> None:
        """End this process after us. One that has ended by then is left alone, whatever its id is now."""
        pipe = self._script.stdin
        assert pipe is not None
        try:
            pipe.write(f"{pid} {started} {death_signal.name.removeprefix('SIG')}\n".encode())
            pipe.flush()
        except BrokenPipeError:
            return  # somebody ended the guardian; the kernel's own signal remains
