#!/bin/bash
# Installs what Tenon needs from Debian 12's packages: scripts/setup.sh [build] [test] [lint] [bench]
#   build  compiler, CMake, LLVM and MLIR 22 (the default)
#   test   also cross compilers, emulators, Node.js and Python for the test runner
#   lint   also clang-format and clang-tidy
#   bench  also Google Benchmark, and Python for the peers
# As root or through sudo; does nothing when everything is there.
set -euo pipefail

build=(ca-certificates cmake ninja-build ccache clang-22 lld-22 llvm-22 llvm-22-dev llvm-22-tools libmlir-22-dev
  mlir-22-tools libclang-22-dev libc6-dev libstdc++-12-dev libcli11-dev zlib1g-dev libzstd-dev libxml2-dev gzip)
test=(gcc g++ make python3 libclang-rt-22-dev libgtest-dev qemu-user nodejs g++-aarch64-linux-gnu g++-arm-linux-gnueabihf
  g++-riscv64-linux-gnu)
lint=(clang-format-22 clang-tidy-22)
bench=(libbenchmark-dev python3 python3-venv)

packages=("${build[@]}")
for group in "$@"; do
  case $group in
    build) ;;
    test) packages+=("${test[@]}") ;;
    lint) packages+=("${lint[@]}") ;;
    bench) packages+=("${bench[@]}") ;;
    *) echo "setup.sh: unknown group '$group': expected build, test, lint or bench" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
# A Node.js from elsewhere will do.
if command -v node >/dev/null; then
  for i in "${!missing[@]}"; do [ "${missing[i]}" = nodejs ] && unset "missing[i]"; done
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "setup.sh: needs root or sudo to install: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/tenon-setup.log 2>&1 || {
  tail -20 /tmp/tenon-setup.log >&2
  echo "setup.sh: installing failed; the whole log is /tmp/tenon-setup.log" >&2
  exit 1
}
