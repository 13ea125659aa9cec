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

# Coverage counts what ran: gcov the user's lines; llvm-cov those of the rewritten file, which are one further down.
coverage() { # WORK FOLDER, into "$work/counts"
  case $("$compiler" --version) in
  *clang*)
    tools=$(dirname "$(readlink -f "$(command -v "$compiler")")")
    [ -x "$tools/llvm-cov" ] || return 1
    LLVM_PROFILE_FILE="$work/run.profraw" "$1/run" >"$work/output"
    "$tools/llvm-profdata" merge "$work/run.profraw" -o "$work/run.profdata"
    "$tools/llvm-cov" show "$1/run" -instr-profile="$work/run.profdata" >"$work/counts"
    ;;
  *)
    command -v gcov >/dev/null || return 1
    "$1/run" >"$work/output"
    (cd "$work" && find "$1" -name 'model*.gcda' -exec gcov -t {} + >"$work/counts" 2>/dev/null)
    ;;
  esac
}
cmake -S "$work/a project" -B "$work/coverage" -G "$generator" -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCOVERAGE=ON >"$work/configure.log"
cmake --build "$work/coverage" >"$work/log" 2>&1 || { cat "$work/log"; fail "does not build with coverage"; }
if coverage "$work/coverage"; then
  grep -Eq '^ *(10\| *[1-9][0-9.k]*\||[1-9][0-9]*\*?: *9:)[ {]*x \+= STEP;' "$work/counts" ||
    { cat "$work/counts"; fail "coverage has no count for line 9 of model.cpp"; }
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
