#!/usr/bin/env python3
"""Prints a template of cases once for each op: instantiate.py FILE OP=a,b,c NAME=value..."""
import sys

text = open(sys.argv[1]).read()
settings = dict(argument.split("=", 1) for argument in sys.argv[2:])
ops = settings.pop("OP").split(",")
for name, value in settings.items():
    text = text.replace(name, value)
print("// -----\n".join(text.replace("OP", op) for op in ops))
