#!/bin/sh
# What the digits object and header promise: object.sh CHECK FOLDER RUNTIME.a SOURCE_DIR
set -eu
check=$1 folder=$2 runtime=$3 source=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $check in
symbols)
  # It needs memcpy, memmove, memset and the runtime, and shows nothing without its prefix.
  needs=$(nm -u "$folder/digits.o" | awk '{ print $2 }' | grep -vE '^(memcpy|memmove|memset|tenon_runtime_.*|_GLOBAL_OFFSET_TABLE_)$' || true)
  [ -z "$needs" ] || { echo "digits.o needs" $needs; exit 1; }
  shows=$(nm -g --defined-only "$folder/digits.o" | awk '{ print $3 }' | grep -v '^digits_' || true)
  [ -z "$shows" ] || { echo "digits.o shows" $shows; exit 1; }
  ;;
size)
  # The whole program, runtime included, without the weights (64*128 + 128 + 128*10 + 10 floats) and the C library.
  cc -std=c99 -Os -I"$folder" "$source/examples/digits/accuracy.c" "$folder/digits.o" "$runtime" -Wl,--gc-sections \
    -o "$work/program"
  size "$work/program"
  bytes=$(size "$work/program" | awk 'NR == 2 { print $1 + $2 }')
  echo "$((bytes - 38440)) bytes besides the weights"
  [ $((bytes - 38440)) -gt 1000 ] && [ $((bytes - 38440)) -le 65536 ]
  ;;
header)
  # Alone, in any order, in C99 and C++, without a warning.
  printf '#include "digits.h"\n#include "digits.h"\n#include "tenon/runtime/abi.h"\nint unused;\n' >"$work/a.c"
  printf '#include "tenon/runtime/abi.h"\n#include "digits.h"\nint unused;\n' >"$work/b.c"
  for file in a b; do
    gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$folder" -I"$source/runtime/include" -c "$work/$file.c" -o "$work/$file.o"
    g++ -std=c++11 -x c++ -Wall -Wextra -Wpedantic -Werror -I"$folder" -I"$source/runtime/include" -c "$work/$file.c" -o "$work/$file.o"
  done
  printf '#include "digits.hpp"\nint main() { return 0; }\n' >"$work/c.cpp"
  g++ -std=c++20 -Wall -Wextra -Werror -I"$folder" -I"$source/runtime/include" -c "$work/c.cpp" -o "$work/c.o"
  ;;
esac
