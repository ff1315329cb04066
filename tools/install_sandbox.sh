#!/bin/sh
# What the harness study's own small computers need of Debian: bubblewrap, an ssh server's files, rsync.
#
# bubblewrap and the ssh server are unpacked into the user's cache and never installed: no service is started, no user is
# made, and /usr, which those computers see, stays as it was. The rest is ordinary Debian packages, which need root.
set -eu
folder="${XDG_CACHE_HOME:-$HOME/.cache}/peerward/programs"
unpacked="bubblewrap openssh-server"
installed=""
need() { [ -e "$1" ] || [ -e "/usr$1" ] || installed="$installed $2"; }
need /usr/bin/ssh openssh-client
need /usr/lib/openssh/sftp-server openssh-sftp-server
need /usr/bin/rsync rsync
need /bin/ip iproute2
need /bin/ps procps
need /usr/bin/nsenter util-linux
ls /lib/*/libwrap.so.0 /usr/lib/*/libwrap.so.0 >/dev/null 2>&1 || installed="$installed libwrap0"

if ! command -v apt-get >/dev/null; then
    echo "This script knows Debian and Ubuntu. Install bubblewrap, openssh-server's files, rsync and iproute2 by hand." >&2
    exit 1
fi
there() { [ -x "$folder/$1" ] || [ -x "/usr/bin/$1" ] || [ -x "/usr/sbin/$1" ]; }
if [ -z "$installed" ] && there bwrap && there sshd; then exit 0; fi
if [ "$(id -u)" = 0 ]; then apt-get update -qq; fi
if [ -n "$installed" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "Root has to install these first: sudo apt-get install --no-install-recommends$installed" >&2
        exit 1
    fi
    echo "Installing$installed ..."
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $installed >/dev/null
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
# shellcheck disable=SC2086
apt-get -qq -o APT::Sandbox::User=root download $unpacked
for package in ./*.deb; do dpkg-deb -x "$package" files; done
mkdir -p "$folder"
for program in usr/bin/bwrap usr/sbin/sshd; do
    install -m 755 "files/$program" "$folder/.new"
    mv -f "$folder/.new" "$folder/$(basename "$program")"
done
echo "Unpacked bwrap and sshd to $folder"
