"""One checkout's whole system, loaded with people, until standard input ends; says in a line of JSON where it answers.

Run by the interpreter of that checkout and in its directory, so everything imported here is its own
(`paired.py` gives the text to `python -c`): nothing may be used here that an older checkout does not have.
"""

import json
import signal
import sys

from deploy.local.stack import Stack
from tests.bench import seeding
from tests.bench.organisation import found
from tests.bench.running import run_directory


def main() -> None:
    """The argument is the number of customers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    with run_directory() as run_dir:
        stack = Stack(run_dir)
        stack.start()
        try:
            accounts = found(stack).accounts
            seeding.seed(stack.infrastructure.database_url, customers=int(sys.argv[1]))
            told = {"base_url": stack.base_url, "admin_url": stack.infrastructure.database_url, "accounts": accounts}
            print(json.dumps(told), flush=True)
            sys.stdin.read()
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
