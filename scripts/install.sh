#!/bin/sh
# Make the virtual environment and install a list of packages, unless that has been done.
# usage: VENV=.venv PYTHON=python3 scripts/install.sh requirements.txt|requirements-dev.txt
set -eu

VENV=${VENV:-.venv}

suitable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suitable "$PYTHON" || {
            echo "PYTHON=$PYTHON is not a Python of at least 3.11. Name another one." >&2
            exit 1
        }
        echo "$PYTHON"
        return
    fi
    for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if suitable "$name"; then
            echo "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "Argmax needs Python 3.11 or later; this machine has $found." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make run PYTHON=/path/to/python3" >&2
    exit 1
}

make_environment() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || {
        echo "$python cannot make virtual environments: its venv module is missing." >&2
        echo "Install it (Debian, Ubuntu: apt-get install python3-venv), then repeat the command." >&2
        exit 1
    }
    echo "Making a virtual environment in $VENV with $("$python" --version)."
    "$python" -m venv --clear "$VENV"
}

# An environment that a Python update has broken, or that is too old, is made again.
suitable "$VENV/bin/python" && "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1 || make_environment

# What was installed last is kept beside it: installing again only when the lists have changed.
list=$1
stamp=$VENV/installed-$list
wanted=$(cat requirements.txt "$list")
if [ "$wanted" != "$(cat "$stamp" 2>/dev/null || true)" ]; then
    echo "Installing the packages of $list (a minute or two the first time)."
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r "$list" || {
        echo "The packages could not be installed; see above. A proxy or mirror is set with pip's PIP_* variables." >&2
        exit 1
    }
    printf '%s\n' "$wanted" >"$stamp"
fi
