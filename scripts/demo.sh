#!/bin/bash
# Shows the whole way on a real model, from a C++ function to a C program's accuracy: scripts/demo.sh
# On a bare Debian 12 it first installs what is missing (as root or through sudo).
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n\n' "$1"; }
# The first lines of what comes in, and how many there are in all.
head_of() { awk -v most="$1" 'NR <= most { print "    " $0 } END { if (NR > most) print "    ... (" NR " lines)" }'; }

step "1. Installing the compiler, CMake and LLVM/MLIR 22 from Debian's packages, unless they are here"
scripts/setup.sh build

step "2. Building Tenon and the example in build/"
echo "The example's C++ program is run as part of this: it traces the model and compiles it."
TENON_CMAKE_ARGS=-DTENON_BUILD_TESTS=OFF scripts/build.sh tenonc digits_trace digits_accuracy

model=build/examples/digits/digits
step "3. The model is an ordinary C++ function (examples/digits/digits.cpp)"
sed -n '/^struct Digits/,/^};/p' examples/digits/digits.cpp | head_of 20
echo "It runs at once, op by op, and as one compiled function, with the same result for the first images:"
echo
(cd "$model" && "../../../bin/digits_trace") | head_of 8

step "4. What happened in between: the traced function in three stages"
# The function itself, without constants; of the last stage the first micro-kernel.
show_ir() {
  echo "tenonc digits.mlir --emit=$1"
  build/bin/tenonc "$model/digits.mlir" --emit="$1" -o - |
    awk -v from="$2" '$0 ~ from { on = 1 } on && !/arith.constant|tenon.constant/' | cut -c1-110 | head_of 16
  echo
}
show_ir tenon "func.func @predict"
show_ir linalg "func.func @predict"
show_ir vectors "iter_args"

step "5. The result: an object file and a C header"
grep '^int32_t digits_predict' "$model/digits.h" | head_of 1
llvm-size-22 "$model/digits.o" | head_of 2
echo "Bytes of code and constants; the weights alone are 38440. It needs nothing but:"
llvm-nm-22 -u "$model/digits.o" | head_of 10

step "6. A C program of thirty lines (examples/digits/accuracy.c) links it and counts right answers on 360 new images"
build/bin/digits_accuracy <build/examples/digits/test.csv
