#!/bin/bash
# Times Tenon beside its peers and prints tables: scripts/bench.sh [options]; --help lists them, docs/benchmarks.md
# says what the columns mean. For example
#   scripts/bench.sh --peers all                      everything, in about half an hour
#   scripts/bench.sh --section models --cases 'mlp_*' --peers none --compare
# Peers come from PyPI into build-bench/peers (about 3 GB) when --peers asks for some; TENON_PEERS names a virtual
# environment that has them already. The machine should be quiet.
set -euo pipefail
cd "$(dirname "$0")/.."
peers=${TENON_PEERS:-build-bench/peers}
wanted=
for ((i = 1; i <= $#; i++)); do
  case ${!i} in
    --peers) next=$((i + 1)); [ "${!next:-none}" = none ] || wanted=yes ;;
    --peers=none) ;;
    --peers=*) wanted=yes ;;
    -h | --help) exec python3 benchmarks/suite/suite.py --help ;;
  esac
done

{
  scripts/setup.sh build bench
  cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
    -DTENON_BUILD_TESTS=OFF -DTENON_BUILD_BENCHMARKS=ON >/dev/null
  cmake --build build-bench
  if [ -n "$wanted" ] && [ ! -x "$peers/bin/python" ]; then
    python3 -m venv "$peers"
    "$peers/bin/pip" install -q -r benchmarks/peers/requirements.txt
  fi
} >&2

python=python3
[ -x "$peers/bin/python" ] && python=$peers/bin/python && set -- --peers-python "$python" "$@"
exec "$python" benchmarks/suite/suite.py "$@"
