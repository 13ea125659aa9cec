"""What is no model: what a call costs, what compiling costs, and what things weigh. Rows of what, median, aim."""
import csv, io, os, statistics, subprocess, tempfile, time

from systems import on_cores


def benchmark(build, program, case, unit, env=None, repetitions=7):
    """The median of a Google Benchmark case in its own unit."""
    command = [f"{build}/bin/{program}", f"--benchmark_filter=^{case}", "--benchmark_format=csv"]
    if repetitions > 1:
        command += [f"--benchmark_repetitions={repetitions}", "--benchmark_report_aggregates_only=true"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env=env, preexec_fn=on_cores(1)).stdout
    table = [row for row in csv.reader(io.StringIO(out)) if row and row[0].startswith(case)]
    row = table[0] if repetitions == 1 else next(row for row in table if row[0].endswith("_median"))
    return f"{float(row[2]):.3g} {unit}"


def seconds(command, times=9):
    taken = []
    for _ in range(times):
        start = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, preexec_fn=on_cores(1))
        taken.append(time.monotonic() - start)
    return f"{1e3 * statistics.median(taken):.1f} ms"


def sizes_of(path):
    """Text, data and bss of each object."""
    out = subprocess.run(["llvm-size-22", path], capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    return [[int(n) for n in line.split()[:3]] for line in out]


def calls(build):
    yield "eager a + b on [1,1]", benchmark(build, "bench_calls", "eager_add", "ns"), "under 1000 ns"
    yield ("function of a + b on [1,1], body included", benchmark(build, "bench_calls", "function_of_one_add", "ns"),
           "under 500 ns over its body")
    yield ("ahead-of-time a + b on [1,1], body included", benchmark(build, "bench_calls", "ahead_of_time_add", "ns"),
           "under 20 ns over its body")


def compiling(build):
    with tempfile.TemporaryDirectory() as cache:
        env = os.environ | {"TENON_CACHE_DIR": cache}
        # A process of its own each: within one, the second meeting with a signature finds it in memory.
        for state, aim in (("cold", "under 20 ms"), ("from the cache", "under 2 ms")):
            yield (f"new eager signature, {state}",
                   benchmark(build, "bench_compile", "new_eager", "ms", env, repetitions=1), aim)
        yield "MLP 784-512-512-10 to an object", benchmark(build, "bench_compile", "mlp_to_object", "ms", env), "under 150 ms"
    yield "tenon-opt --version", seconds([f"{build}/bin/tenon-opt", "--version"]), "under 50 ms"
    with open(f"{build}/include.cpp", "w") as source:
        source.write("#include <tenon/tenon.h>\nint main() {}\n")
    yield ("#include <tenon/tenon.h>, clang++ -O0",
           seconds(["clang++-22", "-std=c++20", "-O0", "-Ipython-free-frontend/include", "-c", f"{build}/include.cpp", "-o",
                    f"{build}/include.o"]), "under 1000 ms")


def sizes(build):
    text = sum(size[0] for size in sizes_of(f"{build}/lib/libtenon_runtime.a"))
    yield "runtime, text", f"{text} bytes", "under 20480 bytes"
    digits = sizes_of(f"{build}/examples/digits/digits/digits.o")[0]
    yield "digits.o, text and constants", f"{digits[0] + digits[1]} bytes", "38440 are weights"


SECTIONS = {"calls": calls, "compile": compiling, "sizes": sizes}


def text(section, build):
    rows = [("what", "median", "aim"), *SECTIONS[section](build)]
    return "\n".join(f"{what:<44} {median:>14}   {aim}" for what, median, aim in rows)
