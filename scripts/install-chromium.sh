#!/bin/sh
# Make sure that there is a Chromium for the tests in the browser, where this machine allows it.
# Without one those tests are skipped (they say how to get it), or fail where BROWSER_REQUIRED=1.
set -eu

found() {
    "${VENV:-.venv}/bin/python" -c 'import sys; from tests.browser.chromium import find; sys.exit(find() is None)'
}

on_debian_as_root() {
    [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1
}

install_package() {
    apt-get install -y -qq --no-install-recommends "$1" fonts-liberation >/dev/null
}

if found || ! on_debian_as_root; then
    exit 0
fi
echo "Installing Chromium for the tests in the browser (apt-get)."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null || true
install_package chromium || true
# Ubuntu's package is an empty shell around a snap; Playwright's own build needs only libraries from apt-get.
found || "${VENV:-.venv}/bin/python" -m playwright install --with-deps chromium >/dev/null || true
found || echo "Chromium could not be installed with apt-get; see above." >&2
