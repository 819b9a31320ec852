# Second part: runs the test command with its framework's own counter, which writes into a folder that is none of the tree's,
# then hands out what it counted of a few files.
gather=$1 method=$2 files=$3 after=$4
shift 4
mkdir "$out/coverage" || give_up broken
"$@" 3>&- </dev/null >/dev/null 2>&1
[ -z "$after" ] || sh -c "$after" 3>&- </dev/null >/dev/null 2>&1
exec node --input-type=module --eval "$gather" -- "$method" "$out/coverage" "$files"
