#!/bin/sh
# Makes .venv from requirements.lock with the `crm` command in it, or brings it up to date.
# Quick when there is nothing to do.
#
# Needs Python 3.11 or newer: `python3`, else the newest python3.11 … python3.14 on the PATH;
# PYTHON=/some/python3 chooses one. No environment need be active.

set -eu
cd "$(dirname "$0")/../.."

venv=.venv
lock=requirements.lock
stamp=$venv/.made-from
project=pyproject.toml
project_stamp=$venv/.installed-from

fail() {
    echo "error: $*" >&2
    exit 1
}

new_enough() { # <python>
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer found; install one (Debian: apt-get install python3 python3-venv) or set PYTHON"
}

make_venv() { # <python>: with its own pip, else with the machine's pip, else with uv
    rm -rf "$venv"
    "$1" -m venv "$venv" >/dev/null 2>&1 && return
    rm -rf "$venv"
    if "$1" -m pip --version >/dev/null 2>&1 && "$1" -m venv --without-pip "$venv" >/dev/null 2>&1; then
        "$1" -m pip --quiet --python "$venv/bin/python" install pip >/dev/null 2>&1 && return
        rm -rf "$venv"
    fi
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --seed --python "$1" "$venv" >/dev/null 2>&1 && return
        rm -rf "$venv"
    fi
    fail "$1 cannot make virtual environments; install them (Debian: apt-get install python3-venv)"
}

is_made() { # the environment works and was made from this very lock file
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cksum "$lock")" ]
}

install_packages() {
    if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        echo "Making $venv with $("$python" --version)"
        make_venv "$python"
    fi
    echo "Installing what $lock names"
    rm -f "$stamp" "$project_stamp"
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
        fail "the packages cannot be installed; see above"
    cksum "$lock" >"$stamp"
}

is_installed() { # `crm` is there and of this very project file
    [ -x "$venv/bin/crm" ] && [ -f "$project_stamp" ] && [ "$(cat "$project_stamp")" = "$(cksum "$project")" ]
}

install_project() { # in place, by the setuptools of the lock file: nothing is fetched
    rm -f "$project_stamp"
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check \
        --no-index --no-deps --no-build-isolation --editable . || fail "the project cannot be installed; see above"
    cksum "$project" >"$project_stamp"
}

[ -f "$lock" ] || fail "$lock is missing from $(pwd)"
is_made || install_packages
is_installed || install_project
