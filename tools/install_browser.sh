#!/bin/sh
# What the browser tests need beside Python: Debian's Chromium with its driver, and axe-core in the folder .browser.
set -eu
cd "$(dirname "$0")/.."
axe="4.14.1"

packages=""
command -v chromium >/dev/null || packages="$packages chromium"
command -v chromedriver >/dev/null || packages="$packages chromium-driver"
command -v npm >/dev/null || packages="$packages npm"
if [ -n "$packages" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "The browser tests need$packages. On Debian or Ubuntu: sudo apt-get install$packages" >&2
        exit 1
    fi
    echo "Installing$packages ..."
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

package=".browser/node_modules/axe-core/package.json"
if ! grep -q "\"version\": \"$axe\"" "$package" 2>/dev/null; then
    npm install --no-save --no-package-lock --no-audit --no-fund --silent --prefix .browser "axe-core@$axe"
fi
