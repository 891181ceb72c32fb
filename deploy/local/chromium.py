"""A Chromium that tests can drive: the machine's own, or Debian's packages unpacked into the cache, fonts included."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import debian
from deploy.local.errors import LocalStackError
from deploy.local.rabbitmq_binaries import cache_dir

PACKAGES = ("chromium", "fonts-wqy-microhei")  # without a Chinese font every sign is a box
INSTALL_HINT = "install Chromium and a Chinese font (Debian: apt-get install chromium fonts-wqy-microhei)"
FONTS = """\
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{tree}/usr/share/fonts</dir><cachedir>{tree}/fonts-cache</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """The program and what it must be told to find its parts."""

    program: Path
    env: Mapping[str, str]


def find() -> Chromium:
    """An installed one, else the newest in the cache, which is filled if it is empty. Raises LocalStackError."""
    if installed := shutil.which("chromium"):
        return Chromium(Path(installed), dict(os.environ))
    tree = debian.newest(cache_dir(), "chromium") or _download(cache_dir())
    libraries = tree / "usr" / "lib"
    program = libraries / "chromium" / "chromium"
    if not program.exists():
        raise LocalStackError(f"{tree} is damaged; remove it and start again, or {INSTALL_HINT}")
    machine = next(libraries.glob("*-linux-gnu*"))
    paths = [str(machine), str(machine / "pulseaudio"), os.environ.get("LD_LIBRARY_PATH", "")]
    env = {"LD_LIBRARY_PATH": ":".join(filter(None, paths)), "FONTCONFIG_FILE": str(tree / "fonts.conf")}
    return Chromium(program, {**os.environ, **env})


def _download(cache: Path) -> Path:
    print("No Chromium installed: fetching Debian's packages (120 MB)", file=sys.stderr, flush=True)
    with debian.working_folder(cache, "chromium") as work:
        packages = debian.Packages(work, hint=INSTALL_HINT)
        final = cache / f"chromium-{packages.version(PACKAGES[0])}"
        tree = packages.unpack_with_what_is_missing(*PACKAGES)
        (tree / "fonts.conf").write_text(FONTS.format(tree=final))
        with contextlib.suppress(OSError):  # somebody else was quicker; theirs is as good
            tree.rename(final)
    return final
