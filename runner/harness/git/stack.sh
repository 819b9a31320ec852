# Puts a bundle on top of a repository's objects, in /out/repository, which may be there from before. Arguments: the commit
# it must bring.
set -u
wanted=$1
git() {
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 \
    command git -c core.hooksPath=/dev/null -c gc.auto=0 -c pack.threads=1 -c init.defaultBranch=none -c safe.directory='*' "$@"
}
if [ ! -e /out/repository/ready ]; then
  git init --quiet --bare --template= /out/repository || exit 1
  cp -R /in/repository/objects/. /out/repository/objects/ || exit 1
  : >/out/repository/ready
fi
cd /out/repository || exit 1
git bundle unbundle /in/1.bundle >/dev/null || exit 1
git cat-file -e "$wanted^{commit}" || {
  echo "commit $wanted is not in the bundle" >&2
  exit 1
}
