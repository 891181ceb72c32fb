"""What the processes of a running system are: `customer`, `relay`, `RabbitMQ`, …"""

from pathlib import Path

from deploy.local import processes

KNOWN = {
    "postgres": "PostgreSQL",
    "guardian": "guardian",
    "epmd": "RabbitMQ",
    "rabbitmq": "RabbitMQ",
    "gunicorn": "monolith",
}


def children(pid: int) -> list[int]:
    """Whom this process started and who still lives."""
    return [one.pid for one in processes.descendants(pid) if parent_of(one.pid) == pid]


def parent_of(pid: int) -> int:
    """0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(pid: int) -> list[str]:
    """Its command line, which a server may have rewritten; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def named(command: list[str]) -> str:
    """What a child of the supervisor is, by its command."""
    if "chassis.cli" in command:
        return [word for word in command[command.index("chassis.cli") + 1 :] if word][-1]
    line = " ".join(command)
    return next((name for sign, name in KNOWN.items() if sign in line), Path(command[0]).name if command else "")
