#!/usr/bin/env bash
# Make sure that there is a Chromium for the tests of the pages; does nothing where there is one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if found="$(command -v "$name")"; then
        echo "bunco: the browser is $found"
        exit 0
    fi
done

if command -v apt-get > /dev/null; then
    as_root=()
    [[ "$(id -u)" == 0 ]] || as_root=(sudo -n)
    if [[ "$(id -u)" == 0 ]] || sudo -n true 2> /dev/null; then
        echo "bunco: installing Debian's chromium"
        export DEBIAN_FRONTEND=noninteractive
        if "${as_root[@]}" apt-get update -qq \
            && "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
                chromium fonts-dejavu-core fonts-noto-color-emoji > /dev/null; then
            exit 0
        fi
        echo "bunco: apt could not install it" >&2
    fi
fi

echo "bunco: fetching Playwright's chromium"
.venv/bin/python -m playwright install chromium
