#!/bin/sh
# One object with several CPU levels against an object for each, bit for bit, on a machine of each level:
# levels.sh ARCHITECTURE MODEL MODEL.mlir TENONC SOURCE_DIR. Exit 77 (skipped) where a compiler or an emulator is missing.
set -eu
architecture=$1 model=$2 ir=$3 tenonc=$4 source=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $architecture in
  x86-64) cc=cc emulator=qemu-x86_64 ;;
  aarch64) cc=aarch64-linux-gnu-gcc emulator=qemu-aarch64 ;;
esac
for tool in $cc $emulator; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool here"; exit 77; }
done
"$source/scripts/build-runtime.sh" "$architecture" "$work/runtime.a"

# qemu's best aarch64 machine (7.2) has all of Neoverse-V1 but LSE2.
features=
[ "$architecture" = x86-64 ] || features=-lse2

build() { # NAME CPUS
  "$tenonc" "$ir" --target="$architecture" --cpu="$2" ${features:+--features=$features} -o "$work/$1.o"
  $cc -std=c99 -O1 -static -DMODEL="$model" -I"$source/runtime/include" "$source/test/levels/call_all.c" "$work/$1.o" \
    "$work/runtime.a" -o "$work/$1"
}
run() { # CPU PROGRAM; the present machine where there is no name
  if [ -n "$1" ]; then "$emulator" -cpu "$1" "$2"; else "$2"; fi
}
compare() { # LEVEL CPU
  [ -e "$work/$1" ] || build "$1" "$1"
  run "$2" "$work/all" >"$work/all.$1" 2>"$work/said"
  chosen=$(tail -n 1 "$work/said") # behind qemu's warnings
  [ "$chosen" = "$1" ] || { echo "on a machine of level $1 ran $chosen"; exit 1; }
  run "$2" "$work/$1" >"$work/one.$1" 2>/dev/null
  cmp "$work/all.$1" "$work/one.$1"
  grep -q ': 0 ' "$work/all.$1"
}

if [ "$architecture" = aarch64 ]; then
  build all generic,cortex-a76,neoverse-v1
  compare generic cortex-a57
  compare cortex-a76 cortex-a76
  compare neoverse-v1 max
  # All have fma: tiles and vectors do not show.
  cmp "$work/all.generic" "$work/all.cortex-a76"
  cmp "$work/all.generic" "$work/all.neoverse-v1"
  exit 0
fi

build all x86-64-v2,x86-64-v3,x86-64-v4
build short v4,v2,v3
cmp "$work/all.o" "$work/short.o" # one spelling is the other, in any order
compare x86-64-v2 Nehalem
compare x86-64-v3 Haswell
if grep -q avx512vl /proc/cpuinfo; then
  compare x86-64-v4 ""
  cmp "$work/all.x86-64-v3" "$work/all.x86-64-v4"
fi
# Without fma a product is rounded: were the bits the same, the comparisons above could not tell the levels apart.
if cmp -s "$work/all.x86-64-v2" "$work/all.x86-64-v3"; then echo "levels 2 and 3 have the same bits"; exit 1; fi

# Below the least level: an error, and what is missing from that one.
build new v3,v4
run Nehalem "$work/new" >"$work/below" 2>"$work/said"
[ "$(tail -n 1 "$work/said")" = none ]
grep -q ': 5 .* lacks .*avx2' "$work/below"
! grep -q avx512 "$work/below"
