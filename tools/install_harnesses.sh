#!/bin/sh
# The production harnesses at the exact versions of harnesses/package.json, in harnesses/node_modules. What OpenCode needs
# beside itself (ripgrep) is installed too; the sandbox has a script of its own (tools/install_sandbox.sh).
set -eu
cd "$(dirname "$0")/.."

packages=""
command -v node >/dev/null || packages="$packages nodejs"
command -v npm >/dev/null || packages="$packages npm"
command -v rg >/dev/null || packages="$packages ripgrep"
if [ -n "$packages" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "The harnesses need$packages. On Debian or Ubuntu: sudo apt-get install$packages" >&2
        exit 1
    fi
    echo "Installing$packages ..."
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; then
    echo "The harnesses need node 20 or newer; this is node $(node --version)." >&2
    exit 1
fi

# A lock file would hold the addresses from which npm loaded; exact versions are in package.json.
cd harnesses
if npm ls --depth=0 --silent >/dev/null 2>&1; then
    echo "The harnesses are installed."
else
    npm install --no-package-lock --no-audit --no-fund --loglevel=error
fi
