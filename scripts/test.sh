#!/bin/bash
# Installs what is missing, builds everything and runs all tests: scripts/test.sh [ctest arguments]
# Ends with ctest's counts; its exit code is that of this script.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build test
scripts/build.sh
exec ctest --test-dir build --output-on-failure --parallel "$(nproc)" --no-tests=error "$@"
