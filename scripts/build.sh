#!/bin/bash
# Configures and builds in build/; programs are in build/bin/: scripts/build.sh [targets]
# Extra CMake arguments: TENON_CMAKE_ARGS="-DTENON_BUILD_BENCHMARKS=ON" scripts/build.sh
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck disable=SC2086  # arguments on purpose
cmake --preset dev ${TENON_CMAKE_ARGS:-} >/tmp/tenon-configure.$$ || { cat /tmp/tenon-configure.$$ >&2; rm -f /tmp/tenon-configure.$$; exit 1; }
rm -f /tmp/tenon-configure.$$
cmake --build build ${1:+--target "$@"}
