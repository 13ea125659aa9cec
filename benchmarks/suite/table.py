"""Results as text and as a plot, and what changed since the last ones."""
import math, statistics

import cases


def ratio(rows, case):
    """Ours by the best peer's, and that peer's name; None where one of them has no time."""
    ours = rows.get(case, {}).get("tenon", {}).get("median_us")
    like = cases.CASES[case][1].get("like", case)
    peers = {name: row["median_us"] for name, row in rows.get(like, {}).items() if name != "tenon" and "median_us" in row}
    if not ours or not peers:
        return None
    best = min(peers, key=peers.get)
    return ours / peers[best], best, peers[best]


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else math.nan


def limit(case, machine, flops_peak):
    """The least microseconds that the machine needs for the case, and what sets them: operations at the peak, or bytes at
    the bandwidth of the smallest level of memory that holds all of the case."""
    cost = cases.cost(case)
    compute = cost["flops"] / flops_peak * 1e6 if flops_peak else 0
    memory, level = 0, ""
    for name, bandwidth in machine["levels"].items():
        # A thread's own caches hold its part of the case.
        held = bandwidth["bytes"] * (machine["threads"] if name in ("L1", "L2") else 1)
        if not held or cost["set"] <= held:
            memory, level = cost["bytes"] / max(bandwidth["read"], bandwidth["copy"]) * 1e6, name
            break
    return (compute, "FMA") if compute >= memory else (memory, level)


def aligned(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths)))
                     .rstrip() for line in lines)


def number(value, digits=4):
    """With `digits` of significance, and no exponents."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    return f"{value:,.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"


def count(value):
    return "-" if value is None else f"{value:,}"


def text(result):
    """The tables of a run."""
    rows, machine = result["rows"], result["machine"]
    lines = [["case", "us", "+-%", "best peer", "us", "ratio", "GF/s", "limit us", "by", "of limit", "text B", "compile s",
              "workspace B", "live B", "max diff"]]
    for case, systems in rows.items():
        row = systems.get("tenon")
        if row is None:
            continue
        if "median_us" not in row:
            lines.append([case, "-"] + [""] * 12 + [row["error"][:60]])
            continue
        best = ratio(rows, case)
        least, by = limit(case, machine, row.get("flops_peak", 0))
        flops = cases.cost(case)["flops"]
        lines.append([
            case, number(row["median_us"]), f"{100 * row['spread']:.0f}", best[1] if best else "-",
            number(best[2]) if best else "-", f"{best[0]:.2f}" if best else "-",
            number(flops / row["median_us"] / 1e3, 3) if flops else "-", number(least) if least > 0.001 else "-",
            by if least > 0.001 else "-", f"{100 * least / row['median_us']:.0f}%" if least > 0.001 else "-",
            count(row.get("text_bytes")), f"{row.get('prepare_s', 0):.2f}", count(row.get("workspace_bytes")),
            count(row.get("live_bytes")), f"{row['max_abs_diff']:.0e}" if "max_abs_diff" in row else "-"])
    parts = [aligned(lines)]
    ratios = {case: found[0] for case in rows if (found := ratio(rows, case)) and "like" not in cases.CASES[case][1]}
    if ratios:
        slower = [f"{case} ({value:.2f})" for case, value in ratios.items() if value > 1]
        models = [value for case, value in ratios.items() if case != "call_overhead"]
        parts.append(f"ours / best peer: geometric mean {geometric_mean(ratios.values()):.3f} over {len(ratios)} cases, "
                     f"{geometric_mean(models):.3f} without call_overhead; slower: {', '.join(slower) or 'none'}")
    names = list(dict.fromkeys(name for systems in rows.values() for name in systems if name != "tenon"))
    if names:
        lines = [["median us", "tenon", *names]]
        for case, systems in rows.items():
            if any(name in systems for name in names):
                lines.append([case] + [number(systems[n]["median_us"]) if "median_us" in systems.get(n, {}) else
                                       "fails" if n in systems else "-" for n in ["tenon", *names]])
        parts.append(aligned(lines))
    return "\n\n".join(parts)


def changes(old, new):
    """Sentences about the cases that are slower, or faster, than in the last run by more than both runs' noise; and
    whether one is slower. All times are of Tenon, in units of the same run's peak where it was measured in both."""
    lines, regressed = [], False
    for case, systems in new["rows"].items():
        row, last = systems.get("tenon", {}), old["rows"].get(case, {}).get("tenon", {})
        if "median_us" not in last:
            continue
        if "median_us" not in row:
            lines.append(f"REGRESSION {case}: {row.get('error', 'no time')}; before {number(last['median_us'])} us")
            regressed = True
            continue
        change = row["median_us"] / last["median_us"]
        if row.get("flops_peak") and last.get("flops_peak"):
            change *= row["flops_peak"] / last["flops_peak"]
        noise = max(0.03, (row["spread"] + last["spread"]) / 2)
        if change > 1 + noise or change < 1 - noise:
            word = "REGRESSION" if change > 1 else "faster"
            regressed = regressed or change > 1
            lines.append(f"{word} {case}: {number(row['median_us'])} us, before {number(last['median_us'])} us "
                         f"({100 * (change - 1):+.0f}%, noise {100 * noise:.0f}%)")
        for key, unit in (("text_bytes", "bytes of code"), ("workspace_bytes", "bytes of workspace")):
            if last.get(key) and row.get(key, 0) > 1.05 * last[key]:
                lines.append(f"larger {case}: {row[key]:,} {unit}, before {last[key]:,}")
    return lines, regressed


def plot(result, path):
    """Ours by the best peer's, a bar a case; the file's ending says its format."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    ratios = [(case, found) for case in result["rows"] if (found := ratio(result["rows"], case))]
    figure, axes = pyplot.subplots(figsize=(8, 0.8 + 0.3 * len(ratios)), layout="constrained")
    names = [f"{case}  ({best})" for case, (_, best, _) in ratios]
    values = [value for _, (value, _, _) in ratios]
    bars = axes.barh(names, values, color=["#2a7f62" if value <= 1 else "#b5482f" for value in values])
    axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=3)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlim(0, max([1.25, *(1.15 * value for value in values)]))
    axes.invert_yaxis()
    axes.set_xlabel(f"time of a call: Tenon / best peer (its name), {result['machine']['threads']} thread(s), {result['cpu']}")
    figure.savefig(path)
