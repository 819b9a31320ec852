# Second part: runs the test command in the tree. Only what it wrote to the report file is read.
report=$1 cap=$2
shift 2
# Files in the place of the tree's own come through stdin: path, size, bytes.
while IFS= read -r path && IFS= read -r size; do
  if [ -f "./$path" ] && [ ! -L "./$path" ]; then
    head -c "$size" >"./$path"
  else
    head -c "$size" >/dev/null
  fi
done
rm -rf -- "./$report"
"$@" 3>&- </dev/null
code=$?
if [ ! -e "./$report" ]; then
  frame missing "$code" /dev/null
elif [ ! -f "./$report" ] || [ -L "./$report" ]; then
  frame irregular "$code" /dev/null
elif [ "$(wc -c <"./$report")" -gt "$cap" ]; then
  frame oversized "$code" /dev/null
else
  frame report "$code" "./$report"
fi
exit "$code"
