#!/usr/bin/env python3
"""Checks that a pass has one name four ways: class FooBarPass, FooBar.cpp, --tenon-foo-bar, and a test foo-bar*.mlir."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems = []
count = 0
for table in sorted(root.glob("compiler/**/Passes.td")):
    for name, flag in re.findall(r'^def (\w+)\s*:\s*Pass<"([^"]+)"', table.read_text(), re.M):
        count += 1
        if not name.endswith("Pass"):
            problems.append(f"{table}: {name} does not end in Pass")
            continue
        stem = name[: -len("Pass")]
        kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", stem).lower()
        if flag not in (kebab, "tenon-" + kebab):
            problems.append(f"{table}: {name} is spelled --{flag}, expected --tenon-{kebab} or --{kebab}")
        if not (table.parent / f"{stem}.cpp").exists():
            problems.append(f"{table}: {name} does not stand in {table.parent / (stem + '.cpp')}")
        if not list(root.glob(f"test/lit/**/{kebab}*.mlir")):
            problems.append(f"{table}: no test/lit/**/{kebab}.mlir for {name}")
print("\n".join(problems))
print(f"{count} passes, {len(problems)} problems")
sys.exit(bool(problems) or count == 0)
