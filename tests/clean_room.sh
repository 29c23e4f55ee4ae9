#!/usr/bin/env bash
# Proves both commands on a bare Debian 12: a fresh debootstrap tree with `git make python3 python3-venv` and nothing else,
# a clone of the committed tree in it, `make run` until a page answers, then `make test` as root.
#
#   sudo tests/clean_room.sh            both
#   sudo tests/clean_room.sh run|test   one of them
#   KEEP=1                              leave the room standing;  ROOM=DIR  use this folder again
#
# How this machine reaches its package mirrors (apt sources, pip configuration, certificates, proxies) is copied in at run
# time and is no part of the tree.
set -euo pipefail

what=${1:-both}
root=$(cd "$(dirname "$0")/.." && pwd)
room=${ROOM:-$(mktemp -d /var/tmp/kawal-clean-room.XXXXXX)}
# mktemp closes the folder to others; as the root of a room it must let its unprivileged users (the test database) in.
chmod 755 "$room" 2>/dev/null || true
port=${PORT:-8477}
home=/srv/kawal
say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"; }
fail() { say "FAILED: $*"; exit 1; }

((EUID == 0)) || fail "debootstrap needs root"
command -v debootstrap >/dev/null || fail "debootstrap is not installed"

mounted=()
server=
cleanup() {
    [[ -z $server ]] || { kill -TERM -- "-$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount -l "${mounted[i]}" 2>/dev/null || true; done
    if [[ -z ${KEEP:-} && -z ${ROOM:-} ]]; then rm -rf --one-file-system "$room"; else say "the room stands in $room"; fi
}
trap cleanup EXIT

# --- the room ---------------------------------------------------------------------------------------------------------

sources() {
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
        grep -w -e bookworm -e bookworm-security -e bookworm-updates | sort -u
}
mirror=$(sources | awk '$3 == "bookworm" { print $2; exit }')
[[ -n $mirror ]] || fail "this machine has no apt source for bookworm (apt-get update first?)"

if [[ ! -e $room/etc/debian_version ]]; then
    say "debootstrap into $room"
    debootstrap --variant=minbase --include=git,make,python3,python3-venv bookworm "$room" "$mirror" >"$room.log" 2>&1 ||
        { tail -20 "$room.log"; fail debootstrap; }
    rm -f "$room.log"
fi
sources >"$room/etc/apt/sources.list"
cp -L /etc/resolv.conf /etc/hosts "$room/etc/"
for path in /etc/pip.conf /etc/xdg/pip /etc/npmrc /etc/ssl/certs/ca-certificates.crt; do
    [[ -e $path ]] || continue
    mkdir -p "$room$(dirname "$path")"
    cp -rL "$path" "$room$(dirname "$path")/"
done
for kind in proc dev dev/pts dev/shm; do
    mkdir -p "$room/$kind"
    mount --bind "/$kind" "$room/$kind" && mounted+=("$room/$kind")
done
caches=${XDG_CACHE_HOME:-$HOME/.cache}/pip
if [[ -d $caches ]]; then  # "warm package caches"
    mkdir -p "$room/root/.cache/pip"
    mount --bind "$caches" "$room/root/.cache/pip" && mounted+=("$room/root/.cache/pip")
fi

passed=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
while IFS= read -r line; do passed+=("$line"); done < <(
    env | grep -iE '^(https?_proxy|no_proxy|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CERT|CONSTRAINT|DEFAULT_TIMEOUT)|SSL_CERT_FILE|NODE_EXTRA_CA_CERTS|npm_config_[a-z_]+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|JOBS)=' || true)
inside() { chroot "$room" env -i "${passed[@]}" bash -c "cd $home && $1"; }

say "clone $(git -C "$root" rev-parse --short HEAD)"
rm -rf "${room:?}$home"
git clone -q --no-local "$root" "$room$home"
began=$SECONDS

# --- make run ---------------------------------------------------------------------------------------------------------

if [[ $what != test ]]; then
    say "make run"
    setsid chroot "$room" env -i "${passed[@]}" bash -c "cd $home && exec make run PORT=$port" >"$room/run.log" 2>&1 &
    server=$!
    until inside "python3 -c 'import urllib.request as u; page = u.urlopen(\"http://127.0.0.1:$port/\", timeout=5); \
assert b\"Kawal\" in page.read()'" 2>/dev/null; do
        kill -0 "$server" 2>/dev/null || { tail -40 "$room/run.log"; fail "make run ended before a page answered"; }
        ((SECONDS - began < 900)) || { tail -40 "$room/run.log"; fail "no page after 15 minutes"; }
        sleep 1
    done
    say "first page after $((SECONDS - began)) s"
    kill -TERM -- "-$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
fi

# --- make test --------------------------------------------------------------------------------------------------------

if [[ $what != run ]]; then
    say "make test"
    began=$SECONDS
    inside "make test" 2>&1 | tee "$room/test.log" || fail "make test, after $((SECONDS - began)) s"
    say "make test green after $((SECONDS - began)) s"
fi
