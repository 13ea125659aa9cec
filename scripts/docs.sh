#!/bin/bash
# Makes docs/reference/ from the TableGen files and refreshes the snippets of README.md and docs/: scripts/docs.sh
#   --check      changes nothing; fails when a page differs from what it is made of
#   --snippets   the snippets only
#   --check-snippets   both
# A snippet is the code block after a line <!-- from FILE --> or <!-- from FILE#name -->; the latter takes the lines
# between [name] and [/name] in FILE.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-} only_snippets=
case $mode in
  --snippets) only_snippets=yes ;;
  --check-snippets) only_snippets=yes mode=--check ;;
esac

# What FILE or FILE#name holds, without the lines of any markers.
source_of() {
  local file=${1%%#*} name=
  [ "$file" = "$1" ] || name=${1#*#}
  [ -r "$file" ] || { echo "docs.sh: snippet from $1: no such file" >&2; return 1; }
  awk -v name="$name" '
    name != "" && index($0, "[" name "]") { on = 1; next }
    name != "" && index($0, "[/" name "]") { exit }
    name == "" || on { print }' "$file"
}

# A page with its snippets replaced.
refreshed() {
  local line from=
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line =~ ^'<!-- from '([^ ]+)' -->'$ ]]; then
      from=${BASH_REMATCH[1]}
      printf '%s\n' "$line"
    elif [ -n "$from" ] && [[ $line == '```'* ]]; then
      printf '%s\n' "$line"
      source_of "$from"
      while IFS= read -r line && [[ $line != '```' ]]; do :; done
      printf '%s\n' '```'
      from=
    else
      printf '%s\n' "$line"
    fi
  done <"$1"
}

# Not beside the page: two checks may run at the same time.
new=$(mktemp)
trap 'rm -f "$new"' EXIT
status=0
for page in README.md docs/*.md; do
  [ -e "$page" ] && grep -q '^<!-- from ' "$page" || continue
  refreshed "$page" >"$new"
  if cmp -s "$page" "$new"; then
    continue
  elif [ "$mode" = --check ]; then
    echo "docs.sh: $page: snippets differ from their files; run scripts/docs.sh --snippets" >&2
    diff "$page" "$new" >&2 || true
    status=1
  else
    cat "$new" >"$page"
    echo "refreshed $page"
  fi
done
[ -n "$only_snippets" ] && exit $status

# The reference: a page for the ops, and one for the passes of each room.
tblgen=$(command -v mlir-tblgen-22 || echo /usr/lib/llvm-22/bin/mlir-tblgen)
reference() {
  local page=docs/reference/$1.md
  shift
  # The generator's table of contents is a directive of another site's; trailing blanks are not worth a difference.
  "$tblgen" "$@" -I "$(dirname "${*: -1}")" -I /usr/lib/llvm-22/include | sed -e '/^\[TOC\]$/d' -e 's/[ \t]*$//' >"$new"
  if [ "$mode" != --check ]; then
    cat "$new" >"$page"
  elif ! cmp -s "$page" "$new"; then
    echo "docs.sh: $page is not what the TableGen files say; run scripts/docs.sh" >&2
    status=1
  fi
}
mkdir -p docs/reference
reference ops -gen-dialect-doc -dialect=tenon dialects/Tenon/TenonOps.td
for passes in $(git ls-files 'compiler/**/Passes.td'); do
  room=$(basename "$(dirname "$passes")")
  reference "passes-$room" -gen-pass-doc "$passes"
done
exit $status
