#!/bin/sh
# A project outside that uses the installed package: project.sh BUILD PROJECT WORK GENERATOR COMPILER
set -eu
build=$1 project=$2 work=$3 generator=$4 compiler=$5
rm -rf "$work"
mkdir -p "$work/a project"
cp -r "$project/." "$work/a project"
cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
cmake -S "$work/a project" -B "$work/build dir" -G "$generator" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" >"$work/configure.log"

fail() {
  echo "$1"
  exit 1
}
# make: builds, and says what was printed where it fails
make() { cmake --build "$work/build dir" >"$work/log" 2>&1; }
# expect TEXT: the program prints this
expect() {
  make || { cat "$work/log"; fail "does not build"; }
  "$work/build dir/run" >"$work/output"
  printf "$1" | diff -u - "$work/output"
}

expect '111 111\n50 50\n'
make
! grep -q Rewriting "$work/log" || fail "rewritten again without a change"

# A header that the file includes.
sed -i 's/100/200/' "$work/a project/include/bonus.h"
expect '211 211\n50 50\n'
grep -q Rewriting "$work/log" || fail "a changed header did not rewrite the file"

# A definition of a library that the target links.
sed -i 's/LIMIT=10/LIMIT=20/' "$work/a project/CMakeLists.txt"
expect '221 221\n50 50\n'

# The debugger sees the user's file and lines.
if command -v readelf >/dev/null; then
  readelf --debug-dump=decodedline "$work/build dir/run" 2>/dev/null >"$work/lines"
  grep -Eq 'model\.cpp +9 ' "$work/lines" || fail "line 9 of model.cpp is not in the debugger's table"
fi

# An error of the compiler, and a refusal, name the user's line.
model="$work/a project/parts/model.cpp"
cp "$model" "$work/model.cpp"
sed -i '9s/x += STEP;/x += STEP; int unused;/' "$model"
! make || fail "a warning should be an error"
grep -q 'parts/model.cpp:9:.*unused' "$work/log" || { cat "$work/log"; fail "the compiler names another line"; }
sed -i '6s/.*/  do x += 1; while (x < LIMIT); if (x > LIMIT)/' "$model"
! make || fail "a refusal should end the build"
grep -q 'parts/model.cpp:6:3: error: `do ... while` on a Tensor' "$work/log" || { cat "$work/log"; fail "no refusal"; }
cp "$work/model.cpp" "$model"
expect '221 221\n50 50\n'
