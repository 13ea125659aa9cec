"""The format of a golden file: cases of IR, inputs, expected outputs and tolerance, as gzipped text.

A case is a function of the tenon dialect and numbers that come from somewhere else (NumPy, SciPy, mpmath):

    case add/f32/odd
    tol 0 0                                    relative and absolute; 0 0: the same bits, any NaN equal to any NaN
    in f32 3,5 <hexadecimal bytes, little endian>
    out f32 3,5 <...>
    ir func.func @f(%a: tensor<3x5xf32>, ...
    end

`make_goldens.py` writes them; `numbers_test.cpp` compiles each function and compares.
"""
import gzip
import io

import ml_dtypes
import numpy as np

DTYPES = {
    "f32": np.float32, "f64": np.float64, "f16": np.float16, "bf16": ml_dtypes.bfloat16, "i8": np.int8,
    "i16": np.int16, "i32": np.int32, "i64": np.int64, "u8": np.uint8, "i1": np.bool_,
}
FLOATS = ["f32", "f64", "f16", "bf16"]
SIGNED = ["i8", "i16", "i32", "i64"]
INTS = SIGNED + ["u8"]
NUMBERS = FLOATS + INTS
# One unit in the last place, relative; what a correctly rounded result may differ by from a value rounded elsewhere.
ULP = {"f32": 2.0**-23, "f64": 2.0**-52, "f16": 2.0**-10, "bf16": 2.0**-7}


def name_of(array):
    for name, dtype in DTYPES.items():
        if array.dtype == dtype:
            return name
    raise TypeError(f"no dtype of the dialect for {array.dtype}")


def type_of(array):
    element = {"u8": "ui8"}.get(name_of(array), name_of(array))
    return "tensor<" + "".join(f"{n}x" for n in array.shape) + element + ">"


class Family:
    """Cases of related ops, one file."""

    def __init__(self, name):
        self.name, self.text, self.count = name, io.StringIO(), 0

    def case(self, name, op, inputs, outputs, rel=0.0, abs=0.0):
        """`op` is the op's text with {0}, {1} for the inputs' names and {t0}, {t1} for their types, {r0} for results'."""
        inputs = [np.asarray(x) for x in inputs]
        outputs = [np.asarray(x) for x in outputs]
        types = {f"t{i}": type_of(x) for i, x in enumerate(inputs)} | {f"r{i}": type_of(x) for i, x in enumerate(outputs)}
        body = op.format(*[f"%a{i}" for i in range(len(inputs))], **types)
        arguments = ", ".join(f"%a{i}: {type_of(x)}" for i, x in enumerate(inputs))
        results = ", ".join(type_of(x) for x in outputs)
        names = f"%r:{len(outputs)}" if len(outputs) > 1 else "%r"
        returned = ", ".join(f"%r#{i}" if len(outputs) > 1 else "%r" for i in range(len(outputs)))
        lines = body.split("\n")
        setup, last = lines[:-1], lines[-1]
        w = self.text.write
        w(f"case {name}\ntol {rel:g} {abs:g}\n")
        for kind, arrays in (("in", inputs), ("out", outputs)):
            for x in arrays:
                shape = ",".join(str(n) for n in x.shape) or "scalar"
                w(f"{kind} {name_of(x)} {shape} {np.ascontiguousarray(x).tobytes().hex() or '-'}\n")
        w(f"ir func.func @f({arguments}) -> ({results}) {{\n")
        for line in setup:
            w(f"ir   {line}\n")
        w(f"ir   {names} = {last}\nir   return {returned} : {results}\nir }}\nend\n")
        self.count += 1

    def write(self, folder):
        with open(f"{folder}/{self.name}.golden.gz", "wb") as file:
            # No time stamp: the same numbers are the same bytes.
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
                packed.write(self.text.getvalue().encode())
        print(f"{self.name}: {self.count} cases")
