# Second part: hands the commits on top of the base out as a bundle.
cap=$1
git update-ref refs/heads/patch HEAD &&
  git diff --numstat -z --no-renames --no-ext-diff --no-textconv "$commit" HEAD >"$out/numstat" &&
  git bundle create --quiet "$out/bundle" refs/heads/patch "^$commit" 2>"$out/reason" || give_up broken
[ "$(wc -c <"$out/bundle")" -le "$cap" ] || {
  frame oversized 0 /dev/null
  exit 70
}
frame numstat 0 "$out/numstat"
frame bundle 0 "$out/bundle"
