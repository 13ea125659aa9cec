"""The suite's programs without peers: bench_trace and bench_run against numbers that are computed here, in plain Python.

programs.py BENCH_TRACE BENCH_RUN TENONC RUNTIME
"""
import json, math, pathlib, random, struct, subprocess, sys, tempfile

trace, run, tenonc, runtime = sys.argv[1:]
source = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(source / "benchmarks/peers"), str(source / "benchmarks/suite")]
import cases, table

failed = []


def check(holds, what):
    if not holds:
        failed.append(what)
        print("FAILED:", what)


def write_npy(path, shape, values, dtype="f"):
    header = f"{{'descr': '<{dtype}4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (-(11 + len(header)) % 64) + "\n"
    data = struct.pack(f"<{len(values)}{'f' if dtype == 'f' else 'i'}", *values)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def matmul(a, b, m, n, k):
    return [[sum(a[i * k + l] * b[l * n + j] for l in range(k)) for j in range(n)] for i in range(m)]


def write_mlp(folder, rng):
    """An input, weights and the probabilities of mlp_b1."""
    x = [rng.uniform(-1, 1) for _ in range(784)]
    write_npy(folder / "input.x.npy", (1, 784), x)
    sizes = (784, 512, 512, 10)
    for i, (k, n) in enumerate(zip(sizes, sizes[1:])):
        w = [rng.uniform(-0.1, 0.1) for _ in range(k * n)]
        b = [rng.uniform(-0.1, 0.1) for _ in range(n)]
        write_npy(folder / f"weight.w{i}.npy", (k, n), w)
        write_npy(folder / f"weight.b{i}.npy", (n,), b)
        x = [s + c for s, c in zip(matmul(x, w, 1, n, k)[0], b)]
        if i < 2:
            x = [max(v, 0) for v in x]
    top = max(x)
    total = sum(math.exp(v - top) for v in x)
    write_npy(folder / "expected.npy", (1, 10), [math.exp(v - top) / total for v in x])


def write_gemm(folder, rng, m, n, k):
    a, b = ([rng.uniform(-1, 1) for _ in range(size)] for size in (m * k, k * n))
    write_npy(folder / "input.x.npy", (m, k), a)
    write_npy(folder / "input.b.npy", (k, n), b)
    write_npy(folder / "expected.npy", (m, n), sum(matmul(a, b, m, n, k), []))


def collatz(n):
    steps = 0
    for k in range(1, n + 1):
        while k != 1:
            k, steps = (k // 2 if k % 2 == 0 else 3 * k + 1), steps + 1
    return steps


listed = subprocess.run([trace, "--list"], check=True, capture_output=True, text=True).stdout.split()
check(sorted(listed) == sorted(cases.CASES), "bench_trace --list names the cases of cases.py: "
      f"{sorted(set(listed) ^ set(cases.CASES))}")
# Two numbers of each kind that are easy to find by hand.
check(cases.cost("mlp_b1")["flops"] == 2 * (784 * 512 + 512 * 512 + 512 * 10), "operations of mlp_b1")
check(cases.cost("gemm_7x300x1000")["bytes"] == 4 * (7 * 1000 + 1000 * 300 + 7 * 300), "bytes of gemm_7x300x1000")

# What the tables say of times that are known.
machine = {"threads": 1, "levels": {"L1": {"bytes": 32768, "read": 4e11, "copy": 2e11},
                                    "DRAM": {"bytes": 0, "read": 1e10, "copy": 2e10}}}
check(table.limit("gemm_64", machine, 1e11) == (2 * 64**3 / 1e11 * 1e6, "FMA"), "a product is bound by its operations")
check(table.limit("gemm_1x1024x1024", machine, 1e12) == (4 * (1024 * 1024 + 2048) / 2e10 * 1e6, "DRAM"),
      "a product with one row is bound by the memory that holds the matrix")


def results(**times):
    rows = {case: {"tenon": {"median_us": us, "spread": 0.02, "flops_peak": 1e11, "text_bytes": 1000}}
            for case, us in times.items()}
    rows["mlp_b1"] |= {"ort": {"median_us": 20.0}, "jax": {"median_us": 40.0}, "tf": {"error": "none"}}
    return {"rows": rows, "date": "today", "machine": machine}


last, now = results(mlp_b1=10.0, gemm_64=5.0, cnn_b1=4.0), results(mlp_b1=11.0, gemm_64=5.1, cnn_b1=2.0)
check(table.ratio(now["rows"], "mlp_b1") == (0.55, "ort", 20.0), "the best peer is the fastest one")
check(table.ratio(now["rows"], "gemm_64") is None, "no ratio without peers")
check(abs(table.geometric_mean([0.5, 2, 8]) - 2) < 1e-12, "the geometric mean")
check(table.changes(last, now) == (["REGRESSION mlp_b1: 11.00 us, before 10.00 us (+10%, noise 3%)",
                                    "faster cnn_b1: 2.000 us, before 4.000 us (-50%, noise 3%)"], True),
      f"what changed: {table.changes(last, now)}")
check(table.changes(last, last) == ([], False), "nothing changed")
now["rows"]["gemm_64"]["tenon"] = {"error": "code 9: cancelled"}
now["rows"]["cnn_b1"]["tenon"] |= {"median_us": 4.0, "text_bytes": 1100}
now["rows"]["mlp_b1"]["tenon"] |= {"median_us": 10.0}
check(table.changes(last, now) == (["REGRESSION gemm_64: code 9: cancelled; before 5.000 us",
                                    "larger cnn_b1: 1,100 bytes of code, before 1,000"], True),
      f"what changed: {table.changes(last, now)}")
check("fails" in table.text(now) and "geometric mean 0.500" in table.text(now), table.text(now))

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    rng = random.Random(1)
    models = ["mlp_b1", "gemm_9x7x33_rt", "collatz_97", "lstm_open_t64_b3", "train_mlp_b2"]
    for model in models:
        (folder / model).mkdir()
    write_mlp(folder / "mlp_b1", rng)
    write_gemm(folder / "gemm_9x7x33_rt", rng, 9, 7, 33)
    write_npy(folder / "collatz_97/expected.npy", (), [collatz(97)])
    # What has no numbers here is drawn.
    subprocess.run([trace, "--numbers", name, "--out", name, *models[:2]], check=True)
    subprocess.run([trace, "--out", name, *models[2:]], check=True)
    for model in models:
        subprocess.run([tenonc, folder / f"{model}.mlir", "--target=host", "--runtime", runtime, "--emit=shared", "-o",
                        folder / f"{model}.so"], check=True)

    check((folder / "train_mlp_b2.mlir").read_text().count("tenon.sin") == 0, "drawn weights are constants of the model")

    def serve(*lines):
        out = subprocess.run([run, "--serve"], input="\n".join(lines), check=True, capture_output=True, text=True).stdout
        return [json.loads(line) for line in out.splitlines()]

    tolerance = {"mlp_b1": 1e-6, "gemm_9x7x33_rt": 1e-5, "collatz_97": 0}
    for model in models:
        loaded, timed = serve(f"load {folder}/{model}.so {folder}/{model}", "time 0.001")
        check("error" not in loaded and "error" not in timed, f"{model}: {loaded} {timed}")
        check(0 < timed.get("best_us", 0) <= timed.get("median_us", 0), f"times of {model}: {timed}")
        if model in tolerance:
            check(loaded.get("max_abs_diff", math.inf) <= tolerance[model], f"{model} differs: {loaded}")
        else:
            check("max_abs_diff" not in loaded, f"{model} has nothing to compare with: {loaded}")
    check(serve(f"load {folder}/train_mlp_b2.so {folder}/train_mlp_b2")[0]["state_bytes"] > 3 * 4 * 784 * 512,
          "the weights and two slots of each are state")
    rows = subprocess.run([run, "--seconds", "0.001", *(folder / f"{m}.so" for m in models)], check=True,
                          capture_output=True, text=True).stdout.splitlines()
    check([json.loads(row)["case"] for row in rows] == models, "a line for each library")

    two = subprocess.run([run, "--threads", "2", "--seconds", "0.001", folder / "gemm_9x7x33_rt.so"], check=True,
                         capture_output=True, text=True).stdout
    check(json.loads(two)["threads"] == 2 and json.loads(two)["max_abs_diff"] <= 1e-5, f"two threads: {two}")

    errors = serve(f"load {folder}/none.so {folder}", "time 0.001", f"load {folder}/mlp_b1.so {folder}/collatz_97",
                   f"load {folder}/mlp_b1.so {folder}/gemm_9x7x33_rt", "stop")
    expected = ["none.so: cannot open shared object file", "no case is loaded",
                f"{folder}/collatz_97/input.x.npy: cannot be read",
                f"{folder}/gemm_9x7x33_rt/input.x.npy: another dtype or shape than {folder}/mlp_b1.so takes",
                "expected load, time, fma or bandwidth, but got 'stop'"]
    for error, text in zip(errors, expected):
        check(text in error.get("error", ""), f"an error with '{text}': {error}")
    unknown = subprocess.run([trace, "mlp_b1x"], capture_output=True, text=True)
    check(unknown.returncode == 1 and unknown.stderr == "bench_trace: there is no case 'mlp_b1x'; --list names those of "
          "the suite\n", f"a case that is none: {unknown.stderr}")
sys.exit(1 if failed else 0)
