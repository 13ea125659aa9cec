#!/bin/sh
# Compares each message with the line that a page expects it at: refusals.sh TENON_AUTOGRAPH PAGE.cpp
# In the page `// expect error: text` stands at the end of the line that the text is about.
set -u
page=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$page" -o "$work/out.cpp" -- -std=c++20 2>"$work/messages"
code=$?
sed -n 's/.*\.cpp:\([0-9]*\):[0-9]*: \(error\|warning\): \(.*\) \[tenon-autograph\]$/\1: \2: \3/p' "$work/messages" |
  sort -n >"$work/actual"
grep -n '// expect ' "$page" | sed 's|^\([0-9]*\):.*// expect |\1: |' >"$work/expected"
diff -u "$work/expected" "$work/actual" || { grep -v '^ ' "$work/messages" | tail -5; exit 1; }
[ -s "$work/expected" ] || { echo "the page expects nothing"; exit 1; }
[ $code -eq 1 ] || { echo "exit code $code, expected 1"; exit 1; }
[ ! -e "$work/out.cpp" ] || { echo "refused, but written"; exit 1; }
