#!/bin/sh
# Installs the build into a fresh prefix and builds a user's project against it: run.sh BUILD_DIR PROJECT WORK_DIR GENERATOR
set -eu
build=$1 project=$2 work=$3 generator=$4
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
cmake -S "$project" -B "$work/build" -G "$generator" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log"
cmake --build "$work/build" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
"$work/build/call" >"$work/output"
cat >"$work/expected" <<'END'
0 1 6
1: scale_apply: argument `x` is null, but has to point to its elements
END
diff -u "$work/expected" "$work/output"

# Nothing of the compiler leaks into the user's program, and the model only needs what it may.
if ldd "$work/build/call" | grep -E 'LLVM|MLIR|stdc'; then
  echo "the C program should not need these"
  exit 1
fi
# Built again without a change: nothing to do.
cmake --build "$work/build" >"$work/again.log"
if grep -q Tracing "$work/again.log"; then
  echo "the model was made twice"
  exit 1
fi
# The runtime's sources came along, for other targets.
"$work/prefix/share/tenon/build-runtime.sh" x86-64 "$work/runtime.a"
