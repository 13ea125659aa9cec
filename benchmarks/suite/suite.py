#!/usr/bin/env python3
"""Times Tenon beside the systems that a user would pick instead, on the same models, weights and cores, in alternating
rounds; scripts/bench.sh builds what it needs and calls it. docs/benchmarks.md says what the columns mean.

Sections: models (the cases of benchmarks/peers/cases.py), calls, compile, sizes.
"""
import argparse, datetime, fnmatch, json, os, pathlib, platform, shutil, statistics, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "peers")]
import cases, table, toolchain
from systems import Failed, Peer, Tenon

PEERS = ["jax", "tf", "tfxla", "iree", "ort", "openvino", "litert"]


def say(text):
    print(text, file=sys.stderr, flush=True)


def choose(patterns, names, what):
    """The names that a list of patterns, separated by commas, means: in their own order."""
    wanted = patterns.split(",")
    for pattern in wanted:
        if not fnmatch.filter(names, pattern):
            sys.exit(f"there is no {what} '{pattern}': expected some of {', '.join(names)}")
    return [name for name in names if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)]


def cpu_name():
    with open("/proc/cpuinfo") as file:
        fields = dict(map(str.strip, line.split(":", 1)) for line in file if ":" in line)
    if "model name" not in fields:
        return platform.machine()
    return f"{fields['model name']} (family {fields['cpu family']}, model {fields['model']})"


def dump_numbers(names, peers_python, numbers):
    """Weights, inputs and expected outputs of the cases, from peers.py, where they are missing or older than cases.py."""
    written = (HERE.parent / "peers/cases.py").stat().st_mtime
    missing = [name for name in names if not (expected := numbers / name / "expected.npy").exists() or
               expected.stat().st_mtime < written]
    if missing:
        say(f"writing the numbers of {len(missing)} cases")
        subprocess.run([peers_python, HERE.parent / "peers/peers.py", "--cases", ",".join(missing), "--peers", "", "--dump",
                        numbers], check=True, stderr=subprocess.DEVNULL)


def turn_of(system, case, seconds):
    """One turn; a process that has ended, as where memory was short, gets a second life."""
    try:
        return system.ask(f"time {seconds}")
    except Failed:
        system.load(case)
        return system.ask(f"time {seconds}")


def measure_case(case, tenon, peers, rounds, seconds):
    """A row for each system that takes part: those that cannot run the case say why."""
    systems, rows = [tenon, *peers], {}
    for system in systems:
        row = {"case": case, "peer": system.name, "threads": system.threads}
        try:
            row |= system.load(case)
        except Failed as error:
            row["error"] = str(error)
        rows[system.name] = row
    times = {system.name: [] for system in systems}
    peaks = []
    for turn in range(rounds):
        # Who begins changes from round to round.
        for system in systems[turn % len(systems):] + systems[:turn % len(systems)]:
            if "error" in rows[system.name]:
                continue
            try:
                times[system.name].append(turn_of(system, case, seconds))
                if system is tenon:
                    peaks.append(system.ask(f"fma {min(seconds, 0.02)}")["flops"])
            except Failed as error:
                rows[system.name]["error"] = str(error)
    for name, row in rows.items():
        if "error" in row or not times[name]:
            continue
        medians = [t["median_us"] for t in times[name]]
        median = statistics.median(medians)
        row |= {"best_us": min(t["best_us"] for t in times[name]), "median_us": median,
                "spread": (max(medians) - min(medians)) / median}
    if peaks:
        rows["tenon"]["flops_peak"] = statistics.median(peaks)
    return rows


def measure(args, names, peer_names, threads):
    build = pathlib.Path(args.build)
    models, numbers = build / "cases", build / "cases"
    models.mkdir(exist_ok=True)
    trace = [build / "bin/bench_trace", "--out", models]
    if args.peers_python:
        numbers = build / "numbers"
        dump_numbers(names, args.peers_python, numbers)
        trace += ["--numbers", numbers]
    subprocess.run([*trace, *names], check=True)
    for name in names:
        (models / name / "expected.npy").unlink(missing_ok=True)
        if args.peers_python:
            shutil.copy(numbers / name / "expected.npy", models / name)
    tenon = Tenon(build, models, models, threads, args.realtime)
    script = HERE.parent / "peers/peers.py"
    peers = [Peer(name, args.peers_python, script, numbers, threads, args.realtime) for name in peer_names]
    levels = [tenon.ask("bandwidth 0.05")]
    result = {"cpu": cpu_name(), "date": datetime.datetime.now().isoformat(timespec="minutes"), "rows": {}}
    try:
        for case in names:
            only = cases.CASES[case][1].get("only", PEERS)
            rows = measure_case(case, tenon, [p for p in peers if p.name in only], args.rounds, args.seconds)
            result["rows"][case] = rows
            say("  ".join([case] + [f"{name} {table.number(row.get('median_us'))}" for name, row in rows.items()]))
        levels.append(tenon.ask("bandwidth 0.05"))
    finally:
        for system in [tenon, *peers]:
            system.stop()
    best = {level: {key: max(m[level][key] for m in levels) for key in levels[0][level]} for level in levels[0]}
    result["machine"] = {"threads": threads, "levels": best}
    return result


def header(result, args):
    machine = result["machine"]
    peaks = [systems["tenon"]["flops_peak"] for systems in result["rows"].values() if "flops_peak" in systems["tenon"]]
    lines = [f"{result['date']}, {result['cpu']}, {machine['threads']} thread(s), medians of {args.rounds} rounds"]
    if peaks:
        lines.append(f"FMA peak {statistics.median(peaks) / 1e9:.0f} GF/s ({min(peaks) / 1e9:.0f} to "
                     f"{max(peaks) / 1e9:.0f})")
    for name, level in machine["levels"].items():
        size = f" of {level['bytes'] // 1024:,} KB" if level["bytes"] else ""
        lines.append(f"{name}{size}: read {level['read'] / 1e9:.0f} GB/s, copy {level['copy'] / 1e9:.0f} GB/s")
    return "\n".join(lines)


def finish(result, args, last_path):
    """Prints, plots, compares with the last run and keeps this one in its place."""
    print(header(result, args) + "\n\n" + table.text(result) + "\n", flush=True)
    if args.json:
        with open(args.json, "a") as out:
            for systems in result["rows"].values():
                for row in systems.values():
                    out.write(json.dumps(row) + "\n")
    last = json.loads(last_path.read_text()) if last_path.exists() else {"rows": {}}
    regressed = False
    if args.compare:
        lines, regressed = table.changes(last, result)
        print(f"since {last.get('date', 'nothing')}: " + ("no change beyond the noise" if not lines else ""))
        print("\n".join(lines), flush=True)
    # What was not run now keeps its last result.
    kept = {case: dict(systems) for case, systems in last["rows"].items()}
    for case, systems in result["rows"].items():
        kept[case] = kept.get(case, {}) | systems
    merged = result | {"rows": {case: kept[case] for case in cases.CASES if case in kept}}
    last_path.write_text(json.dumps(merged, indent=1))
    plot = args.plot or f"{args.build}/ratios-{result['machine']['threads']}.svg"
    if any(table.ratio(result["rows"], case) for case in result["rows"]):
        try:
            table.plot(result, plot)
            say(f"plot: {plot}")
        except ImportError:
            say("no plot: matplotlib is missing")
    return regressed


def main():
    ap = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--section", default="models,calls,compile,sizes", help="some of the sections")
    ap.add_argument("--cases", default="*", help="names or patterns: mlp_*,gemm_64")
    ap.add_argument("--peers", help="names, all or none; default: all where they are installed")
    ap.add_argument("--threads", default="1", help="1, 2, ... or several: 1,2")
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--seconds", type=float, default=0.2, help="of each system's turn in a round")
    ap.add_argument("--realtime", action="store_true", help="before all other work of the machine, where we may")
    ap.add_argument("--json", help="appends a line for each case and system, as peers.py prints")
    ap.add_argument("--plot", help="a file for the plot of the ratios, .svg or .png")
    ap.add_argument("--compare", action="store_true", help="names what changed since the last run; 1 where a case is slower")
    ap.add_argument("--build", default="build-bench", help="the build tree")
    ap.add_argument("--peers-python", default="", help="a Python that has the peers")
    args = ap.parse_args()
    sections = choose(args.section, ["models", *toolchain.SECTIONS], "section")
    peers = args.peers or ("all" if args.peers_python else "none")
    peer_names = [] if peers == "none" else choose("*" if peers == "all" else peers, PEERS, "peer")
    regressed = False
    for section in sections:
        if section != "models":
            print(toolchain.text(section, args.build) + "\n", flush=True)
            continue
        names = choose(args.cases, list(cases.CASES), "case")
        for threads in map(int, args.threads.split(",")):
            result = measure(args, names, peer_names, threads)
            regressed |= finish(result, args, pathlib.Path(args.build) / f"results-{threads}.json")
    return 1 if regressed else 0


if __name__ == "__main__":
    sys.exit(main())
