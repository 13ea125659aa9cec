#!/bin/bash
# Times Tenon and prints a table: calls, compiling, tools, sizes; with --peers also the systems a user would pick
# instead, in the same run: scripts/bench.sh [--peers]
# Peers come from PyPI into build-bench/peers (about 3 GB). Medians; the machine should be quiet.
set -euo pipefail
cd "$(dirname "$0")/.."
peers=
[ "${1:-}" = --peers ] && peers=yes
# Settings that would choose another kernel in NumPy's and the peers' libraries.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

scripts/setup.sh build bench >&2
cmake -S . -B build-bench -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang-22 -DCMAKE_CXX_COMPILER=clang++-22 \
  -DTENON_BUILD_TESTS=OFF -DTENON_BUILD_BENCHMARKS=ON >/dev/null
cmake --build build-bench >&2

row() { printf '%-44s %12s   %s\n' "$1" "$2" "$3"; }
# The median of a Google Benchmark case in its own unit.
median() { # program case unit
  "build-bench/bin/$1" --benchmark_filter="^$2" --benchmark_repetitions=7 --benchmark_report_aggregates_only=true \
    --benchmark_format=csv 2>/dev/null | awk -F, -v unit="$3" '/_median/ { printf "%.3g %s", $3, unit }'
}
# Seconds of a command, the median of nine.
seconds() {
  for _ in 1 2 3 4 5 6 7 8 9; do
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1
    end=$(date +%s%N)
    echo $((end - start))
  done | sort -n | awk 'NR == 5 { printf "%.1f ms", $1 / 1e6 }'
}

row "what" "median" "aim"
row "eager a + b on [1,1]" "$(median bench_calls eager_add ns)" "under 1000 ns"
row "function of a + b on [1,1], body included" "$(median bench_calls function_of_one_add ns)" "under 500 ns over its body"
row "ahead-of-time a + b on [1,1], body included" "$(median bench_calls ahead_of_time_add ns)" "under 20 ns over its body"

# The cases of benchmarks/suite, with weights that are drawn.
mkdir -p build-bench/cases
build-bench/bin/bench_trace --out build-bench/cases
for model in build-bench/cases/*.mlir; do
  build-bench/bin/tenonc "$model" --target=host --runtime build-bench/lib/libtenon_runtime.a --emit=shared -o "${model%.mlir}.so"
  build-bench/bin/bench_run "${model%.mlir}.so" | python3 -c 'import json, sys
r = json.load(sys.stdin)
print("%-44s %9.2f us   %d bytes of workspace, %d of state" % (r["case"], r["median_us"], r["workspace_bytes"], r["state_bytes"]))'
done

cache=$(mktemp -d)
export TENON_CACHE_DIR=$cache/tenon
# A process of its own each: within one, the second meeting with a signature finds it in memory.
signature() { build-bench/bin/bench_compile --benchmark_filter=new_eager --benchmark_format=csv 2>/dev/null | awk -F, '/new_eager/ { printf "%.3g ms", $3 }'; }
row "new eager signature, cold" "$(signature)" "under 20 ms"
row "new eager signature, from the cache" "$(signature)" "under 2 ms"
row "MLP 784-512-512-10 to an object" "$(median bench_compile mlp_to_object ms)" "under 150 ms"
rm -rf "$cache"
unset TENON_CACHE_DIR

row "tenon-opt --version" "$(seconds build-bench/bin/tenon-opt --version)" "under 50 ms"
printf '#include <tenon/tenon.h>\nint main() {}\n' >build-bench/include.cpp
row "#include <tenon/tenon.h>, clang++ -O0" "$(seconds clang++-22 -std=c++20 -O0 -Ipython-free-frontend/include -c build-bench/include.cpp -o build-bench/include.o)" "under 1000 ms"
row "runtime, text" "$(llvm-size-22 build-bench/lib/libtenon_runtime.a | awk 'NR > 1 { sum += $1 } END { print sum " bytes" }')" "under 20480 bytes"
row "digits.o, text and constants" "$(llvm-size-22 build-bench/examples/digits/digits/digits.o | awk 'NR == 2 { print $1 + $2 " bytes" }')" "38440 are weights"

if [ -n "$peers" ]; then
  [ -d build-bench/peers ] || { python3 -m venv build-bench/peers && build-bench/peers/bin/pip install -q -r benchmarks/peers/requirements.txt; } >&2
  echo
  build-bench/peers/bin/python benchmarks/peers/peers.py --threads 1 --cases call_overhead,collatz_1000,lstm_t64_b1,lstm_t64_b16,train_mlp_b32,train_cnn_b32 --peers jax,tf,ort,litert |
    python3 -c 'import json, sys
for line in sys.stdin:
    r = json.loads(line)
    print("%-44s %9s us   peer" % (r["case"] + ", " + r["peer"], r.get("median_us", r.get("error"))))'
fi
