#!/usr/bin/env bash
# Installs the dependencies where they are missing or out of date, then goes on with the Node that came
# with them. Needs only bash, Node 20 or newer and npm of the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "$1" >&2
  exit 1
}

command=${1:-up}
[ $# -gt 0 ] && shift

# npm puts node_modules/.bin first: installing must not depend on what it replaces.
host_path=$(printf '%s' "$PATH" | tr ':' '\n' | grep -v '/node_modules/\.bin$' | paste -sd ':' -)

PATH=$host_path command -v node >/dev/null || fail "Node is missing: install Node 20 or newer (https://nodejs.org), then run this again."
PATH=$host_path command -v npm >/dev/null || fail "npm is missing: install it (on Debian and Ubuntu: apt-get install -y npm), then run this again."
major=$(PATH=$host_path node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || fail "This host has Node $major; install Node 20 or newer (https://nodejs.org), then run this again."
[ -w . ] || [ -d node_modules ] || fail "$(pwd) is not writable for $(id -un): run this as the user that owns it."

if ! PATH=$host_path node scripts/installed.mjs; then
  [ "$command" = doctor ] && fail "The dependencies are not installed or not current: run \`npm ci\`."
  started=$SECONDS
  echo "  … Installing dependencies (a minute the first time)"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! PATH=$host_path npm ci >"$log" 2>&1; then
    if grep -qE 'EUSAGE|EINTEGRITY' "$log"; then
      echo "  ! package-lock.json cannot be used as it is here; installing by package.json instead. npm said:"
      grep -m 3 'npm error' "$log" | sed 's/^/      /'
      PATH=$host_path npm install --no-save >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "npm could not install the dependencies."; }
    else
      tail -n 20 "$log" >&2
      fail "npm could not install the dependencies; the lines above say why."
    fi
  fi
  echo "  ✓ Dependencies installed ($((SECONDS - started)) s)"
fi

[ -x node_modules/.bin/node ] || fail "There is no Node 24 for this machine among the dependencies: Pilothouse runs on Linux on x64 or arm64."
PATH="$PWD/node_modules/.bin:$host_path"
export PATH

if [ "$command" = test ]; then
  exec node_modules/.bin/node scripts/test.ts "$@"
fi
exec node_modules/.bin/node cli/main.ts "$command" "$@"
