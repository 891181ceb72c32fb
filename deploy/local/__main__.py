"""`python -m deploy.local …`: the local stack from the command line."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.infrastructure import Infrastructure
from deploy.local.run_dir import RunDir


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    infra = commands.add_parser("infra", help="start only PostgreSQL and RabbitMQ, print their URLs as JSON")
    infra.add_argument("--run-dir", type=Path, default=Path(".run"))
    chosen = parser.parse_args(arguments)
    try:
        return serve_infrastructure(chosen.run_dir)
    except LocalStackError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1


def serve_infrastructure(run_dir: Path) -> int:
    """Start PostgreSQL and RabbitMQ, print one line of JSON, serve until SIGTERM or Ctrl-C."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with RunDir(run_dir).lock():
        servers = Infrastructure(run_dir)
        try:
            servers.start()
            urls = {
                "CRM_DATABASE_URL": servers.database_url,
                "CRM_AMQP_URI": servers.amqp_uri,
                "CRM_MANAGEMENT_URL": servers.management_url,
            }
            print(json.dumps(urls), flush=True)
            while not stopping.wait(1.0):
                pass
        finally:
            servers.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
