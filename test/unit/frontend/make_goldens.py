#!/usr/bin/env python3
"""Makes print_goldens.inc and data/*.npy with NumPy; what it writes is committed, so tests need no Python."""
from pathlib import Path

import numpy as np

here = Path(__file__).parent

# name, NumPy array, the same in C++
PRINT = [
    ("integers", np.array([[1, 2], [30, -4]]), "Tensor{{1, 2}, {30, -4}}"),
    ("booleans", np.array([[True, False], [False, True]]), "Tensor{{true, false}, {false, true}}"),
    ("scalar_float", np.float32(1.5), "Tensor(1.5)"),
    ("scalar_small", np.float32(1e-5), "Tensor(1e-5)"),
    ("scalar_large", np.float64(1.5e20), "Tensor(1.5e20, tenon::f64)"),
    ("scalar_edge", np.float32(12345678), "Tensor(12345678.0)"),
    ("scalar_ten_thousandth", np.float32(1e-4), "Tensor(1e-4)"),
    ("scalar_hundred_thousands", np.float32(999936), "Tensor(999936.0)"),
    ("scalar_integer", np.int64(-7), "Tensor(-7)"),
    ("scalar_boolean", np.bool_(True), "Tensor(true)"),
    ("scalar_half", np.float16(65504), "Tensor(65504.0, tenon::f16)"),
    ("scalar_nan", np.float32("nan"), "Tensor(NAN)"),
    ("thirds", np.array([1 / 3, 2 / 3, 1.0], np.float32), "Tensor{1.0 / 3, 2.0 / 3, 1.0}"),
    ("thirds_f64", np.array([1 / 3, 2 / 3, 1.0]), "Tensor({1.0 / 3, 2.0 / 3, 1.0}, tenon::f64)"),
    ("halves", np.array([[0.1, 2.5], [-3.25, 100]], np.float16), "Tensor({{0.1, 2.5}, {-3.25, 100.0}}, tenon::f16)"),
    ("exponents", np.array([1e-10, 1.0, 12345.678], np.float32), "Tensor{1e-10, 1.0, 12345.678}"),
    ("exponents_f64", np.array([1e-100, 1.0, -1e100]), "Tensor({1e-100, 1.0, -1e100}, tenon::f64)"),
    ("million", np.array([1e6, 1.5], np.float32), "Tensor{1e6, 1.5}"),
    ("below_million", np.array([999999.0, 1000.5], np.float32), "Tensor{999999.0, 1000.5}"),
    ("non_finite", np.array([np.nan, np.inf, -np.inf, 1.5], np.float32), "Tensor{NAN, INFINITY, -INFINITY, 1.5}"),
    ("only_nan", np.array([np.nan, np.nan], np.float32), "Tensor{NAN, NAN}"),
    ("only_infinite", np.array([np.inf, -np.inf], np.float32), "Tensor{INFINITY, -INFINITY}"),
    ("negative_zero", np.array([-0.0, 0.0, 1.0], np.float32), "Tensor{-0.0, 0.0, 1.0}"),
    ("zeros", np.zeros((2, 2), np.float32), "tenon::zeros({2, 2})"),
    ("empty", np.zeros((0,), np.float32), "tenon::zeros({0})"),
    ("empty_rows", np.zeros((2, 0), np.float32), "tenon::zeros({2, 0})"),
    ("rank_3", np.arange(12).reshape(2, 3, 2), "tenon::arange(12).reshape({2, 3, 2})"),
    ("wrapped", np.arange(40), "tenon::arange(40)"),
    ("wrapped_floats", np.arange(30, dtype=np.float32) / np.float32(7), "wrapped_floats()"),
    ("summary", np.arange(1001), "tenon::arange(1001)"),
    ("threshold", np.arange(1000).reshape(10, 100), "tenon::arange(1000).reshape({10, 100})"),
    ("summary_rank_2", np.arange(3000).reshape(30, 100), "tenon::arange(3000).reshape({30, 100})"),
    ("summary_rank_3", np.arange(4000.0).reshape(10, 20, 20).astype(np.float32), "tenon::arange(0.0, 4000.0).reshape({10, 20, 20})"),
    ("summary_thin", np.arange(2000).reshape(1000, 2), "tenon::arange(2000).reshape({1000, 2})"),
    ("bytes", np.array([0, 200, 255], np.uint8), "Tensor({0, 200, 255}, tenon::u8)"),
    ("smallest", np.array([np.iinfo(np.int64).min, 1]), "Tensor{std::numeric_limits<std::int64_t>::min(), std::int64_t(1)}"),
    ("nine_digits", np.array([0.1, 16777.217, 3.3333333], np.float32), "Tensor{0.1, 16777.217, 3.3333333}"),
    ("small_beside_one", np.array([0.00012, 0.1], np.float32), "Tensor{0.00012, 0.1}"),
    ("ratio", np.array([0.001, 1.001], np.float32), "Tensor{0.001, 1.001}"),
    ("denormal", np.array([1e-45, 1e-40], np.float32), "Tensor{1e-45, 1e-40}"),
]

with open(here / "print_goldens.inc", "w") as out:
    out.write("// Made by make_goldens.py: str() of NumPy.\n")
    for name, array, cpp in PRINT:
        out.write(f'PRINTS({name}, ({cpp}), R"text({str(array)})text")\n')

data = here / "data"
data.mkdir(exist_ok=True)
grid = np.arange(6).reshape(2, 3)
for name, array in {
    "f4": grid.astype("<f4") / 4, "f8": grid.astype("<f8") / 8, "f2": grid.astype("<f2") / 2, "i1": (grid - 3).astype("i1"),
    "i2": (grid - 3).astype("<i2"), "i4": (grid - 3).astype("<i4"), "i8": (grid - 3).astype("<i8"), "u1": grid.astype("u1"),
    "b1": grid % 2 == 0, "scalar": np.float32(2.5), "empty": np.zeros((0, 4), "<f4"),
    "fortran": np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)), "big_endian": grid.astype(">f4"),
    "complex": grid.astype("<c8"), "u4": grid.astype("<u4"), "structured": np.zeros(2, [("a", "<f4"), ("b", "<i4")]),
}.items():
    np.save(data / f"{name}.npy", array)
for version in (2, 3):
    with open(data / f"version_{version}.npy", "wb") as f:
        np.lib.format.write_array(f, grid.astype("<f4") / 4, version=(version, 0))
np.savez(data / "archive.npz", x=grid)
