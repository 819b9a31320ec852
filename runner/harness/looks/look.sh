# Second part: looks at the tree. `files BASE PATH…`: what changed since the base, and whether each path is there;
# `command WORD…`: runs it and says how it ended. What it prints is nobody's.
mode=$1
shift
if [ "$mode" = files ]; then
  git diff --numstat -z --no-renames --no-ext-diff --no-textconv "$1" HEAD >"$out/numstat" || give_up broken
  frame numstat 0 "$out/numstat"
  shift
  for path in "$@"; do
    if [ -e "./$path" ] || [ -L "./$path" ]; then frame path 1 /dev/null; else frame path 0 /dev/null; fi
  done
  exit 0
fi
"$@" 3>&- </dev/null >/dev/null 2>&1
code=$?
frame ended "$code" /dev/null
exit "$code"
