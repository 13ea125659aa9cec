"""Writes print-golden.txt: arrays as bytes and what NumPy (2.4 or newer) prints for them."""
import numpy as np

rng = np.random.default_rng(7)
nan, inf = np.nan, np.inf
f32, f64, f16 = np.float32, np.float64, np.float16
cases = [
    np.array(x, t) for t in (f16, f32, f64)
    for x in (0, -0.0, 1, -2.5, 0.1, 1e-4, 9e-5, 999, 1000, nan, inf, -inf, [], [nan, -inf, 1], [0.1, 0.25, -3],
              [[1, 2], [3, 4]], [1e-5, 1], [1, 1001], [1, 1000], [0, -0.0], [999999.0, 1e5] if t != f16 else [1, 2])
] + [
    np.array(x, f64) for x in (1e8, 99999999.0, 1e16, 9999999999999998.0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2,
                               [1e100, 1e-5], [1 / 3, 2 / 3], [1.000000004, 1.0], [123456.123456789])
] + [
    np.array(x, f32) for x in (1e6, 999999, 1e-45, 3.4028235e38, 16777216.0, [63673632.0, 4e8], [[[0.5]]])
] + [
    rng.standard_normal((3, 4)).astype(f32),
    rng.standard_normal((2, 3, 17)).astype(f64),
    rng.standard_normal((40, 40)).astype(f32),
    rng.standard_normal((3, 400)).astype(f16),
    rng.standard_normal((1, 1001)) * 1e9,
    (rng.standard_normal((11, 10, 10)) * 10).round(1).astype(f32),
    np.zeros((0, 3), f32), np.zeros((2, 2, 2, 2), f32),
    np.arange(1000, dtype=np.int32), np.arange(1001, dtype=np.int64), np.arange(-30, 30, dtype=np.int8),
    np.array([0, 255], np.uint8), np.array([-2**63, 2**63 - 1], np.int64), np.array(-32768, np.int16),
    np.array([[True, False], [False, False]]), np.array(True), np.array(False), np.zeros(30, bool),
    np.arange(12, dtype=np.int16).reshape(3, 4).T, rng.standard_normal((4, 6)).astype(f32)[::2, ::-3],
]

with open("print-golden.txt", "w") as out:
    for a in cases:
        # The buffer starts at the lowest address that a (perhaps strided) array touches; `offset` finds element 0.
        low = sum(min(0, (n - 1) * s) for n, s in zip(a.shape, a.strides)) if a.size else 0
        high = sum(max(0, (n - 1) * s) for n, s in zip(a.shape, a.strides)) + a.itemsize if a.size else 0
        base = a.ctypes.data + low
        data = (np.ctypeslib.ctypes.c_char * (high - low)).from_address(base).raw if a.size else b""
        ints = lambda xs: ",".join(str(x) for x in xs) or "-"
        text = str(a)
        out.write(f"{a.dtype.name} {ints(a.shape)} {ints(s // a.itemsize for s in a.strides)} {-low} {data.hex() or '-'} "
                  f"{text.count(chr(10)) + 1}\n{text}\n")
