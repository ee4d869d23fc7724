#!/bin/sh
# Make sure that there is a bubblewrap for the tests that run custom images, where this machine allows it.
# Without one those tests are skipped (they say how to get it), or fail where BUBBLEWRAP_REQUIRED=1.
set -eu

found() {
    command -v bwrap >/dev/null 2>&1
}

on_debian_as_root() {
    [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1
}

if found || ! on_debian_as_root; then
    exit 0
fi
echo "Installing bubblewrap for the tests of custom images (apt-get)."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null || true
apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null || true
found || echo "bubblewrap could not be installed with apt-get; see above." >&2
