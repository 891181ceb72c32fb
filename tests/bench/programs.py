"""What the processes of a running system are: `customer`, `relay`, `RabbitMQ`, `PostgreSQL for crm_customer`, …"""

from pathlib import Path

from deploy.local import processes

DATABASE = "PostgreSQL"
KNOWN = {
    "postgres": DATABASE,
    "guardian": "guardian",
    "epmd": "RabbitMQ",
    "rabbitmq": "RabbitMQ",
    "gunicorn": "monolith",
}
BACKEND = "postgres: "


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


def worked_for(program: str, command: list[str]) -> str:
    """The part that a process below `program` works for: a connection of the database, for the role that opened it."""
    title = command[0] if command else ""
    if program != DATABASE or not title.startswith(BACKEND):
        return program
    role, database, *_ = [*title.removeprefix(BACKEND).split(" "), "", ""]
    return f"{DATABASE} for {role}" if database.startswith("crm_") else program
