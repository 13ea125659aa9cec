#!/bin/bash
# README.md shows the IR and the header that the build made of the example: readme.sh FOLDER TENON_OPT; with --write the IR
# is put into README.md.
set -euo pipefail
folder=$1 opt=$2 mode=${3:-}
cd "$(dirname "$0")/../.."

# The function without its module, its weights and what the compiler notes of its interface.
ir() {
  "$opt" "$folder/digits.mlir" --mlir-elide-elementsattrs-if-larger=8 | sed -n '/^  func.func/,/^  }/p' |
    sed -e 's/^  //' -e 's/ attributes {tenon.signature.*} {$/ {/'
}
header() { sed -n '/Runs `predict`/,/);/p' "$folder/digits.h"; }
# The text of the first block of a language behind the program's.
block() { awk -v open='```'"$1" '$0 == open && !done { on = 1; next } on && $0 == "```" { on = 0; done = 1 } on' README.md; }

if [ "$mode" = --write ]; then
  ir >README.ir
  awk '$0 == "```mlir" && !done { print; while ((getline line < "README.ir") > 0) print line; skip = 1; done = 1; next }
       skip && $0 == "```" { skip = 0 }
       !skip' README.md >README.new
  rm README.ir
  mv README.new README.md
fi
diff <(block mlir) <(ir) || { echo "README.md: the IR is not what the example traces; run test/docs/readme.sh FOLDER TENON_OPT --write"; exit 1; }
# Lines may break elsewhere.
diff <(block c | tr -s ' \n' ' ') <(header | tr -s ' \n' ' ') || { echo "README.md: the header is not what the example makes"; exit 1; }
