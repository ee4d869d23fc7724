#!/bin/sh
# All static checks; every one is run, and the exit status says whether all have passed.
set -u

bin=${VENV:-.venv}/bin
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
status=0

check() {
    echo "== $1"
    shift
    "$@" || status=1
}

check "ruff check" "$bin/python" -m ruff check .
check "ruff format" "$bin/python" -m ruff format --check .
check "mypy: search and runtime" "$bin/python" -m mypy
check "import rules" "$bin/python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command(["--no-logo"])'
check "migrations" env DATA_DIR="$data" "$bin/python" manage.py makemigrations --check --dry-run
check "production settings" env DATA_DIR="$data" HTTPS=1 DEBUG=0 ALLOWED_HOSTS=console.example \
    SECRET_KEY="$("$bin/python" -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    "$bin/python" manage.py check --deploy --fail-level WARNING

[ "$status" = 0 ] && echo "All checks have passed."
exit "$status"
