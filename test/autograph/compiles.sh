#!/bin/sh
# The page of statements, with Tenon's own header: rewritten within 1.5 s of CPU, without a warning from any compiler.
# compiles.sh TENON_AUTOGRAPH FOLDER INCLUDES COMPILER...
set -eu
tool=$1 folder=$2 includes=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed 's|"declarations.h"|<tenon/tenon.h>|' "$folder/statements.cpp" >"$work/page.cpp"
(
  ulimit -t 2 # seconds; a sanitized or unoptimized tool would need more than 1.5
  "$tool" "$work/page.cpp" -o "$work/out.cpp" -- -std=c++20 "-I$includes"
)
for compiler; do
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only "-I$includes" "$work/out.cpp"
done
