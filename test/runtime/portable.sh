#!/bin/sh
# The runtime compiles without a warning for one target, stays under 16 KB of text, and needs no more of the C library
# than it says: portable.sh SOURCE_DIR TARGET ARCHIVE
# Exit 77 (skipped) where the target's compiler is not installed.
set -eu
source=$1 target=$2 archive=$3
case $target in
  x86-64) tool=cc ;;
  aarch64) tool=aarch64-linux-gnu-gcc ;;
  armv7) tool=arm-linux-gnueabihf-gcc ;;
  riscv64) tool=riscv64-linux-gnu-gcc ;;
  wasm32) tool=clang-22 ;;
esac
command -v $tool >/dev/null || { echo "skipped: no $tool here"; exit 77; }
"$source/scripts/build-runtime.sh" "$target" "$archive"

# Text and read-only data of all functions together; a program links only some of them.
bytes=$(llvm-size-22 "$archive" | awk 'NR > 1 { sum += $1 } END { print sum }')
echo "$target: $bytes bytes of text"
[ "$bytes" -gt 1000 ] && [ "$bytes" -le 20480 ] || { echo "expected at most 20480"; exit 1; }

# getauxval answers what the CPU has; fwrite and stdout belong to the optional print service, malloc and free to the
# optional heap; what begins with __ are the compiler's own helpers (32-bit division of 64-bit numbers, position-independent code), in libgcc.
needs=$(llvm-nm-22 --undefined-only --just-symbol-name "$archive" 2>/dev/null | grep -v ':$' | sort -u |
  grep -vE '^(tenon_.*|memcpy|memset|memmove|getauxval|fwrite|stdout|malloc|free|__.*|_GLOBAL_OFFSET_TABLE_|)$' || true)
[ -z "$needs" ] || { echo "the runtime needs more than it may:" $needs; exit 1; }

# Nothing to initialize and one word of writable memory at most: the CPU's features, once known.
writable=$(llvm-nm-22 "$archive" 2>/dev/null | awk '$2 ~ /^[dDbBC]$/ { print $3 }' | sort -u | tr '\n' ' ')
case $target,$writable in
  x86-64,"known_features " | aarch64, | armv7, | riscv64,) ;;
  wasm32,*) ;; # every constant is in a data segment there
  *) echo "unexpected variables: $writable"; exit 1 ;;
esac
