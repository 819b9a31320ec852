# Second part: what each command, one argument each, prints about its version. They are the harness's own words, and so are the
# programs around them: those of packages are looked up for the command alone.
programs="/opt/ph:$PWD/node_modules/.bin:$PATH"
for line in "$@"; do
  if timeout 20 env PATH="$programs" /bin/sh -c "$line" >"$out/said" 2>&1 3>&- </dev/null; then
    head -n 1 "$out/said" | head -c 400 >"$out/line"
  else
    : >"$out/line"
  fi
  frame version 0 "$out/line"
done
