# Second part: runs the test command with the engine's own counts, then hands out those of a few files.
gather=$1
shift
files=$1
shift
mkdir "$out/coverage" || give_up broken
NODE_V8_COVERAGE="$out/coverage" "$@" 3>&- </dev/null >/dev/null 2>&1
exec node --input-type=module --eval "$gather" -- "$out/coverage" "$files"
