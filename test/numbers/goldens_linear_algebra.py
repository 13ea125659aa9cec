"""Goldens of matmul, convolution and pooling, computed in f64 (integers: exactly, then wrapped)."""
import itertools

import numpy as np

from goldens import DTYPES, FLOATS, INTS, NUMBERS, ULP, Family
from goldens_elementwise import rounded, values


def plain(rng, dtype, shape):
    return values(rng, dtype, shape, -2, 2, special=False)


def tolerance(dtype, terms):
    """An fma chain of `terms` products of magnitude up to 4; f16 and bf16 accumulate in f32 and round once."""
    unit = ULP[dtype] if dtype in ("f32", "f64") else ULP["f32"]
    return {"rel": 1.01 * ULP[dtype], "abs": 4 * max(terms, 1) * unit * max(terms, 1) ** 0.5} if dtype in FLOATS else {}


def finish(y, dtype):
    return rounded(y, dtype) if dtype in FLOATS else np.asarray(y).astype(DTYPES[dtype])


def wide(x):
    return x.astype(np.float64) if x.dtype not in [DTYPES[d] for d in INTS] else x.astype(np.int64)


def matmul():
    rng = np.random.default_rng(11)
    family = Family("matmul")
    shapes = {"1x1x1": ((1, 1), (1, 1)), "empty rows": ((0, 3), (3, 4)), "empty sum": ((2, 0), (0, 3)), "odd": ((3, 5), (5, 7)),
              "vector": ((1, 64), (64, 10)), "tails": ((17, 33), (33, 19)), "batch": ((2, 3, 4), (2, 4, 5)),
              "broadcast batch": ((2, 1, 3, 4), (3, 4, 2))}
    for dtype in NUMBERS:
        for label, (left, right) in shapes.items():
            for ta, tb in ((0, 0), (1, 0), (0, 1), (1, 1)):
                if (ta or tb) and label not in ("odd", "batch", "tails"):
                    continue
                a, b = plain(rng, dtype, left), plain(rng, dtype, right)
                y = np.matmul(wide(a), wide(b))
                if ta:
                    a = np.ascontiguousarray(np.swapaxes(a, -1, -2))
                if tb:
                    b = np.ascontiguousarray(np.swapaxes(b, -1, -2))
                attributes = (" {{" + ", ".join(n + " = true" for n, on in (("transpose_lhs", ta), ("transpose_rhs", tb)) if on) + "}}") if ta or tb else ""
                family.case(f"matmul/{dtype}/{label}{' ta' * ta}{' tb' * tb}", f"tenon.matmul {{0}}, {{1}}{attributes} : {{t0}}, {{t1}}",
                            [a, b], [finish(y, dtype)], **tolerance(dtype, left[-1]))
    return family


def windows(spatial, window, strides, padding, dilations):
    """Output sizes, and for each output position and window position the input position."""
    sizes = [(n + padding[2 * i] + padding[2 * i + 1] - dilations[i] * (window[i] - 1) - 1) // strides[i] + 1 for i, n in enumerate(spatial)]
    for out in itertools.product(*map(range, sizes)):
        for tap in itertools.product(*map(range, window)):
            at = [o * strides[i] - padding[2 * i] + t * dilations[i] for i, (o, t) in enumerate(zip(out, tap))]
            if all(0 <= p < n for p, n in zip(at, spatial)):
                yield out, tap, tuple(at)
    return


def output_size(spatial, window, strides, padding, dilations):
    return [(n + padding[2 * i] + padding[2 * i + 1] - dilations[i] * (window[i] - 1) - 1) // strides[i] + 1 for i, n in enumerate(spatial)]


def conv_reference(x, w, strides, padding, dilations, groups):
    spatial, window = x.shape[1:-1], w.shape[:-2]
    out = np.zeros((x.shape[0], *output_size(spatial, window, strides, padding, dilations), w.shape[-1]), wide(x).dtype)
    xs, ws = wide(x), wide(w)
    per_in, per_out = x.shape[-1] // groups, w.shape[-1] // groups
    for o, t, at in windows(spatial, window, strides, padding, dilations):
        for g in range(groups):
            out[(slice(None), *o, slice(g * per_out, (g + 1) * per_out))] += (
                xs[(slice(None), *at, slice(g * per_in, (g + 1) * per_in))] @ ws[(*t, slice(None), slice(g * per_out, (g + 1) * per_out))])
    return out


def array(values):
    return "array<i64: " + ", ".join(str(v) for v in values) + ">" if values else "array<i64>"


def convolution():
    rng = np.random.default_rng(12)
    family = Family("conv")
    cases = {  # input, filter, strides, padding, dilations, groups
        "1x1": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        "empty batch": ((0, 4, 4, 2), (3, 3, 2, 3), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        "odd": ((2, 5, 7, 3), (3, 3, 3, 5), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        "strided": ((1, 9, 8, 2), (3, 2, 2, 4), (2, 3), (1, 0, 0, 2), (1, 1), 1),
        "dilated": ((1, 9, 9, 2), (3, 3, 2, 3), (1, 1), (2, 2, 2, 2), (2, 2), 1),
        "grouped": ((1, 5, 5, 4), (3, 3, 2, 6), (1, 1), (1, 1, 1, 1), (1, 1), 2),
        "depthwise": ((1, 6, 5, 8), (3, 3, 1, 8), (1, 1), (1, 1, 1, 1), (1, 1), 8),
        "depthwise multiplied": ((1, 6, 5, 3), (3, 3, 1, 6), (2, 2), (0, 1, 0, 1), (1, 1), 3),
        "wide channels": ((1, 4, 6, 20), (3, 3, 20, 33), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        "pointwise": ((2, 3, 3, 17), (1, 1, 17, 9), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        "1-D": ((2, 11, 3), (4, 3, 5), (1,), (0, 0), (1,), 1),
        "1-D causal": ((2, 11, 3), (3, 3, 5), (1,), (4, 0), (2,), 1),
    }
    for dtype in NUMBERS:
        for label, (xs, ws, strides, padding, dilations, groups) in cases.items():
            x, w = plain(rng, dtype, xs), plain(rng, dtype, ws)
            y = conv_reference(x, w, strides, padding, dilations, groups)
            attributes = f"strides = {array(strides)}, padding = {array(padding)}, dilations = {array(dilations)}, groups = {groups} : i64"
            family.case(f"conv/{dtype}/{label}", f"tenon.conv {{0}}, {{1}} {{{{{attributes}}}}} : {{t0}}, {{t1}}", [x, w], [finish(y, dtype)],
                        **tolerance(dtype, int(np.prod(ws[:-1]))))
    transposed = {  # input, filter [window, O, C], strides, padding, dilations, output padding
        "1x1": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0, 0, 0), (1, 1), (0, 0)),
        "empty batch": ((0, 3, 3, 2), (3, 3, 4, 2), (2, 2), (0, 0, 0, 0), (1, 1), (0, 0)),
        "odd": ((2, 3, 4, 3), (3, 3, 5, 3), (2, 2), (1, 1, 1, 1), (1, 1), (1, 1)),
        "dilated": ((1, 4, 4, 2), (3, 2, 3, 2), (1, 2), (0, 0, 0, 0), (2, 1), (0, 0)),
        "1-D": ((2, 5, 3), (4, 2, 3), (3,), (1, 2), (1,), (1,)),
    }
    for dtype in NUMBERS:
        for label, (xs, ws, strides, padding, dilations, extra) in transposed.items():
            x, w = plain(rng, dtype, xs), plain(rng, dtype, ws)
            spatial, window, rank = xs[1:-1], ws[:-2], len(strides)
            sizes = [(n - 1) * strides[i] - padding[2 * i] - padding[2 * i + 1] + dilations[i] * (window[i] - 1) + extra[i] + 1
                     for i, n in enumerate(spatial)]
            y = np.zeros((xs[0], *sizes, ws[-2]), wide(x).dtype)
            for at in itertools.product(*map(range, spatial)):
                for tap in itertools.product(*map(range, window)):
                    out = [at[i] * strides[i] + tap[i] * dilations[i] - padding[2 * i] for i in range(rank)]
                    if all(0 <= o < n for o, n in zip(out, sizes)):
                        y[(slice(None), *out)] += wide(x)[(slice(None), *at)] @ wide(w)[tap].T
            attributes = (f"strides = {array(strides)}, padding = {array(padding)}, dilations = {array(dilations)}, "
                          f"output_padding = {array(extra)}")
            family.case(f"conv_transpose/{dtype}/{label}", f"tenon.conv_transpose {{0}}, {{1}} {{{{{attributes}}}}} : {{t0}}, {{t1}}",
                        [x, w], [finish(y, dtype)], **tolerance(dtype, int(np.prod(window)) * xs[-1]))
    return family


def pooling():
    rng = np.random.default_rng(13)
    family = Family("pool")
    cases = {"1x1": ((1, 1, 1, 1), (1, 1), (1, 1), (0, 0, 0, 0), (1, 1)), "empty batch": ((0, 4, 4, 2), (2, 2), (2, 2), (0, 0, 0, 0), (1, 1)),
             "halving": ((2, 4, 6, 3), (2, 2), (2, 2), (0, 0, 0, 0), (1, 1)), "padded": ((1, 5, 7, 17), (3, 3), (2, 2), (1, 1, 1, 1), (1, 1)),
             "dilated": ((1, 7, 7, 2), (2, 2), (1, 1), (0, 0, 0, 0), (2, 3)), "1-D": ((2, 9, 4), (3,), (2,), (1, 1), (1,))}
    for label, (shape, window, strides, padding, dilations) in cases.items():
        attributes = f"window = {array(window)}, strides = {array(strides)}, padding = {array(padding)}, dilations = {array(dilations)}"
        sizes = (shape[0], *output_size(shape[1:-1], window, strides, padding, dilations), shape[-1])
        for dtype in NUMBERS:
            x = plain(rng, dtype, shape)
            y = np.full(sizes, -np.inf if dtype in FLOATS else np.iinfo(DTYPES[dtype]).min, wide(x).dtype)
            for o, _, at in windows(shape[1:-1], window, strides, padding, dilations):
                index = (slice(None), *o)
                y[index] = np.maximum(y[index], wide(x)[(slice(None), *at)])
            family.case(f"max_pool/{dtype}/{label}", f"tenon.max_pool {{0}} {{{{{attributes}}}}} : {{t0}}", [x], [finish(y, dtype)])
        for dtype in FLOATS:
            for counted in (False, True):
                x = plain(rng, dtype, shape)
                total, count = np.zeros(sizes), np.zeros(sizes)
                for o, _, at in windows(shape[1:-1], window, strides, padding, dilations):
                    total[(slice(None), *o)] += wide(x)[(slice(None), *at)]
                    count[(slice(None), *o)] += 1
                y = total / (np.prod(window) if counted else np.maximum(count, 1))
                extra = ", count_padding = true" if counted else ""
                family.case(f"avg_pool/{dtype}/{label}{' counted' * counted}", f"tenon.avg_pool {{0}} {{{{{attributes}{extra}}}}} : {{t0}}", [x],
                            [finish(y, dtype)], **tolerance(dtype, int(np.prod(window))))
    return family


def families():
    return [matmul(), convolution(), pooling()]
