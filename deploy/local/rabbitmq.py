"""A private RabbitMQ: its own node, its own ports, its own Erlang port mapper."""

import shutil
import signal
import socket
import subprocess
import threading
import urllib.error
from pathlib import Path

from deploy.local import processes, rabbitmq_binaries, rabbitmq_management
from deploy.local.errors import LocalStackError
from deploy.local.processes import Launch, Process
from deploy.local.rabbitmq_binaries import RabbitMQBinaries
from deploy.local.run_dir import RunDir, last_lines

ADMIN = "crm_admin"
VHOST = "crm"
NODE = "crm@localhost"
NODE_PROGRAMS = frozenset({"beam.smp", "erl_child_setup", "inet_gethost"})
PROGRAMS = NODE_PROGRAMS | {"epmd"}
PORT_NAMES = ("amqp", "management", "dist", "epmd")
START_SECONDS = 90.0
EPMD_SECONDS = 10.0
STOP_SECONDS = 20.0
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"

MEMORY = "512MB"
"""From which on it takes nothing more."""
# A write-ahead log is kept in memory until it is this long; the default is 512 MB.
WAL_BYTES = 32 * 1024 * 1024

CERTAIN = (signal.SIGKILL, 10.0)

# Tables for a small number of processes and names save 20 MB; the busy-wait is off by default.
ERLANG_LIMITS = {
    "RABBITMQ_MAX_NUMBER_OF_PROCESSES": "100000",
    "RABBITMQ_MAX_NUMBER_OF_ATOMS": "1048576",
    "RABBITMQ_DISTRIBUTION_BUFFER_SIZE": "32000",
}
ERLANG_ARGUMENTS = "+S 2:2 +SDio 2 -kernel inet_dist_use_interface {127,0,0,1}"


class RabbitMQ:
    """The private RabbitMQ of one run directory."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = RunDir(run_dir)
        self._home = self._run_dir.path / "rabbitmq"
        self._log = self._run_dir.log("rabbitmq")
        self._ports: dict[str, int] = {}
        self._binaries: RabbitMQBinaries | None = None
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._wanted = False
        # who starts, ends or revives it; a stop is not taken for a death
        self._life = threading.RLock()

    # --- what others need to know ---

    @property
    def port(self) -> int:
        """The AMQP port of the running node, or of the last one."""
        return self._run_dir.known_port("rabbitmq.amqp")

    @property
    def admin_uri(self) -> str:
        """The administrator's AMQP address; it holds the password."""
        return f"amqp://{ADMIN}:{self._password()}@127.0.0.1:{self.port}/{VHOST}"

    @property
    def management_url(self) -> str:
        """The administrator's address of the HTTP API; it holds the password."""
        port = self._run_dir.known_port("rabbitmq.management")
        return f"http://{ADMIN}:{self._password()}@127.0.0.1:{port}"

    @property
    def pid(self) -> int | None:
        """The Erlang process, also one that an earlier run left behind."""
        return next((one.pid for one in processes.working_in(self._home, programs=frozenset({"beam.smp"}))), None)

    def is_running(self) -> bool:
        """Whether the node's process lives."""
        return self.pid is not None

    def close_all_connections(self) -> int:
        """Cut every client off, as a flapping network would; returns how many there were."""
        return rabbitmq_management.close_connections(self.management_url, reason="closed by the local stack")

    # --- life ---

    def start(self) -> None:
        """Start and return when clients are served. Does nothing when it already runs."""
        with self._life:
            if self._node is None or not self.is_running():
                self._start()
            self._wanted = True

    def has_died(self) -> bool:
        """Whether the node ended, or did not come back, without having been told to end."""
        node = self._node
        return self._wanted and (node is None or node.poll() is not None)

    def revive(self) -> None:
        """Start it again if it died, on the same ports and data."""
        with self._life:
            if self.has_died():
                self._start()

    def _start(self) -> None:
        self._binaries = binaries = rabbitmq_binaries.find()
        self._home.mkdir(exist_ok=True)
        self._home.chmod(0o700)  # the configuration holds a password, the home folder Erlang's cookie
        if self._epmd is None or self._epmd.poll() is not None:
            self._end_everything()  # what an earlier run may have left behind
            # after a death its clients know where it was: it comes back there or not at all
            self._ports = self._ports or {name: self._run_dir.port(f"rabbitmq.{name}") for name in PORT_NAMES}
            self._start_epmd(binaries)
        self._collect()
        self._write_configuration()
        self._node = processes.spawn(
            Launch(
                argv=[str(binaries.server)],
                env=self._environment(binaries),
                log=self._log,
                directory=self._home,
                death_signal=signal.SIGTERM,
            )
        )
        try:
            ready = processes.wait_until(self._is_ready, seconds=START_SECONDS, child=self._node)
        except urllib.error.HTTPError:
            self._end_everything()
            problem = f"the data in {self._home} has another password; `make reset` starts afresh"
            raise LocalStackError(problem) from None
        if not ready:
            self._end_everything()
            raise LocalStackError(f"RabbitMQ does not start; the end of {self._log}:\n{last_lines(self._log)}")

    def stop(self) -> None:
        """Graceful: the listeners are closed, everything is written, the node leaves."""
        with self._life:
            self._wanted = False
            nodes = self._members(NODE_PROGRAMS)
            self._forget_statistics()
            for one in nodes:
                one.send(signal.SIGTERM)
            processes.wait_until(lambda: not self._members(NODE_PROGRAMS), seconds=STOP_SECONDS)
            self._end_everything()
            self._ports = {}

    def kill(self) -> None:
        """SIGKILL, as a crash would; it stays down until it is started. The port mapper stays, as on a server."""
        with self._life:
            self._wanted = False
            processes.end(self._members(NODE_PROGRAMS), steps=[CERTAIN])
            self._collect()

    def restart(self) -> None:
        """Stop and start, on the same ports."""
        with self._life:
            self.stop()
            self.start()

    def reset(self) -> None:
        """Stop and forget all data. The downloaded programs stay in their cache."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def control(self, *words: str) -> None:
        """Tell the running node by `rabbitmqctl`. Raises subprocess.CalledProcessError."""
        assert self._binaries is not None
        command = [str(self._binaries.server.with_name("rabbitmqctl")), *words]
        subprocess.run(command, env=self._environment(self._binaries), check=True, capture_output=True)  # noqa: S603  # our own words

    # --- starting ---

    def _start_epmd(self, binaries: RabbitMQBinaries) -> None:
        """A port mapper of our own: one started by the node would outlive it."""
        port = self._ports["epmd"]
        self._epmd = processes.spawn(
            Launch(
                argv=[str(binaries.epmd), "-port", str(port), "-address", "127.0.0.1"],
                env={**binaries.env},
                log=self._log,
                directory=self._home,
            )
        )
        if not processes.wait_until(lambda: _accepts(port), seconds=EPMD_SECONDS, child=self._epmd):
            raise LocalStackError(f"epmd does not start; the end of {self._log}:\n{last_lines(self._log)}")

    def _write_configuration(self) -> None:
        (self._home / "home").mkdir(exist_ok=True)
        (self._home / "environment.conf").write_text("")  # instead of the machine's own
        (self._home / "enabled_plugins").write_text("[rabbitmq_management].\n")
        settings = {
            "listeners.tcp.1": f"127.0.0.1:{self._ports['amqp']}",
            "management.tcp.ip": "127.0.0.1",
            "management.tcp.port": self._ports["management"],
            "default_vhost": VHOST,
            "default_user": ADMIN,
            "default_pass": self._password(),
            "vm_memory_high_watermark.absolute": MEMORY,
            "raft.wal_max_size_bytes": WAL_BYTES,
            "management.rates_mode": "none",
            "log.file": "false",
            "log.console": "true",
            "log.console.level": "info",
            "log.connection.level": "error",
        }
        path = self._home / "rabbitmq.conf"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))

    def _environment(self, binaries: RabbitMQBinaries) -> dict[str, str]:
        return {
            "LC_ALL": "C",  # file names are bytes: its management plugin fails on a path with Chinese in UTF-8
            **binaries.env,
            **ERLANG_LIMITS,
            "HOME": str(self._home / "home"),
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_CONF_ENV_FILE": str(self._home / "environment.conf"),
            "RABBITMQ_CONFIG_FILE": str(self._home / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._home / "data"),
            "RABBITMQ_LOG_BASE": str(self._home / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_DIST_PORT": str(self._ports["dist"]),
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_BYTES": "0",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_ARGUMENTS,
            # makes the start script become the Erlang process instead of watching over it
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _forget_statistics(self) -> None:
        """Remove the management plugin's statistics from a node that is about to stop.

        Otherwise they ask a part of the node that waits for them, and the stop takes five seconds longer.
        """
        if self._binaries is None or self._binaries.erl_call is None or not self.is_running():
            return
        words = "gen_event delete_handler [rabbit_event,rabbit_mgmt_db_handler,[]]"
        child = processes.spawn(
            Launch(
                argv=[str(self._binaries.erl_call), "-sname", NODE, "-a", words],
                env=self._environment(self._binaries),
                log=self._log,
                directory=self._home,
            )
        )
        processes.wait_until(lambda: child.poll() is not None, seconds=EPMD_SECONDS)

    def _is_ready(self) -> bool:
        return self._listens() and rabbitmq_management.is_ready(self.management_url)

    def _listens(self) -> bool:
        """Whether the broker answers a client's greeting."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
                connection.sendall(AMQP_GREETING)
                return bool(connection.recv(1))
        except OSError:
            return False

    def _password(self) -> str:
        return self._run_dir.secret("rabbitmq.crm_admin")

    # --- processes ---

    def _members(self, programs: frozenset[str]) -> list[Process]:
        return processes.working_in(self._home, programs=programs)

    def _collect(self) -> None:
        """Wait for a node that is dying: for a moment it has no program any more but is not gone."""
        if self._node is not None:
            if dying := processes.process(self._node.pid):
                processes.end([dying], steps=[CERTAIN])
            self._node.wait(10)
            self._node = None

    def _end_everything(self) -> None:
        """End the node and its port mapper, ours or those of an earlier run that was killed."""
        processes.end(self._members(PROGRAMS), steps=[CERTAIN])
        self._collect()
        if self._epmd is not None:
            self._epmd.wait(10)
            self._epmd = None


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False
