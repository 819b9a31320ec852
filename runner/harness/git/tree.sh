# First part of what runs inside a sandbox: builds a tree in /work/tree from the read-only repository.
# Answers go out through fd 3 as frames: "name number size", a line feed, then as many bytes.
set -u
commit=$1 reverts=$2 overlay=$3 paths=$4
shift 4
repository=/in/repository out=/work/out
lf='
'

frame() { # name number file
  printf '%s %s %s\n' "$1" "$2" "$(wc -c <"$3")" >&3
  cat -- "$3" >&3
}

give_up() { # name
  frame "$1" 0 "$out/reason"
  exit 70
}

# As on a machine that nobody configured; the author and the dates make equal reverts equal commits.
git() {
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 GIT_EDITOR=: \
    GIT_GLOB_PATHSPECS=1 \
    GIT_AUTHOR_NAME='recipe' GIT_AUTHOR_EMAIL='recipe@pilothouse.invalid' GIT_AUTHOR_DATE="${date:-}" \
    GIT_COMMITTER_NAME='recipe' GIT_COMMITTER_EMAIL='recipe@pilothouse.invalid' GIT_COMMITTER_DATE="${date:-}" \
    command git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c gc.auto=0 -c advice.detachedHead=false \
    -c core.quotePath=false -c init.defaultBranch=none -c commit.gpgSign=false -c core.autocrlf=false "$@" 3>&-
}

mkdir "$out" &&
  git init --quiet --template= /work/tree 2>"$out/reason" &&
  mkdir -p /work/tree/.git/objects/info &&
  echo "$repository/objects" >/work/tree/.git/objects/info/alternates &&
  cd /work/tree &&
  git checkout --quiet --detach "$commit" 2>>"$out/reason" || give_up broken
date=$(git show --no-patch --format=%cI HEAD)

revert() { # commit or commit:parent
  culprit=${1%%:*}
  mainline=
  [ "$culprit" = "$1" ] || mainline="--mainline=${1##*:}"
  git revert --no-edit $mainline "$culprit" >"$out/reason" 2>&1 && return
  git diff --name-only --diff-filter=U >"$out/conflicts"
  if [ -s "$out/conflicts" ]; then
    frame conflict 0 "$out/conflicts"
    IFS=$lf
    set -f
    git log --first-parent --max-count=1 --format='%h %s' "$culprit..$commit" -- $(cat "$out/conflicts") >"$out/later"
    frame later 0 "$out/later"
  elif git diff --quiet HEAD; then
    frame empty 0 /dev/null
  else
    give_up broken
  fi
  exit 70
}
for entry in $reverts; do
  revert "$entry"
done

# What belongs to the harness comes from another commit: changed back, put back, and what is only here removed.
if [ -n "$overlay" ]; then
  (
    IFS=$lf
    set -f
    git diff --binary --full-index --no-renames --no-color --no-ext-diff --no-textconv HEAD "$overlay" -- $paths
  ) >"$out/overlay" 2>"$out/reason" &&
    git apply --allow-empty --index --whitespace=nowarn "$out/overlay" 2>>"$out/reason" || give_up broken
fi
git write-tree >"$out/tree" 2>"$out/reason" || give_up broken
frame tree 0 "$out/tree"
