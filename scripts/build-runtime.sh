#!/bin/sh
# Builds the runtime for one target: scripts/build-runtime.sh TARGET FILE.a [compiler flags]
# TARGET: x86-64, aarch64, armv7, riscv64 (Debian's cross compilers), wasm32 (clang, no C library).
# CC and AR take other compilers: CC="my-cc --sysroot=/x" AR=my-ar scripts/build-runtime.sh aarch64 runtime.a
set -eu
target=${1:?a target} archive=${2:?the archive to write}
shift 2
here=$(cd "$(dirname "$0")" && pwd)
if [ -d "$here/../runtime/lib" ]; then # in the repository
  source=$here/../runtime/lib include=$here/../runtime/include
else # installed, in share/tenon
  source=$here/runtime include=$here/../../include
fi

freestanding=
case $target in
  x86-64) cc=cc ar=ar ;;
  aarch64) cc=aarch64-linux-gnu-gcc ar=aarch64-linux-gnu-ar ;;
  armv7) cc=arm-linux-gnueabihf-gcc ar=arm-linux-gnueabihf-ar ;;
  riscv64) cc=riscv64-linux-gnu-gcc ar=riscv64-linux-gnu-ar ;;
  wasm32) cc="clang-22 --target=wasm32 -ffreestanding" ar=llvm-ar-22 freestanding=yes ;;
  *) echo "build-runtime.sh: unknown target $target: expected x86-64, aarch64, armv7, riscv64 or wasm32" >&2; exit 2 ;;
esac
cc=${CC:-$cc} ar=${AR:-$ar}

objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
for file in "$source"/*.c ${freestanding:+"$source"/freestanding/*.c}; do
  # A stdout and a heap are what a target may not have.
  case $freestanding/$(basename "$file") in yes/print_to_stdout.c | yes/allocate_from_heap.c) continue ;; esac
  # shellcheck disable=SC2086  # cc holds flags
  $cc -std=c99 -Wall -Wextra -Wpedantic -Werror -Os -fno-builtin -ffunction-sections -fdata-sections -fPIC -I"$include" "$@" \
    -c "$file" -o "$objects/$(basename "$file" .c).o"
done
rm -f "$archive"
"$ar" rcs "$archive" "$objects"/*.o
