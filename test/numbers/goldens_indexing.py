"""Goldens of gather, scatter, one-hot, sorting and the random generator."""
import numpy as np

from goldens import DTYPES, FLOATS, INTS, NUMBERS, Family
from goldens_elementwise import values

ALL = NUMBERS + ["i1"]


def indexing():
    rng = np.random.default_rng(41)
    family = Family("indexing")
    for dtype in ALL:
        for kind in ("i32", "i64"):
            for label, (shape, indices, axis) in {"scalar index": ((5,), (), 0), "rows": ((5, 35), (3,), 0), "columns": ((3, 7), (2, 2), 1),
                                                  "none": ((4, 2), (0,), 0), "middle": ((2, 4, 3), (5,), 1)}.items():
                x = values(rng, dtype, shape, special=False)
                index = rng.integers(0, shape[axis], indices).astype(DTYPES[kind])
                family.case(f"gather/{dtype} {kind}/{label}", f"tenon.gather {{0}}, {{1}} {{{{axis = {axis} : i64}}}} : {{t0}}, {{t1}}", [x, index],
                            [np.take(x, index, axis)])
        for label, (shape, indices) in {"scalar index": ((5,), ()), "rows": ((5, 35), (3,)), "collisions": ((4, 3), (9,)), "none": ((4, 2), (0,))}.items():
            for kind in ("update", "add"):
                if kind == "add" and dtype == "i1":
                    continue
                # Quarters: sums of a few are exact in every dtype, so the order of addition does not show.
                x = (rng.integers(-4, 5, shape) / (4 if dtype in FLOATS else 1)).astype(DTYPES[dtype])
                index = rng.integers(0, shape[0], indices).astype(np.int64)
                updates = (rng.integers(-4, 5, indices + shape[1:]) / (4 if dtype in FLOATS else 1)).astype(DTYPES[dtype])
                y = x.copy()
                for flat, i in enumerate(np.atleast_1d(index).ravel()):
                    piece = updates.reshape((-1,) + shape[1:])[flat]
                    y[i] = piece if kind == "update" else (y[i] + piece).astype(DTYPES[dtype])
                family.case(f"scatter {kind}/{dtype}/{label}", f"tenon.scatter <{kind}> {{0}}, {{1}}, {{2}} : {{t0}}, {{t1}}, {{t2}}", [x, index, updates], [y])
        for label, (indices, depth) in {"scalar": ((), 4), "vector": ((5,), 7), "matrix": ((2, 3), 33), "none": ((0,), 3)}.items():
            index = rng.integers(-1, depth + 1, indices).astype(np.int64)
            y = (index[..., None] == np.arange(depth)).astype(DTYPES[dtype])
            family.case(f"one_hot/{dtype}/{label}", "tenon.one_hot {0} : {t0} -> {r0}", [index], [y])
    return family


def order(x, descending):
    """Stable; NaN last either way."""
    keys = x.astype(np.float64) if x.dtype not in (np.int64,) else x
    indices = sorted(range(len(x)), key=lambda i: (bool(np.isnan(keys[i])) if keys.dtype.kind == "f" else False,
                                                   0 if keys.dtype.kind == "f" and np.isnan(keys[i]) else (-keys[i] if descending else keys[i])))
    return np.array(indices, dtype=np.int64)


def sorting():
    rng = np.random.default_rng(42)
    family = Family("sort")
    for dtype in NUMBERS:
        for label, (shape, axis) in {"one": ((1,), 0), "vector": ((37,), 0), "rows": ((3, 9), 1), "columns": ((6, 5), 0), "empty": ((0, 3), 0)}.items():
            for descending in (False, True):
                x = rng.integers(0, 12, shape).astype(DTYPES[dtype])
                if dtype in FLOATS and x.size > 8:
                    x.reshape(-1)[3] = np.nan
                    x.reshape(-1)[5] = -np.inf
                moved = np.moveaxis(x, axis, -1)
                indices = np.zeros(moved.shape, np.int64)
                for row in np.ndindex(moved.shape[:-1]):
                    indices[row] = order(moved[row], descending)
                sorted_values = np.take_along_axis(moved, indices, -1)
                extra = ", descending = true" if descending else ""
                family.case(f"sort/{dtype}/{label}{' descending' * descending}", f"tenon.sort {{0}} {{{{axis = {axis} : i64{extra}}}}} : {{t0}}", [x],
                            [np.ascontiguousarray(np.moveaxis(sorted_values, -1, axis)), np.ascontiguousarray(np.moveaxis(indices, -1, axis))])
        for label, (shape, k) in {"one": ((1,), 1), "vector": ((37,), 5), "rows": ((3, 9), 9), "none": ((2, 4), 0)}.items():
            x = rng.integers(0, 12, shape).astype(DTYPES[dtype])
            indices = np.zeros(shape[:-1] + (k,), np.int64)
            for row in np.ndindex(shape[:-1]):
                indices[row] = order(x[row], True)[:k]
            family.case(f"top_k/{dtype}/{label}", f"tenon.top_k {{0}} {{{{k = {k} : i64}}}} : {{t0}}", [x], [np.take_along_axis(x, indices, -1), indices])
    return family


def philox(key, counter):
    """Philox4x32-10 (Salmon et al., SC 2011), one block of four words, written from the paper."""
    mask = 0xFFFFFFFF
    k0, k1 = key & mask, key >> 32 & mask
    c = [counter & mask, counter >> 32 & mask, 0, 0]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & mask, (p0 >> 32) ^ c[3] ^ k1, p0 & mask]
        k0, k1 = (k0 + 0x9E3779B9) & mask, (k1 + 0xBB67AE85) & mask
    return c


# Known answers of the authors' own library (Random123, kat_vectors): all zeros, all ones.
assert philox(0, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def words(seed, count):
    key, first = int(seed[0]) & (1 << 64) - 1, int(seed[1])
    stream = [w for block in range(-(-count // 4)) for w in philox(key, (first + block) & (1 << 64) - 1)]
    return np.array(stream[:count], dtype=np.uint64)


def random():
    family = Family("random")
    seeds = [np.array([0, 0], np.int64), np.array([42, 7], np.int64), np.array([-3, 2**33], np.int64)]
    for seed in seeds:
        for label, shape in {"scalar": (), "odd": (3, 7), "empty": (0, 2), "long": (70,)}.items():
            n = int(np.prod(shape, initial=1))
            one, two = words(seed, n), words(seed, 2 * n)
            pairs = two[0::2] | two[1::2] << np.uint64(32)
            u32 = (one >> np.uint64(8)).astype(np.float64) * 2.0**-24
            u64 = (pairs >> np.uint64(11)).astype(np.float64) * 2.0**-53
            suffix = f"{seed[0]}/{label}"
            family.case(f"random_bits/i32 seed {suffix}", "tenon.random_bits {0} : {t0} -> {r0}", [seed], [one.astype(np.uint32).view(np.int32).reshape(shape)])
            family.case(f"random_bits/i64 seed {suffix}", "tenon.random_bits {0} : {t0} -> {r0}", [seed], [pairs.view(np.int64).reshape(shape)])
            family.case(f"random_uniform/f32 seed {suffix}", "tenon.random_uniform {0} : {t0} -> {r0}", [seed], [u32.astype(np.float32).reshape(shape)])
            family.case(f"random_uniform/f64 seed {suffix}", "tenon.random_uniform {0} : {t0} -> {r0}", [seed], [u64.reshape(shape)])
    return family


def families():
    return [indexing(), sorting(), random()]
