#!/usr/bin/env python3
"""Checks the reference that mlir-tblgen makes of the dialect's ops.

    mlir-tblgen -gen-dialect-doc ... | reference.py examples          prints each op's example as a function
    mlir-tblgen -gen-dialect-doc ... | reference.py cover FILE...     fails unless each op occurs in the files
    mlir-tblgen -gen-dialect-doc ... | reference.py constraints FILE...  fails unless each (Cn) has a case `op (Cn)`

An example's first line may give the operands, `// %x : tensor<?xf32>, %n : tensor<i64>`; a comment at the end of a
statement gives the types of its results, which are compared with those that the op infers.
"""
import re
import sys


def read_ops(text):
    """The sections of the reference, by op."""
    sections = re.split(r"^### `(tenon\.\w+)` .*$", text, flags=re.M)
    return dict(zip(sections[1::2], sections[2::2]))


def split_types(text):
    """Splits at the commas that are not inside a type."""
    return [part.strip() for part in re.split(r",\s*(?![^<]*>)", text) if part.strip()]


def statements(lines):
    """Joins the lines of one op: a continued one is indented."""
    joined = []
    for line in lines:
        if joined and line.startswith("    "):
            joined[-1] += " " + line.strip()
        elif line.strip():
            joined.append(line)
    return joined


def as_function(op, example):
    arguments, module_level, body, held = "", [], [], []
    for line in statements(example.strip("\n").split("\n")):
        if line.startswith("// %"):
            arguments = line[3:]
        elif line.startswith("tenon.variable"):
            module_level.append(line)
        else:
            code, _, types = line.partition("  // ")
            body.append("  " + code)
            if code == "}":  # the end of an op with regions: now its results may be used
                body += held
                held = []
            results = re.match(r"((?:%\w+(?::\d+)?(?:, )?)+) = ", code)
            if not results:
                continue
            names = []
            for name in results.group(1).split(", "):
                base, _, count = name.partition(":")
                names += [f"{base}#{i}" for i in range(int(count))] if count else [base]
            types = split_types(types)
            if len(types) != len(names):
                sys.exit(f"{op}: the example gives {len(types)} types for {len(names)} results: {line}")
            # A use with another type than the definition's is an error of the parser.
            uses = [f'  "test.type"({name}) : ({given}) -> ()' for name, given in zip(names, types)]
            if code.endswith("{"):
                held = uses
            else:
                body += uses
    name = op.replace("tenon.", "") + "_example"
    return "\n".join(module_level + [f"func.func @{name}({arguments}) {{"] + body + ["  return", "}"])


def main():
    mode, files = sys.argv[1], sys.argv[2:]
    ops = read_ops(sys.stdin.read())
    if len(ops) < 60:
        sys.exit(f"expected the reference of all ops on stdin, but got {len(ops)} of them")
    problems = []
    texts = "".join(open(file).read() for file in files)
    for op, section in ops.items():
        if mode == "examples":
            example = re.search(r"```mlir\n(.*?)```", section, flags=re.S)
            if not example or op not in example.group(1):
                problems.append(f"{op} has no example")
            else:
                print(as_function(op, example.group(1)), "\n// -----")
        elif mode == "cover":
            if not re.search(re.escape(op) + r"\b", texts):
                problems.append(f"{op} does not occur in {', '.join(files)}")
        elif mode == "constraints":
            for label in sorted(set(re.findall(r"\(C\d+\)", section))):
                if not re.search(rf"^// {op[6:]} .*{re.escape(label)}", texts, flags=re.M):
                    problems.append(f"{op} {label} has no case in {', '.join(files)}")
    if problems:
        sys.exit("\n".join(problems))


main()
