"""The walk through the main job on the first start."""

import importlib

from deploy.local.errors import LocalStackError
from deploy.local.stack import Stack

MODULE = "simulator.demo"
MARKER = "demo_shown"


def show_once(stack: Stack) -> None:
    """Load the demo group and walk it aloud, if this run directory has not seen it."""
    if stack.run_dir.recall(MARKER):
        return
    try:
        walk = importlib.import_module(MODULE)
    except ModuleNotFoundError as missing:
        raise LocalStackError(f"the demo is not there ({missing}); start with --no-demo") from missing
    walk.main(stack.base_url, stack.run_dir.secrets())
    stack.run_dir.remember(MARKER, True)
