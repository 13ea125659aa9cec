#!/bin/bash
# Makes docs/reference/ from the TableGen files and refreshes the snippets of README.md and docs/: scripts/docs.sh
#   --check      changes nothing; fails when a snippet differs from its file
#   --snippets   the snippets only, which need no build
# A snippet is the code block after a line <!-- from FILE --> or <!-- from FILE#name -->; the latter takes the lines
# between [name] and [/name] in FILE.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-}

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

status=0
for page in README.md docs/*.md; do
  [ -e "$page" ] && grep -q '^<!-- from ' "$page" || continue
  refreshed "$page" >"$page.new" || { rm -f "$page.new"; exit 1; }
  if cmp -s "$page" "$page.new"; then
    rm "$page.new"
  elif [ "$mode" = --check ]; then
    echo "docs.sh: $page: snippets differ from their files; run scripts/docs.sh --snippets" >&2
    diff "$page" "$page.new" >&2 || true
    rm "$page.new"
    status=1
  else
    mv "$page.new" "$page"
    echo "refreshed $page"
  fi
done
[ "$mode" = --check ] || [ "$mode" = --snippets ] && exit $status

scripts/build.sh mlir-doc
mkdir -p docs/reference
for page in build/docs/docs/*.md; do
  # What the generator writes for no summary, and trailing blanks, are not worth a difference.
  sed -e '/^\[TOC\]$/d' -e 's/[ \t]*$//' "$page" >"docs/reference/$(basename "$page")"
done
echo "docs/reference: $(ls docs/reference | wc -l) pages"
