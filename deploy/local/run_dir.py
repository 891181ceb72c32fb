"""The run directory: everything one local stack remembers between two runs.

- `secrets.json`: passwords and keys, readable by the owner only
- `env`: while a stack runs, the environment of its commands, for a shell and for `crm`; its owner's only
- `state.json`: ports and places chosen on the first start
- `logs/`: one log per program
- `lock`: held by the one stack that uses this directory
"""

import contextlib
import fcntl
import json
import os
import secrets
import shlex
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from deploy.local import ports
from deploy.local.errors import LocalStackError

ENVIRONMENT = "env"
KEPT_FILES = ("secrets.json", "state.json", "lock", ENVIRONMENT)
LONGEST_LOG = 10 * 1024 * 1024

# Several programs of one stack start at the same time and share these files.
_files = threading.RLock()


class RunDir:
    """One run directory. Cheap to make: all knowledge is in its files."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self.logs = self.path / "logs"
        self.logs.mkdir(exist_ok=True)

    def log(self, name: str) -> Path:
        """The log of the program called `name`."""
        return self.logs / f"{name}.log"

    # --- secrets ---

    def secret(self, name: str, *, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
        """The secret called `name`, made on first use and the same ever after."""
        with _files:
            known = self._read("secrets.json")
            if name not in known:
                known[name] = make()
                self._write("secrets.json", known)
            return str(known[name])

    def secrets(self) -> dict[str, str]:
        """All secrets made so far."""
        with _files:
            return {name: str(value) for name, value in self._read("secrets.json").items()}

    # --- state ---

    def recall(self, key: str) -> object:
        """What was remembered under this key, None if nothing was."""
        with _files:
            return self._read("state.json").get(key)

    def remember(self, key: str, value: object) -> None:
        """Keep a value, which JSON can hold, for later and for other processes."""
        with _files:
            state = self._read("state.json")
            if state.get(key) != value:
                state[key] = value
                self._write("state.json", state)

    def port(self, name: str, *, preferred: int | None = None) -> int:
        """A free loopback port for `name`, ours from now on: the one used before if it is still free."""
        with _files:
            known = self.known_ports()
            others = {port for owner, port in known.items() if owner != name}
            for wish in (known.get(name), preferred):
                if wish is not None and wish not in others and not ports.claim(wish):
                    known[name] = wish
                    break
            else:
                known[name] = ports.any_free(besides=others)
            self.remember("ports", known)
            return known[name]

    def hold(self, name: str, port: int) -> None:
        """This very port for `name`; whoever had it here before gets another one."""
        with _files:
            others = {owner: taken for owner, taken in self.known_ports().items() if taken != port}
            self.remember("ports", {**others, name: port})

    def known_ports(self) -> dict[str, int]:
        """Every port chosen so far, by name."""
        remembered = self.recall("ports")
        return dict(remembered) if isinstance(remembered, dict) else {}

    def known_port(self, name: str) -> int:
        """The port chosen for `name` when it was last started."""
        try:
            return self.known_ports()[name]
        except KeyError:
            raise LocalStackError(f"{name} has never been started on {self.path}") from None

    # --- the environment of a running stack ---

    def tell_environment(self, env: Mapping[str, str]) -> None:
        """Leave these settings where a shell and the `crm` command find them."""
        lines = [f"# of the system that runs here; `set -a; . {self.path / ENVIRONMENT}` gives it to a shell"]
        lines += [f"{name}={shlex.quote(value)}" for name, value in sorted(env.items()) if name.startswith("CRM_")]
        self._replace(ENVIRONMENT, "\n".join(lines) + "\n")

    def forget_environment(self) -> None:
        """Nothing runs here any more."""
        (self.path / ENVIRONMENT).unlink(missing_ok=True)

    # --- one stack at a time ---

    def lock(self) -> IO[str]:
        """Hold this directory until the returned file is closed or the process ends."""
        file = (self.path / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise LocalStackError(
                f"{self.path} is in use by another stack (process {holder}); stop it or choose another --run-dir"
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._rotate_logs()
        return file

    def forget(self) -> None:
        """Remove what this module and its users keep here, and the directory if nothing else is in it."""
        for name in KEPT_FILES:
            (self.path / name).unlink(missing_ok=True)
        shutil.rmtree(self.logs, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def _rotate_logs(self) -> None:
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LONGEST_LOG:
                log.replace(log.with_suffix(".log.1"))

    def _read(self, name: str) -> dict[str, object]:
        path = self.path / name
        try:
            content = json.loads(path.read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise LocalStackError(f"{path} is damaged; `make reset` starts afresh") from None
        if not isinstance(content, dict):
            raise LocalStackError(f"{path} is damaged; `make reset` starts afresh")
        return content

    def _write(self, name: str, content: dict[str, object]) -> None:
        self._replace(name, json.dumps(content, indent=2, sort_keys=True))

    def _replace(self, name: str, text: str) -> None:
        """Replace a file whole: a kill in the middle leaves the old one."""
        temporary = self.path / f".{name}.new"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.path / name)


def last_lines(path: Path, *, count: int = 15) -> str:
    """The end of a log, for an error message."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(f"    {line}" for line in lines[-count:]) or "    (the log is empty)"
