"""The demo: a small dealer group loaded through the public API, then the main job told aloud."""

import importlib
from collections.abc import Callable

from deploy.local.environment import GATEWAY
from deploy.local.errors import LocalStackError
from deploy.local.run_dir import RunDir
from deploy.local.stack import Stack

MODULE = "simulator.demo"
ADMINISTRATOR = "admin"
PEOPLE = "people.json"
MARKER = "demo_shown"
ADMINISTRATOR_MADE = "administrator_made"

Say = Callable[[str], None]


def was_shown(run_dir: RunDir) -> bool:
    """Whether the demo was told to its end on this run directory."""
    return bool(run_dir.recall(MARKER))


def show(stack: Stack, *, say: Say) -> None:
    """Load the group if it is not there, and tell the main job. Needs the running system."""
    try:
        told = importlib.import_module(MODULE)
    except ModuleNotFoundError as missing:
        raise LocalStackError(f"{MODULE} cannot be told: {missing}") from missing
    people = stack.run_dir.path / PEOPLE
    if not people.exists():
        make_administrator(stack)
    told.main(stack.base_url, admin=(ADMINISTRATOR, _initial_password(stack)), people_file=people, say=say)
    stack.run_dir.remember(MARKER, value=True)


def make_administrator(stack: Stack) -> None:
    """The first account, with an initial password from `secrets.json`; safe to repeat."""
    stack.run_once(
        "bootstrap",
        ["gateway.bootstrap", "--account", ADMINISTRATOR],
        env=stack.env_for(GATEWAY) | {"CRM_BOOTSTRAP_PASSWORD": _initial_password(stack)},
    )


def make_first_administrator(stack: Stack) -> bool:
    """Without the demo somebody must be able to log in all the same; False when that was seen to before."""
    if stack.run_dir.recall(ADMINISTRATOR_MADE) or was_shown(stack.run_dir):
        return False
    make_administrator(stack)
    stack.run_dir.remember(ADMINISTRATOR_MADE, value=True)
    return True


def forget(run_dir: RunDir) -> None:
    """Remove the passwords of the demo's people."""
    (run_dir.path / PEOPLE).unlink(missing_ok=True)


def _initial_password(stack: Stack) -> str:
    return stack.run_dir.secret("admin.initial_password")
