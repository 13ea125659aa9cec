#!/bin/sh
# Trains on one target, emulated where it is not this machine, and compares the saved state with the one of the same loops
# in their reference form on this machine: targets.sh TARGET FOLDER_OF_MLIR TEST.csv TENONC SOURCE_DIR
# Exit 77 (skipped) where the target's compiler or emulator, or this machine's fused multiply-add, is missing.
set -eu
target=$1 folder=$2 images=$3 tenonc=$4 source=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Without the instruction a product is rounded before it is added: other bits, the same on every such machine.
same_bits=x86-64-v3
case $target in
  x86-64) cc=cc run= same_bits=x86-64 ;;
  aarch64) cc=aarch64-linux-gnu-gcc run=qemu-aarch64 ;;
  armv7) cc=arm-linux-gnueabihf-gcc run=qemu-arm same_bits=x86-64 ;;
  riscv64) cc=riscv64-linux-gnu-gcc run=qemu-riscv64 ;;
  wasm32) cc=clang-22 run=node same_bits=x86-64 ;;
esac
for tool in $cc $run; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool here"; exit 77; }
done
[ $same_bits = x86-64 ] || grep -q ' fma ' /proc/cpuinfo || { echo "skipped: no machine here that rounds once"; exit 77; }

# train TARGET CC RUN STATE [tenonc's options]: the example's program, its objects compiled from the traced functions
train() {
  for model in last_layer all_layers; do
    "$tenonc" "$folder/$model.mlir" --target="$1" ${5:+"$5"} -o "$work/$model.o"
  done
  "$source/scripts/build-runtime.sh" "${1%-v3}" "$work/runtime.a"
  "$2" -std=c99 -Wall -Wextra -Wpedantic -Werror -Os -static -I"$work" -I"$source/runtime/include" \
    "$source/examples/personalisation/device.c" "$work/last_layer.o" "$work/all_layers.o" "$work/runtime.a" \
    -Wl,--gc-sections -o "$work/device"
  ${3:+"$3"} "$work/device" "$4" <"$images"
}

result=$(train $same_bits cc "" "$work/reference.state" --reference)
echo "$result"
if [ "$target" = wasm32 ]; then
  "$source/scripts/build-runtime.sh" wasm32 "$work/wasm.a"
  "$tenonc" "$folder/all_layers.mlir" --target=wasm32 --emit=shared --runtime="$work/wasm.a" -o "$work/all_layers.wasm"
  cp "$source/test/personalisation/device.mjs" "$work/"
  (cd "$work" && node device.mjs target.state <"$images")
else
  [ "$(train "$target" "$cc" "$run" "$work/target.state")" = "$result" ]
fi
cmp "$work/target.state" "$work/reference.state"
echo "$target: the same bits of state"
