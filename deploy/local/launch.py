"""Become another program whose life ends with the process that started it.

    python -I -S launch.py <parent pid> <signal> <user or -> <directory> <program> [argument …]

Works in a process of its own instead of a `preexec_fn`, which is not safe in a parent with threads.
Changing the user clears the parent-death signal, so the user comes first.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, death_signal, user, directory = arguments[:4]
    program = arguments[4:]
    if user != "-":
        _become(user)
    os.chdir(directory)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(parent):
        sys.exit("the parent ended before its child began")
    # python ignores these two, and ignored signals are inherited by the program
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execvp(program[0], program)  # noqa: S606  # that is what it is for


def _become(user: str) -> None:
    account = pwd.getpwnam(user)
    os.initgroups(user, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ["HOME"] = account.pw_dir
    os.environ["USER"] = os.environ["LOGNAME"] = user


if __name__ == "__main__":
    main(sys.argv[1:])
