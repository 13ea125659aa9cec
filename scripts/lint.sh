#!/bin/bash
# Checks formatting (clang-format) and common mistakes (clang-tidy): scripts/lint.sh [--fix] [--format] [--all | files]
# --fix mends what it can; --format leaves clang-tidy out, which takes ten seconds a file.
# Without files: those that differ from the main branch. clang-tidy needs a configured build/ (scripts/build.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
fix= tidy=yes files=()
for argument in "$@"; do
  case $argument in
    --fix) fix=yes ;;
    --format) tidy= ;;
    --all) mapfile -t files < <(git ls-files) ;;
    *) files+=("$argument") ;;
  esac
done
if [ ${#files[@]} -eq 0 ]; then
  base=$(git merge-base HEAD origin/main 2>/dev/null || git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard)
fi

sources=() units=()
for file in "${files[@]}"; do
  case $file in
    *.c | *.cpp | *.h | *.hpp) sources+=("$file") ;;&
    *.c | *.cpp) [ -n "$tidy" ] && grep -qF "/$file\"" build/compile_commands.json 2>/dev/null && units+=("$file") ;;
  esac
done
[ ${#sources[@]} -eq 0 ] && { echo "lint: nothing to check"; exit 0; }

status=0
if [ -n "$fix" ]; then
  clang-format-22 -i "${sources[@]}"
else
  clang-format-22 --dry-run --Werror "${sources[@]}" || status=1
fi
if [ ${#units[@]} -gt 0 ]; then
  printf '%s\0' "${units[@]}" | xargs -0 -n 1 -P "$(nproc)" \
    clang-tidy-22 -p build --quiet --warnings-as-errors='*' ${fix:+--fix} 2>/dev/null || status=1
fi
[ $status -eq 0 ] && echo "lint: ${#sources[@]} files formatted, ${#units[@]} checked by clang-tidy"
exit $status
