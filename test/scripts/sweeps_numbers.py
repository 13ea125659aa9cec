#!/usr/bin/env python3
"""Computes with NumPy the CHECK lines of test/lit/Codegen/sweeps-numbers.mlir, in the order in which its main() prints them.

The order of a reduction is written out here once more, from its contract: along innermost dimensions element j goes to lane j mod 64 and
the lanes fold 32, 16, 8, 4, 2, 1; along outer dimensions one index follows the other."""
import functools
import operator

import numpy as np

LANES = 64
np.seterr(over="ignore")


def pseudo_random(shape, seed):
    """@pseudo_random of the test: a 16-bit hash of i + seed, divided by a number that makes no sum exact."""
    h = (np.arange(np.prod(shape), dtype=np.uint32) + np.uint32(seed)) * np.uint32(2654435761)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(2246822519)
    integers = ((h >> np.uint32(8)) & np.uint32(0xFFFF)).astype(np.int32) - 32768
    return (integers.astype(np.float32) / np.float32(3001)).reshape(shape)


def print_hash(array):
    """@print_hash of the test, over the bits of the elements."""
    hashed = functools.reduce(lambda h, bits: (h * 31 + bits) & 0xFFFFFFFF, array.ravel().view(np.uint32).tolist(), 0)
    return hashed - (1 << 32) if hashed >> 31 else hashed


def lane_sum(rows):
    """The sum of all elements of some rows; each row starts again at lane 0."""
    lanes = np.full(LANES, -0.0, np.float32)
    for row in rows:
        for start in range(0, len(row), LANES):
            part = row[start:start + LANES]
            lanes[:len(part)] += part
    half = LANES // 2
    while half:
        lanes[:half] += lanes[half:2 * half]
        half //= 2
    return lanes[0]


def row_sums(x):
    return np.array([lane_sum([row]) for row in x])


def in_order(rows):
    return functools.reduce(operator.add, list(rows))


def bias_relu(x, bias):
    return np.maximum(x + bias, np.float32(0))


# The shapes of the inputs and what becomes of them, in the test's order. Softmax, the last cases there, has no numbers here.
CASES = [
    ([(5, 77)], row_sums),
    ([(5, 200)], row_sums),
    ([(7, 10)], row_sums),
    ([(9, 3, 70)], lambda x: np.array([lane_sum(x[:, j]) for j in range(3)])),
    ([(33, 21)], in_order),
    ([(3, 11, 19)], lambda x: np.array([in_order(rows) for rows in x])),
    ([(4, 100)], lambda x: x.max(1)),
    ([(6, 90), (6,)], lambda x, w: row_sums((x - w[:, None]) * (x - w[:, None]))),
    ([(13, 37), (37,)], bias_relu),
    ([(13, 37), (37,)], bias_relu),
    ([(37, 50), (50, 37)], lambda x, w: x.T + w),
    ([(70, 45)], np.transpose),
    ([(70, 45)], np.transpose),
    ([(3, 40, 35, 2)], lambda x: x.transpose(3, 1, 0, 2)),
]

for number, (shapes, function) in enumerate(CASES):
    inputs = [pseudo_random(shape, 100 * number + 7 * position) for position, shape in enumerate(shapes)]
    print(f"// CHECK: {print_hash(np.ascontiguousarray(function(*inputs)))}")
