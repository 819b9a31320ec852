# Second part: a script of ours reads the tree.
script=$1
shift
exec node --input-type=module --eval "$script" -- "$@"
