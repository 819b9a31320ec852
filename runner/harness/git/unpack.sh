# Makes a bare repository of bundles in /out/repository. Arguments: how many bundles, then the commits it must hold.
set -u
count=$1
shift
git() {
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 \
    command git -c core.hooksPath=/dev/null -c gc.auto=0 -c pack.threads=1 -c init.defaultBranch=none -c safe.directory='*' "$@"
}
git init --quiet --bare --template= /out/repository || exit 1
cd /out/repository || exit 1
number=1
while [ "$number" -le "$count" ]; do
  git bundle unbundle "/in/$number.bundle" >/dev/null || exit 1
  number=$((number + 1))
done
for wanted in "$@"; do
  git cat-file -e "$wanted^{commit}" || {
    echo "commit $wanted is not in the bundles" >&2
    exit 1
  }
done
