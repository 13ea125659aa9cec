#!/bin/sh
# The digits program on one target, emulated where it is not this machine: targets.sh TARGET DIGITS.mlir TEST.csv TENONC SOURCE_DIR
# Exit 77 (skipped) where the target's compiler or emulator is not installed.
set -eu
target=$1 ir=$2 images=$3 tenonc=$4 source=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $target in
  x86-64) cc=cc run= ;;
  aarch64) cc=aarch64-linux-gnu-gcc run=qemu-aarch64 ;;
  armv7) cc=arm-linux-gnueabihf-gcc run=qemu-arm ;;
  riscv64) cc=riscv64-linux-gnu-gcc run=qemu-riscv64 ;;
  wasm32) cc=clang-22 run=node ;;
esac
for tool in $cc $run; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool here"; exit 77; }
done

"$source/scripts/build-runtime.sh" "$target" "$work/runtime.a"
if [ "$target" = wasm32 ]; then
  "$tenonc" "$ir" --target=wasm32 --emit=shared --runtime="$work/runtime.a" -o "$work/digits.wasm"
  cp "$source/test/digits/accuracy.mjs" "$work/"
  result=$(node "$work/accuracy.mjs" <"$images")
else
  "$tenonc" "$ir" --target="$target" -o "$work/digits.o"
  $cc -std=c99 -Wall -Wextra -Wpedantic -Werror -Os -static -I"$work" "$source/examples/digits/accuracy.c" "$work/digits.o" "$work/runtime.a" \
    -Wl,--gc-sections -o "$work/accuracy"
  result=$($run "$work/accuracy" <"$images")
fi
echo "$target: $result"
[ "$result" = "330 of 360 right" ]
