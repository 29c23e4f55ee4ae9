#!/usr/bin/env bash
# Debian packages that `make test` needs beside Python. Root installs what is missing; everybody else uses what is
# there, and the tests that could not run are listed under NOT RUN at the end.
set -euo pipefail

missing=()
PATH=$PATH:/usr/sbin:/sbin
have() { command -v "$1" >/dev/null 2>&1; }
have chromium || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb || missing+=(postgresql)
ldconfig -p | grep libatomic.so.1 >/dev/null || missing+=(libatomic1)  # Playwright's driver
compgen -G '/usr/share/fonts/truetype/dejavu/*.ttf' >/dev/null || missing+=(fonts-dejavu-core)

((${#missing[@]})) || exit 0
if ((EUID != 0)) || ! have apt-get; then
    echo "not installed, and only root may: ${missing[*]}" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# A cluster that Debian starts on its own would only be in the way: the tests make theirs in a temporary folder.
mkdir -p /etc/postgresql-common
[[ -e /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
# On purpose not fatal: without them the other tests still run, and NOT RUN says what is missing.
{ apt-get update -q && apt-get install -qy --no-install-recommends "${missing[@]}"; } ||
    echo "could not install: ${missing[*]}" >&2
