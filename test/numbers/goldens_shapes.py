"""Goldens of ops that make or change shapes: bits are only moved, so every result is exact."""
import numpy as np

from goldens import DTYPES, INTS, NUMBERS, Family
from goldens_elementwise import values
from goldens_linear_algebra import array

ALL = NUMBERS + ["i1"]


def shapes():
    rng = np.random.default_rng(31)
    family = Family("shape")
    for dtype in ALL:
        def fresh(shape):
            return values(rng, dtype, shape, special=False)

        for label, (source, target) in {"scalar": ((), ()), "to a matrix": ((), (3, 5)), "empty": ((1, 3), (0, 3)), "row": ((7,), (3, 7)),
                                        "outer": ((4, 1, 3), (4, 5, 3)), "long": ((1, 70), (3, 70))}.items():
            x = fresh(source)
            family.case(f"broadcast/{dtype}/{label}", "tenon.broadcast {0} : {t0} -> {r0}", [x], [np.broadcast_to(x, target).copy()])
        for label, (source, target) in {"scalar": ((), (1, 1)), "flatten": ((3, 5), (15,)), "empty": ((0, 4), (2, 0)), "regroup": ((4, 6), (3, 8)),
                                        "split": ((12,), (2, 3, 2))}.items():
            x = fresh(source)
            family.case(f"reshape/{dtype}/{label}", "tenon.reshape {0} : {t0} -> {r0}", [x], [x.reshape(target)])
        for label, (shape, perm) in {"scalar": ((), ()), "matrix": ((3, 5), (1, 0)), "empty": ((0, 3), (1, 0)), "blocks": ((40, 35), (1, 0)),
                                     "heads": ((2, 5, 3, 4), (0, 2, 1, 3)), "cycle": ((2, 3, 4), (2, 0, 1))}.items():
            x = fresh(shape)
            family.case(f"transpose/{dtype}/{label}", f"tenon.transpose {{0}} {{{{permutation = {array(perm)}}}}} : {{t0}}", [x], [x.transpose(perm).copy()])
        for label, (shape, starts, sizes, strides) in {"scalar": ((), (), (), ()), "middle": ((5, 7), (1, 2), (3, 4), (1, 1)), "strided": ((9, 10), (1, 0), (4, 4), (2, 3)),
                                                       "empty": ((4, 3), (2, 0), (0, 3), (1, 1)), "one element": ((4, 4), (3, 3), (1, 1), (1, 1))}.items():
            x = fresh(shape)
            y = x[tuple(slice(a, a + (n - 1) * s + 1 if n else a, s) for a, n, s in zip(starts, sizes, strides))].copy()
            text = f"[{', '.join(map(str, starts))}] [{', '.join(map(str, sizes))}] [{', '.join(map(str, strides))}]"
            family.case(f"slice/{dtype}/{label}", f"tenon.slice {{0}} {text} : {{t0}}", [x], [y])
        x = fresh((5, 7))
        start = np.int64(2)
        family.case(f"slice/{dtype}/dynamic", "tenon.slice {0} [{1}, 1] [2, 3] [1, 2] : {t0}", [x, start], [x[2:4, 1:7:2].copy()])
        for label, (parts, axis) in {"vectors": (((3,), (5,)), 0), "rows": (((2, 3), (4, 3), (1, 3)), 0), "columns": (((2, 3), (2, 40)), 1),
                                     "with an empty one": (((2, 3), (0, 3)), 0)}.items():
            xs = [fresh(s) for s in parts]
            operands = ", ".join(f"{{{i}}}" for i in range(len(xs)))
            types = ", ".join(f"{{t{i}}}" for i in range(len(xs)))
            family.case(f"concat/{dtype}/{label}", f"tenon.concat {operands} {{{{axis = {axis} : i64}}}} : {types}", xs, [np.concatenate(xs, axis)])
        for label, (shape, axis, n) in {"scalars": ((), 0, 3), "rows": ((5,), 0, 2), "columns": ((5,), 1, 2), "empty": ((0, 2), 1, 2)}.items():
            xs = [fresh(shape) for _ in range(n)]
            operands = ", ".join(f"{{{i}}}" for i in range(n))
            types = ", ".join(f"{{t{i}}}" for i in range(n))
            family.case(f"stack/{dtype}/{label}", f"tenon.stack {operands} {{{{axis = {axis} : i64}}}} : {types}", xs, [np.stack(xs, axis)])
        for label, (shape, axis, sizes) in {"vector": ((7,), 0, (3, 4)), "rows": ((6, 5), 0, (1, 2, 3)), "columns": ((3, 9), 1, (4, 5)), "with an empty one": ((2, 3), 1, (0, 3))}.items():
            x = fresh(shape)
            pieces = [p.copy() for p in np.split(x, np.cumsum(sizes)[:-1], axis)]
            family.case(f"split/{dtype}/{label}", f"tenon.split {{0}} {{{{axis = {axis} : i64, sizes = {array(sizes)}}}}} : {{t0}}", [x], pieces)
        for label, (shape, low, high) in {"scalar": ((), (), ()), "vector": ((3,), (2,), (1,)), "matrix": ((3, 5), (1, 0), (0, 2)), "empty": ((0, 2), (1, 1), (1, 0))}.items():
            x, value = fresh(shape), np.asarray(fresh((3,))[0])
            y = np.pad(x, list(zip(low, high)), constant_values=value) if shape else x
            family.case(f"pad/{dtype}/{label}", f"tenon.pad {{0}}, {{1}} {{{{low = {array(low)}, high = {array(high)}}}}} : {{t0}}, {{t1}}", [x, value], [y])
        for label, (shape, axes) in {"vector": ((7,), (0,)), "rows": ((3, 5), (0,)), "both": ((3, 35), (0, 1)), "empty": ((0, 3), (1,)), "none": ((2, 2), ())}.items():
            x = fresh(shape)
            family.case(f"reverse/{dtype}/{label}", f"tenon.reverse {{0}} {{{{axes = {array(axes)}}}}} : {{t0}}", [x], [np.flip(x, axes).copy() if axes else x])
        for label, shape in {"scalar": (), "vector": (70,), "matrix": (3, 5), "empty": (0, 2)}.items():
            x = np.asarray(fresh((2,))[1])
            family.case(f"splat/{dtype}/{label}", "tenon.splat {0} : {t0} -> {r0}", [x], [np.full(shape, x)])
        if dtype != "i1":
            for label, (shape, axis) in {"vector": ((40,), 0), "rows": ((3, 5), 0), "columns": ((3, 5), 1), "empty": ((0, 2), 0)}.items():
                y = np.broadcast_to(np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))]), shape).astype(DTYPES[dtype])
                family.case(f"iota/{dtype}/{label}", f"tenon.iota {{{{axis = {axis} : i64}}}} : {{r0}}", [], [y])
        x = fresh((3, 5))
        family.case(f"dim/{dtype}/matrix", "tenon.dim {0} {{axis = 1 : i64}} : {t0}", [x], [np.int64(5)])
    return family


def families():
    return [shapes()]
