# Lists first-parent history, newest first: commit, tree, parents, author, subject; each ends with NUL.
set -u
commit=$1 count=$2
cd /in/repository
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null command git --git-dir=. -c safe.directory='*' -c core.quotePath=false \
  log --first-parent --no-show-signature --no-decorate --no-color --max-count="$count" \
  -z --format='%H%x00%T%x00%P%x00%an%x00%s' "$commit" -- >&3
